"""The figure on a book's cover: a geometric idea that belongs to the book, drawn as foil on cloth.

A motif takes the box it may fill, the palette and the title, and gives SVG. Numbers are written with one
decimal and paths in relative steps, because a cover has to stay small.
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from bookshop.covers.palettes import Palette

Point = tuple[float, float]


class Box(NamedTuple):
    """The part of a cover that a motif may fill."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2


def _codes(box: Box, colours: Palette, _title: str) -> str:
    """Sixteen words of four bits as the corners of a hypercube; a step along an edge flips one bit.

    Words with an even number of ones are solid. The bright path is three steps long: the distance that lets a
    code mend one error.
    """
    radius = (min(box.width, box.height) / 2 - 11) / 2.613  # the outermost corner lies at 2.613 radii
    middle_x, middle_y = box.middle
    directions = [math.radians(angle) for angle in (22.5, 67.5, 112.5, 157.5)]

    def corner(word: int) -> Point:
        signs = [1 if word >> bit & 1 else -1 for bit in range(4)]
        x = sum(sign * math.cos(angle) for sign, angle in zip(signs, directions, strict=True))
        y = sum(sign * math.sin(angle) for sign, angle in zip(signs, directions, strict=True))
        return middle_x + x * radius, middle_y - y * radius

    flips = [(word, word | 1 << bit) for word in range(16) for bit in range(4) if not word >> bit & 1]
    edges = "".join(_line([corner(word), corner(flipped)]) for word, flipped in flips)
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


def _step(start: Point, angle: float, length: float) -> Point:
    """The point at this distance; the angle counts from straight down, forward is positive, in degrees."""
    radians = math.radians(angle)
    return start[0] + math.sin(radians) * length, start[1] + math.cos(radians) * length


def _branches(box: Box, colours: Palette, _title: str) -> str:
    """One trunk, many branches, more tips than anybody can tend; a single one is lit."""
    boughs = [""] * 6
    tips: list[Point] = []

    def grow(start: Point, angle: float, length: float, depth: int) -> None:
        end = _step(start, 180 - angle, length)
        boughs[depth] += _line([start, end])
        if depth == len(boughs) - 1:
            tips.append(end)
            return
        spread = 23 + depth * 3.2
        grow(end, angle - spread, length * 0.8, depth + 1)
        grow(end, angle + spread * 0.85, length * 0.84, depth + 1)

    height = min(box.height, 290.0)
    ground = box.y + box.height
    grow((box.middle[0] + 4, ground), -1, height * 0.245, 0)
    wood = "".join(
        _stroke(path, colours.foil, max(1.6, 9 * 0.68**depth)) for depth, path in enumerate(boughs)
    )
    lit = tips[21]
    leaves = "".join(_dot(tip) for tip in tips if tip != lit)
    return wood + _stroke(leaves, colours.foil, 8) + _stroke(_dot(lit), colours.spark, 20)


def rule(box: Box, colours: Palette, title: str) -> str:
    """A field of quarter circles laid by the title itself, for every book that brings no motif of its own."""
    digest = hashlib.sha256(title.encode()).digest()
    columns = 4 + digest[30] % 3
    side = box.width / columns
    rows = max(1, int(box.height // side))
    top = box.middle[1] - rows * side / 2
    arcs = ""
    for index in range(columns * rows):
        x, y = box.x + index % columns * side, top + index // columns * side
        arcs += _tile(x, y, side, leans_left=bool(digest[index % 32] >> index // 32 & 1))
    spot = digest[31] % (columns * rows)
    lit = (box.x + (spot % columns + 0.5) * side, top + (spot // columns + 0.5) * side)
    return _stroke(arcs, colours.foil, 3) + _stroke(_dot(lit), colours.spark, 18)


def _tile(x: float, y: float, side: float, *, leans_left: bool) -> str:
    """Two quarter circles that join the middles of neighbouring sides."""
    half = side / 2
    arc = f"a{half:.1f} {half:.1f} 0 0"
    if leans_left:
        ends = f"{arc} 1 {-half:.1f} {half:.1f}", f"{arc} 1 {half:.1f} {-half:.1f}"
    else:
        ends = f"{arc} 0 {half:.1f} {half:.1f}", f"{arc} 0 {-half:.1f} {-half:.1f}"
    return f"M{x + half:.1f} {y:.1f}{ends[0]}M{x + half:.1f} {y + side:.1f}{ends[1]}"


MOTIFS: dict[str, Callable[[Box, Palette, str], str]] = {
    "codes": _codes,
    "frames": _frames,
    "branches": _branches,
    "rule": rule,
}


def _line(points: Sequence[Point]) -> str:
    """A path through the points, in steps from one to the next, which are shorter to write."""
    (x, y), *_ = points
    rounded = [(round(px, 1), round(py, 1)) for px, py in points]
    steps = "".join(f"l{bx - ax:.1f} {by - ay:.1f}" for (ax, ay), (bx, by) in pairwise(rounded))
    return f"M{x:.1f} {y:.1f}{steps}"


def _dot(point: Point) -> str:
    """A path of no length: round line ends make it a dot as wide as its stroke."""
    return f"M{point[0]:.1f} {point[1]:.1f}h0"


def _stroke(path: str, colour: str, width: float, opacity: float = 1) -> str:
    faded = f' stroke-opacity="{opacity:g}"' if opacity < 1 else ""
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width:.3g}"{faded} '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )
