"""Draws a book's cover as SVG from its title, its author, a palette and a motif.

A cover is 400 by 600 units of cloth and foil, the same for the same book every time, and stays under 6 kB.
An image may use no fonts but the system's, and those differ in width; so every line of text states the length
it was measured to have, and fits whatever face draws it.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 400, 600
_LEFT, _RIGHT = 52, 368  # what lies between is for text and motif; the hinge of the spine is left of it
_SERIF = "'Iowan Old Style','Palatino Linotype',Palatino,'Book Antiqua','URW Palladio L',Georgia,serif"


class Palette(NamedTuple):
    """Colours of one binding: the cloth, its shaded side, the foil, and one spark."""

    cloth: str
    shade: str
    foil: str
    spark: str


PALETTES = {
    "cobalt": Palette("#23418f", "#162c66", "#f0e2b6", "#ff7f50"),
    "vermilion": Palette("#b7372a", "#85231b", "#f8e6c6", "#ffc94d"),
    "moss": Palette("#3f5636", "#2a3b24", "#eae4bf", "#f0a43c"),
    "ink": Palette("#262b33", "#171a20", "#dfd0a8", "#e0603f"),
    "saffron": Palette("#dc9c2c", "#b1771a", "#33200c", "#8c1f1c"),
    "plum": Palette("#5d2b52", "#401a38", "#f0d9c4", "#f2957a"),
    "teal": Palette("#1c5f60", "#0f4243", "#eee3bd", "#ffab5c"),
    "rose": Palette("#d6a29a", "#b57e77", "#43191c", "#2e4a8a"),
}
PLAIN_PALETTE = "ink"


class Box(NamedTuple):
    """The part of a cover that a motif may fill."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class _Line:
    """A line of type: its baseline, its measured length and its size, in units of the cover."""

    text: str
    baseline: float
    length: float
    size: float
    is_italic: bool = False


def draw(title: str, author: str, palette: str = "", motif: str = "") -> str:
    """The cover as an SVG document with the title and author as its accessible name.

    A palette or motif that PALETTES and MOTIFS do not know becomes the plain one, so that a book with a slip in
    the catalogue still has a cover.
    """
    colours = PALETTES.get(palette, PALETTES[PLAIN_PALETTE])
    figure = MOTIFS.get(motif, _rule)
    lines = _title_lines(title)
    foot = max((line.baseline for line in lines), default=0)
    box = Box(_LEFT, foot + 34, _RIGHT - _LEFT, 522 - foot - 34)
    type_ = "".join(_text(line, colours.foil) for line in [*lines, _author_line(author)])
    name = escape(f"{title}, by {author}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" role="img" aria-labelledby="t"><title id="t">{name}</title>'
        f"{_binding(colours)}{figure(box, colours, title)}{type_}</svg>"
    )


def _binding(colours: Palette) -> str:
    """Cloth with its weave, the hinge beside the spine, light from the upper left, and a frame of foil."""
    return (
        '<defs><pattern id="w" width="4" height="4" patternUnits="userSpaceOnUse">'
        '<path d="M0 1h4M1 0v4" stroke="#fff" stroke-opacity=".05"/>'
        '<path d="M0 3h4M3 0v4" stroke="#000" stroke-opacity=".07"/></pattern>'
        '<linearGradient id="h"><stop offset="0" stop-color="#fff" stop-opacity=".14"/>'
        '<stop offset=".3" stop-color="#000" stop-opacity=".05"/>'
        '<stop offset=".75" stop-color="#000" stop-opacity=".3"/>'
        '<stop offset="1" stop-color="#000" stop-opacity="0"/></linearGradient>'
        '<linearGradient id="l" x2="1" y2="1"><stop offset="0" stop-color="#fff" stop-opacity=".1"/>'
        f'<stop offset=".6" stop-color="{colours.shade}" stop-opacity="0"/>'
        f'<stop offset="1" stop-color="{colours.shade}" stop-opacity=".75"/></linearGradient></defs>'
        f'<path fill="{colours.cloth}" d="M0 0h400v600H0z"/><path fill="url(#l)" d="M0 0h400v600H0z"/>'
        '<path fill="url(#w)" d="M0 0h400v600H0z"/><path fill="url(#h)" d="M0 0h30v600H0z"/>'
        f'<path d="M40 28h340v544H40z" fill="none" stroke="{colours.foil}" stroke-opacity=".55"/>'
    )


