"""Draws a book's cover as SVG from its title, its author, a palette and a motif.

A cover is 400 by 600 units of cloth and foil, the same for the same book every time, and stays under 6 kB.
"""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from bookshop.covers.lettering import balanced, measure, wrap
from bookshop.covers.motifs import MOTIFS, Box, rule
from bookshop.covers.palettes import PALETTES, PLAIN, Palette

__all__ = ["MOTIFS", "PALETTES", "draw"]

_WIDTH, _HEIGHT = 400, 600
_LEFT, _RIGHT = 52, 368  # what lies between is for type and motif; left of it is the hinge of the spine
_AUTHOR_BASELINE = 552
_SERIF = "'Iowan Old Style','Palatino Linotype',Palatino,'Book Antiqua','URW Palladio L',Georgia,serif"


@dataclass(frozen=True)
class _Line:
    """A line of type: its baseline and size, in units of the cover."""

    text: str
    baseline: float
    size: float
    is_italic: bool = False


def draw(title: str, author: str, palette: str = "", motif: str = "") -> str:
    """The cover as an SVG document with the title and author as its accessible name.

    A palette or motif that PALETTES and MOTIFS do not know becomes the plain one, so that a book with a slip
    in the catalogue still has a cover.
    """
    colours = PALETTES.get(palette, PLAIN)
    figure = MOTIFS.get(motif, rule)
    lines = _title_lines(title)
    top = lines[-1].baseline + 30
    box = Box(_LEFT, top, _RIGHT - _LEFT, _AUTHOR_BASELINE - 36 - top)
    name = escape(f"{title}, by {author}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-labelledby="t"><title id="t">{name}</title>'
        f"{_binding(colours)}{figure(box, colours, title)}"
        f'<g font-family="{_SERIF}" fill="{colours.foil}">'
        f"{''.join(_text(line) for line in [*lines, _author_line(author)])}</g></svg>"
    )


def _title_lines(title: str) -> list[_Line]:
    """The title as large as it fits in four lines, and what follows a colon smaller beneath it."""
    main, _, rest = (part.strip() for part in title.partition(":"))
    size, wrapped = _fitted(main, largest=48, smallest=26, most=4)
    baseline = 46.0 + size
    lines = [_Line(text, baseline + index * size * 1.08, size) for index, text in enumerate(wrapped)]
    if rest:
        baseline = lines[-1].baseline + size * 0.4
        size, wrapped = _fitted(rest, largest=21, smallest=17, most=3)
        lines += [
            _Line(text, baseline + (index + 1) * size * 1.25, size, is_italic=True)
            for index, text in enumerate(wrapped)
        ]
    return lines


def _fitted(text: str, *, largest: int, smallest: int, most: int) -> tuple[int, list[str]]:
    """The largest size at which the text takes at most so many lines and breaks no word."""
    width = _RIGHT - _LEFT
    for size in range(largest, smallest, -1):
        if (
            all(measure(word, size) <= width for word in text.split())
            and len(wrap(text, width, size)) <= most
        ):
            return size, balanced(text, width, size)
    return smallest, wrap(text, width, smallest, most=most)


def _author_line(author: str) -> _Line:
    size = 21
    (text,) = wrap(author, _RIGHT - _LEFT, size, most=1)
    return _Line(text, _AUTHOR_BASELINE, size)


def _text(line: _Line) -> str:
    """A line of type; it states its measured length, and so fits whatever face the system draws it in."""
    style = ' font-style="italic"' if line.is_italic else ""
    return (
        f'<text x="{_LEFT}" y="{line.baseline:.1f}" font-size="{line.size}"{style} '
        f'textLength="{measure(line.text, line.size):.0f}" lengthAdjust="spacingAndGlyphs">'
        f"{escape(line.text)}</text>"
    )


def _binding(colours: Palette) -> str:
    """Cloth with its weave, the hinge beside the spine, light from the upper left, and a frame of foil."""
    whole = f"M0 0h{_WIDTH}v{_HEIGHT}H0z"
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
        f'<path fill="{colours.cloth}" d="{whole}"/><path fill="url(#l)" d="{whole}"/>'
        f'<path fill="url(#w)" d="{whole}"/><path fill="url(#h)" d="M0 0h30v{_HEIGHT}H0z"/>'
        f'<path d="M38 26h344v548H38z" fill="none" stroke="{colours.foil}" stroke-opacity=".55"/>'
    )
