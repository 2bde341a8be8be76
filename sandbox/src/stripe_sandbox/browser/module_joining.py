"""Joins small ES modules into one classic script, because `Stripe` must exist as soon as its script has run.

The modules keep to what the joining understands: named imports of named exports, each top-level name
used once.
"""

import re
from pathlib import Path

_IMPORT = re.compile(r'^import \{[^}]*\} from "(?P<path>[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(async )?(function|class|const|let)\b)", re.MULTILINE)


def join(entry: Path) -> str:
    """The module and all it imports, each once and after what it needs, in one function scope.

    Raises:
        ValueError: a module uses a form of import or export that is not understood.
    """
    joined: dict[Path, str] = {}
    _add(entry.resolve(), joined)
    body = "\n".join(joined.values())
    return f'(() => {{\n"use strict";\n{body}}})();\n'


def _add(module: Path, joined: dict[Path, str]) -> None:
    if module in joined:
        return
    source = module.read_text(encoding="utf-8")
    for match in _IMPORT.finditer(source):
        _add((module.parent / match["path"]).resolve(), joined)
    text = _EXPORT.sub("", _IMPORT.sub("", source))
    left = re.search(r"^(import|export)\b.*$", text, re.MULTILINE)
    if left:
        raise ValueError(f"{module.name}: cannot join {left[0]!r}")
    joined[module] = text
