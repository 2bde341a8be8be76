"""The code blocks of sandbox/README.md, by heading and language, with this test run's addresses in them."""

import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

README = Path(__file__).parents[1] / "README.md"
_PIECE = re.compile(
    r"^## (?P<heading>[^\n]+)$|^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


class Block(NamedTuple):
    """One fenced block; `language` is empty for what a program prints."""

    heading: str
    language: str
    text: str


def blocks(heading: str | None = None, language: str | None = None) -> list[Block]:
    """Those below a heading, in a language, in their order."""
    found, below = [], ""
    for piece in _PIECE.finditer(README.read_text(encoding="utf-8")):
        below = piece["heading"] or below
        if piece["text"] is not None:
            found.append(Block(below, piece["language"], piece["text"]))
    return [
        block for block in found if heading in (None, block.heading) and language in (None, block.language)
    ]


def at(text: str, sandbox: str, webhook: str = "") -> str:
    """The text with the real address of the sandbox, and of the server that takes webhooks."""
    port = str(urlsplit(sandbox).port)
    swapped = text.replace("http://127.0.0.1:12111", sandbox).replace("port: 12111", f"port: {port}")
    return swapped.replace("http://127.0.0.1:4242/webhook", webhook) if webhook else swapped
