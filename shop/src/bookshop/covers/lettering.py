"""Sets lines of type whose width is known before anybody draws them: it measures, wraps and balances.

An SVG image may use no fonts but the system's, and those differ in width. So the measures are those of Times
Roman, a little spread; whoever draws a line states its measured length, and any face is fitted to it.
"""

import math
from itertools import combinations, pairwise

# Thousandths of the size, from the metrics of Times Roman, which the system's book faces stay close to.
_CHARACTERS_BY_WIDTH = {
    250: " .,",
    278: "ijlt:;/",
    333: "frI-()'!\u2018\u2019",
    389: "sJ",
    444: "acez?\u201c\u201d",
    500: "bdghknopquvxy0123456789\u2013",
    556: "FPS",
    611: "ELTZ",
    667: "BCR",
    722: "ADGHKNOQUVXYw",
    778: "m&",
    889: "M",
    944: "W",
    1000: "@%\u2014\u2026",
}
_WIDTHS = {char: width for width, characters in _CHARACTERS_BY_WIDTH.items() for char in characters}
_OTHER = 560
_FIRST_WIDE = "\u2e80"  # from here on mostly East Asian characters, as wide as they are high
_SPREAD = 1.07  # book faces run a little wider than Times
_ELLIPSIS = "\u2026"


def measure(text: str, size: float) -> float:
    """How long the text is at this size, in the unit of the size."""
    thousandths = sum(_WIDTHS.get(char, 1000 if char >= _FIRST_WIDE else _OTHER) for char in text)
    return thousandths / 1000 * size * _SPREAD


def wrap(text: str, width: float, size: float, most: int | None = None) -> list[str]:
    """The text in lines no longer than `width` at this size; beyond `most` lines it ends in an ellipsis."""
    lines: list[str] = []
    for word in text.split():
        for piece in _pieces(word, width, size):
            longer = f"{lines[-1]} {piece}" if lines else piece
            if lines and measure(longer, size) <= width:
                lines[-1] = longer
            else:
                lines.append(piece)
    if most is None or len(lines) <= most:
        return lines or [""]
    last = lines[most - 1]
    while measure(last + _ELLIPSIS, size) > width:
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + _ELLIPSIS]


def balanced(text: str, width: float, size: float) -> list[str]:
    """The text in as few lines as `wrap` needs, broken where that leaves its lines most equal in length."""
    words = text.split()
    needed = len(wrap(text, width, size))
    best: tuple[float, list[str]] = (math.inf, wrap(text, width, size))
    for breaks in combinations(range(1, len(words)), needed - 1):
        lines = [" ".join(words[start:end]) for start, end in pairwise((0, *breaks, len(words)))]
        lengths = [measure(line, size) for line in lines]
        raggedness = sum((max(lengths) - length) ** 2 for length in lengths)
        if max(lengths) <= width and raggedness < best[0]:
            best = (raggedness, lines)
    return best[1]


def _pieces(word: str, width: float, size: float) -> list[str]:
    """The word whole, or cut where it alone is too long for a line (as in scripts that use no spaces)."""
    pieces = [""]
    for character in word:
        if pieces[-1] and measure(pieces[-1] + character, size) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
