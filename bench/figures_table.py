"""A table that grows while a benchmark runs: a head, then a line for each round."""

import math
from collections.abc import Sequence

NAME_WIDTH = 26


class FiguresTable:
    """Prints its head at once. `columns` name the figures, units included."""

    def __init__(self, *columns: str) -> None:
        self._widths = [max(len(column), 7) for column in columns]
        self._print("", columns)

    def row(self, name: str, *figures: float) -> None:
        """A line, each figure with as many digits as matter; nan was not measured."""
        self._print(name, [_shown(figure) for figure in figures])

    def _print(self, name: str, cells: Sequence[str]) -> None:
        shown = (f"{cell:>{width}}" for cell, width in zip(cells, self._widths, strict=True))
        print(f"{name:<{NAME_WIDTH}}", *shown, sep="  ", flush=True)


def _shown(figure: float) -> str:
    if math.isnan(figure):
        return "-"
    return f"{figure:,.0f}" if figure >= 10 or figure == int(figure) else f"{figure:.2f}"