def _text(line: _Line, colour: str) -> str:
    style = ' font-style="italic"' if line.is_italic else ""
    return (
        f'<text x="{_LEFT}" y="{line.baseline:g}" font-family="{_SERIF}" font-size="{line.size:g}"{style} '
        f'fill="{colour}" textLength="{line.length:.0f}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(line.text)}</text>"
    )


def _title_lines(title: str) -> list[_Line]:
    """The title as large as it fits in four lines, and what follows a colon smaller beneath it."""
    main, _, rest = (part.strip() for part in title.partition(":"))
    size, wrapped = _fitted(main, largest=50, smallest=26, most=4)
    lines: list[_Line] = []
    baseline = 44 + size
    for text in wrapped:
        lines.append(_Line(text, round(baseline, 1), measure(text, size), size))
        baseline += size * 1.08
    if rest:
        size, wrapped = _fitted(rest, largest=21, smallest=17, most=3)
        baseline += 2
        for text in wrapped:
            lines.append(_Line(text, round(baseline, 1), measure(text, size), size, is_italic=True))
            baseline += size * 1.25
    return lines


def _author_line(author: str) -> _Line:
    size = 21.0
    (text,) = wrap(author, _RIGHT - _LEFT, size, most=1)
    return _Line(text, 554, measure(text, size), size)


