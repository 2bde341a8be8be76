"""The bindings a book can have. tokens.css gives each the accent of its book's pages."""

from typing import NamedTuple


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
PLAIN = PALETTES["ink"]
