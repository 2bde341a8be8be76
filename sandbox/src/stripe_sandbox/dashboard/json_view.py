"""JSON for reading: indented, its kinds of values marked, the ids in it leading to their pages."""

import json
import re
from typing import Any

from markupsafe import Markup, escape

_PAGES = {"pi": "payments/", "evt": "events/", "req": "requests/", "we": "webhooks/"}
_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")(?P<colon>:)?|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null)'
)
_ID = re.compile(rf'"(?P<prefix>{"|".join(_PAGES)})_[A-Za-z0-9]+"')


def json_view(value: Any, root: str) -> Markup:
    """Escaped HTML for a `pre`. A `str` is taken as JSON text and, when it is none, shown as it is."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return escape(value)
    text = json.dumps(value, indent=2, ensure_ascii=False)
    parts: list[Markup] = []
    position = 0
    for token in _TOKEN.finditer(text):
        parts += [escape(text[position : token.start()]), _marked(token, root)]
        position = token.end()
    return Markup("").join([*parts, escape(text[position:])])


def _marked(token: re.Match[str], root: str) -> Markup:
    string = token["string"]
    if not string:
        return Markup('<span class="j-{}">{}</span>').format(
            "number" if token["number"] else "word", token[0]
        )
    if token["colon"]:
        return Markup('<span class="j-key">{}</span>:').format(string)
    known = _ID.fullmatch(string)
    if known:
        address = f"{root}/dashboard/{_PAGES[known['prefix']]}{string[1:-1]}"
        return Markup('<a class="j-string" href="{}">{}</a>').format(address, string)
    return Markup('<span class="j-string">{}</span>').format(string)