def _fitted(text: str, *, largest: int, smallest: int, most: int) -> tuple[float, list[str]]:
    """The largest size at which the text takes at most so many lines and breaks no word."""
    width = _RIGHT - _LEFT
    for size in range(largest, smallest, -1):
        lines = wrap(text, width, size)
        if len(lines) <= most and all(measure(word, size) <= width for word in text.split()):
            return size, lines
    return smallest, wrap(text, width, smallest, most=most)


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
    while measure(f"{last}…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], f"{last.rstrip()}…"]


def _pieces(word: str, width: float, size: float) -> list[str]:
    """The word whole, or cut where it alone is too long for a line (as in scripts that use no spaces)."""
    pieces = [""]
    for character in word:
        if pieces[-1] and measure(pieces[-1] + character, size) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


# Thousandths of the size, from the metrics of Times Roman, which the system's serif faces stay close to.
_CHARACTERS_BY_WIDTH = {
    250: " .,",
    278: "ijlt:;/",
    333: "frI-()'’‘!",
    389: "sJ",
    444: "acez?“”",
    500: "bdghknopquvxy0123456789–",
    556: "FPS",
    611: "ELTZ",
    667: "BCR",
    722: "ADGHKNOQUVXYw",
    778: "m&",
    889: "M",
    944: "W",
    1000: "—…@%",
}
_WIDTHS = {char: width for width, characters in _CHARACTERS_BY_WIDTH.items() for char in characters}
_FIRST_WIDE = "\u2e80"  # from here on mostly East Asian characters, as wide as they are high
_SPREAD = 1.07  # book faces run a little wider than Times


def measure(text: str, size: float) -> float:
    """How long the text is at this size, in units of the cover."""
    thousandths = sum(_WIDTHS.get(char, 1000 if char >= _FIRST_WIDE else 560) for char in text)
    return thousandths / 1000 * size * _SPREAD


def _codes(box: Box, colours: Palette, _title: str) -> str:
    """Sixteen words of four bits as the corners of a hypercube; a step along an edge flips one bit.

    Words with an even number of ones are solid. The bright path is three steps long: the distance that lets a
    code mend one error.
    """
    radius = min(box.width, box.height) / 2 - 12
    middle_x, middle_y = box.x + box.width / 2, box.y + box.height / 2
    directions = [math.radians(angle) for angle in (22.5, 67.5, 112.5, 157.5)]

    def corner(word: int) -> tuple[float, float]:
        signs = [1 if word >> bit & 1 else -1 for bit in range(4)]
        x = sum(sign * math.cos(angle) for sign, angle in zip(signs, directions, strict=True))
        y = sum(sign * math.sin(angle) for sign, angle in zip(signs, directions, strict=True))
        return middle_x + x * radius / 2.62, middle_y - y * radius / 2.62

    edges = "".join(
        _line([corner(word), corner(word | 1 << bit)])
        for word in range(16)
        for bit in range(4)
        if not word >> bit & 1
    )
    even = "".join(_dot(corner(word)) for word in range(16) if word.bit_count() % 2 == 0)
    odd = "".join(_dot(corner(word)) for word in range(16) if word.bit_count() % 2)
    path = [corner(word) for word in (0b0011, 0b0111, 0b0110, 0b1110)]
    return (
        _stroke(edges, colours.foil, 1.3, opacity=0.75)
        + _stroke(_line(path), colours.spark, 5)
        + _stroke(even + odd, colours.foil, 15)
        + _stroke(odd, colours.cloth, 10)
        + _stroke(_dot(path[0]) + _dot(path[-1]), colours.spark, 21)
    )


def _frames(box: Box, colours: Palette, _title: str) -> str:
    """Twelve frames of somebody running, as a camera saw them one after another; the ninth is lit."""
    columns, rows, gap = 4, 3, 7
    width = (box.width - gap * (columns - 1)) / columns
    height = min((box.height - gap * (rows - 1)) / rows, width * 1.35)
    top = box.y + (box.height - rows * height - gap * (rows - 1)) / 2
    cells = [
        (box.x + column * (width + gap), top + row * (height + gap))
        for row in range(rows)
        for column in range(columns)
    ]
    frame = f"h{width:.1f}v{height:.1f}h-{width:.1f}z"
    outlines = "".join(f"M{x:.1f} {y:.1f}{frame}" for x, y in cells)
    lit_x, lit_y = cells[8]
    bodies: dict[str, str] = {}
    for index, (x, y) in enumerate(cells):
        limbs, head = _runner(index / 12, x + width / 2, y + height * 0.5, height / 100)
        key = "lit" if index == 8 else "foil"
        bodies[key] = bodies.get(key, "") + limbs
        bodies[f"{key} head"] = bodies.get(f"{key} head", "") + head
    scale = height / 100
    return (
        f'<path d="M{lit_x:.1f} {lit_y:.1f}{frame}" fill="{colours.spark}"/>'
        + _stroke(outlines, colours.foil, 1, opacity=0.6)
        + _stroke(bodies["foil"], colours.foil, 6.5 * scale)
        + _stroke(bodies["foil head"], colours.foil, 14 * scale)
        + _stroke(bodies["lit"], colours.shade, 6.5 * scale)
        + _stroke(bodies["lit head"], colours.shade, 14 * scale)
    )


def _runner(phase: float, x: float, y: float, scale: float) -> tuple[str, str]:
    """A runner at one phase (0 to 1) of the stride, hips at (x, y): paths of the limbs and of the head."""
    turn = phase * math.tau
    hips = (x - 3 * scale, y + (3 - 4 * abs(math.sin(turn))) * scale)
    shoulders = _step(hips, 166, 28 * scale)
    head = _step(shoulders, 158, 13 * scale)
    parts = [_line([hips, shoulders])]
    for side in (0, math.pi):
        swing = math.cos(turn + side)
        thigh = 10 + 44 * swing
        knee = _step(hips, thigh, 20 * scale)
        bend = 16 + 88 * max(0.0, -math.sin(turn + side))
        foot = _step(knee, thigh - bend, 21 * scale)
        elbow = _step(shoulders, -4 - 50 * swing, 13 * scale)
        hand = _step(elbow, 66 - 40 * swing, 13 * scale)
        parts += [_line([hips, knee, foot]), _line([shoulders, elbow, hand])]
    return "".join(parts), _dot(head)


def _step(start: tuple[float, float], angle: float, length: float) -> tuple[float, float]:
    """The point at this distance; the angle counts from straight down, forward is positive, in degrees."""
    radians = math.radians(angle)
    return start[0] + math.sin(radians) * length, start[1] + math.cos(radians) * length


def _branches(box: Box, colours: Palette, _title: str) -> str:
    """One trunk, many branches, more tips than anybody can tend; a single one is lit."""
    by_depth: list[list[str]] = [[] for _ in range(7)]
    tips: list[tuple[float, float]] = []

    def grow(start: tuple[float, float], angle: float, length: float, depth: int) -> None:
        end = _step(start, 180 - angle, length)
        by_depth[depth].append(_line([start, end]))
        if depth == 6:
            tips.append(end)
            return
        spread = 24 + depth * 2.5
        grow(end, angle - spread, length * 0.79, depth + 1)
        grow(end, angle + spread * 0.82, length * 0.83, depth + 1)

    height = min(box.height, 300.0)
    grow((box.x + box.width / 2 + 4, box.y + box.height), -1, height * 0.232, 0)
    boughs = "".join(
        _stroke("".join(paths), colours.foil, max(1.2, 8 * 0.68**depth))
        for depth, paths in enumerate(by_depth)
    )
    lit = tips[len(tips) * 2 // 3]
    return (
        boughs
        + _stroke("".join(_dot(tip) for tip in tips if tip != lit), colours.foil, 6)
        + _stroke(_dot(lit), colours.spark, 17)
    )


def _rule(box: Box, colours: Palette, title: str) -> str:
    """A field of quarter circles, laid by the title itself: for every book that brings no motif of its own."""
    digest = hashlib.sha256(title.encode()).digest()
    columns = 6
    side = box.width / columns
    rows = max(1, int(box.height // side))
    top = box.y + (box.height - rows * side) / 2
    arcs = []
    for index in range(columns * rows):
        x, y = box.x + index % columns * side, top + index // columns * side
        half = side / 2
        if digest[index % len(digest)] >> (index // len(digest)) & 1:
            starts, sweep = ((x + half, y), (x + half, y + side)), (-half, half, half, -half)
            arcs += [
                f"M{starts[0][0]:.1f} {starts[0][1]:.1f}a{half:.1f} {half:.1f} 0 0 1 {sweep[0]:.1f} {sweep[1]:.1f}",
                f"M{starts[1][0]:.1f} {starts[1][1]:.1f}a{half:.1f} {half:.1f} 0 0 1 {sweep[2]:.1f} {sweep[3]:.1f}",
            ]
        else:
            arcs += [
                f"M{x + half:.1f} {y:.1f}a{half:.1f} {half:.1f} 0 0 0 {half:.1f} {half:.1f}",
                f"M{x + half:.1f} {y + side:.1f}a{half:.1f} {half:.1f} 0 0 0 {-half:.1f} {-half:.1f}",
            ]
    spot = digest[0] % (columns * rows)
    lit = (box.x + (spot % columns + 0.5) * side, top + (spot // columns + 0.5) * side)
    return _stroke("".join(arcs), colours.foil, 3) + _stroke(_dot(lit), colours.spark, 18)


MOTIFS: dict[str, Callable[[Box, Palette, str], str]] = {
    "codes": _codes,
    "frames": _frames,
    "branches": _branches,
    "rule": _rule,
}


def _line(points: Sequence[tuple[float, float]]) -> str:
    """A path through the points, in steps from one to the next, which are shorter to write."""
    (x, y), *_ = points
    rounded = [(round(px, 1), round(py, 1)) for px, py in points]
    steps = "".join(f"l{bx - ax:.1f} {by - ay:.1f}" for (ax, ay), (bx, by) in pairwise(rounded))
    return f"M{x:.1f} {y:.1f}{steps}"


def _dot(point: tuple[float, float]) -> str:
    """A path of no length: round line ends make it a dot as wide as its stroke."""
    return f"M{point[0]:.1f} {point[1]:.1f}h0"


def _stroke(path: str, colour: str, width: float, opacity: float = 1) -> str:
    faded = f' stroke-opacity="{opacity:g}"' if opacity < 1 else ""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:.3g}"{faded} '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )
