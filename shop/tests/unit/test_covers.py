"""Covers: small, the same every time, with a name and with type that fits."""

import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bookshop
from bookshop import covers
from bookshop.covers.lettering import balanced, measure, wrap

SVG = "{http://www.w3.org/2000/svg}"
CATALOG = tomllib.loads((Path(bookshop.__file__).parent / "catalog.toml").read_text(encoding="utf-8"))
BYTES_ALLOWED = 6000
LONG = "Die Donaudampfschifffahrtsgesellschaft and Everything That Came After It, Told at Length: A History"
titles = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200
)


@pytest.mark.parametrize("book", CATALOG["books"], ids=lambda book: book["slug"])
def test_every_book_of_the_catalogue_has_its_own_small_cover(book: dict[str, str]) -> None:
    """The palettes and motifs that the catalogue names exist, and what they draw stays under 6 kB."""
    assert book["palette"] in covers.PALETTES
    assert book["motif"] in covers.MOTIFS
    svg = covers.draw(book["title"], book["author"], book["palette"], book["motif"])
    assert len(svg.encode()) < BYTES_ALLOWED


@pytest.mark.parametrize("palette", covers.PALETTES)
@pytest.mark.parametrize("motif", covers.MOTIFS)
@pytest.mark.parametrize("title", ["Zen", "A: B", LONG])
def test_a_cover_is_well_formed_small_and_named_after_its_book(title: str, motif: str, palette: str) -> None:
    """Any title goes with any motif and palette, and a screen reader hears title and author."""
    svg = covers.draw(title, "Somebody & Daughters <Ltd>", palette, motif)
    root = ET.fromstring(svg)  # noqa: S314  our own text
    name = root.find(f"{SVG}title")
    assert name is not None
    assert name.text == f"{title}, by Somebody & Daughters <Ltd>"
    assert root.get("aria-labelledby") == name.get("id")
    assert len(svg.encode()) < BYTES_ALLOWED


def test_the_same_book_always_gets_the_same_cover() -> None:
    """Nothing random: browsers may keep a cover, and a customer knows it again."""
    assert covers.draw("Zen", "A", "moss", "rule") == covers.draw("Zen", "A", "moss", "rule")
    assert covers.draw("Zen", "A", "moss", "rule") != covers.draw("Tea", "A", "moss", "rule")


def test_a_slip_in_the_catalogue_costs_no_cover() -> None:
    """A palette or motif that nobody knows becomes the plain one."""
    assert covers.draw("Zen", "A", "nosuch", "nosuch") == covers.draw("Zen", "A", "ink", "rule")


@given(title=titles, author=titles)
def test_type_stays_on_the_cover(title: str, author: str) -> None:
    """Whatever the title, each line states a length that keeps it left of the edge and above the author."""
    root = ET.fromstring(covers.draw(title, author))  # noqa: S314  our own text
    lines = [line.attrib for line in root.iter(f"{SVG}text")]
    assert all(float(line["x"]) + float(line["textLength"]) <= 368 for line in lines)
    *title_lines, author_line = [float(line["y"]) for line in lines]
    assert title_lines == sorted(title_lines)
    assert title_lines[-1] < author_line < 600


@pytest.mark.parametrize("title", ["Zen", "A: B", LONG])
@pytest.mark.parametrize("motif", covers.MOTIFS)
def test_motifs_stay_between_title_and_author(title: str, motif: str) -> None:
    """No motif runs into the type or over the foil frame."""
    root = ET.fromstring(covers.draw(title, "A", "moss", motif))  # noqa: S314  our own text
    baselines = [float(line.attrib["y"]) for line in root.iter(f"{SVG}text")]
    figure = [path for path in root.findall(f"{SVG}path") if path.get("stroke-linecap") == "round"]
    assert figure
    for path in figure:
        for x, y in _corners(path.attrib["d"]):
            assert 38 < x < 382
            assert baselines[-2] < y < baselines[-1] - 16


@given(text=titles, width=st.integers(60, 400), size=st.integers(10, 60))
def test_wrapped_lines_fit_their_width_and_lose_nothing(text: str, width: int, size: int) -> None:
    """Wrapping breaks lines, and words only where one is longer than a line; no letter is lost."""
    lines = wrap(text, width, size)
    assert "".join(lines).replace(" ", "") == "".join(text.split())
    assert all(measure(line, size) <= width or len(line) == 1 for line in lines)


def test_a_balanced_title_has_lines_of_like_length() -> None:
    """No single word is left to a line of its own when the lines before it could spare one."""
    assert wrap("The Making of Prince of Persia", 316, 48) == ["The Making of", "Prince of", "Persia"]
    assert balanced("The Making of Prince of Persia", 316, 48) == ["The Making", "of Prince", "of Persia"]


def test_text_beyond_the_last_line_ends_in_an_ellipsis() -> None:
    """What does not fit is said to be missing."""
    (line,) = wrap("Somebody with far too many names for one line", 120, 20, most=1)
    assert line.endswith("…")
    assert measure(line, 20) <= 120


def _corners(path: str) -> list[tuple[float, float]]:
    """The points that a path of M, l, h, v and a commands passes through."""
    points: list[tuple[float, float]] = []
    x = y = 0.0
    for command, numbers in re.findall(r"([Mlhvaz])([^Mlhvaz]*)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        match command:
            case "M":
                x, y = values
            case "l" | "a":
                x, y = x + values[-2], y + values[-1]
            case "h":
                x += values[0]
            case "v":
                y += values[0]
            case _:
                pass
        points.append((x, y))
    return points
