"""Every endpoint's parameters against Stripe's own description of them, a document beside the repository.

Without the document a description of two endpoints stands in for it, so that the same checks run.
"""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from stripe_sandbox.errors import StripeError
from stripe_sandbox.parameters import Parameters
from stripe_sandbox.routes import ROUTES

_DOCUMENT = Path(__file__).parents[4] / "shared" / "stripe" / "params.json"
_STAND_IN: dict[str, Any] = {
    "refund_create_params": {
        "type": "object",
        "properties": {
            "amount": {"type": "integer"},
            "expand": {"type": "array", "items": {"type": "string"}},
            "reason": {"type": "string", "enum": ["duplicate", "fraudulent", "requested_by_customer"]},
            "reverse_transfer": {"type": "boolean"},
        },
    },
    "payment_method_attach_params": {
        "type": "object",
        "properties": {"customer": {"type": "string"}},
    },
}
_DEEPEST = 5


class Mistake(NamedTuple):
    """A form with one thing wrong: what the error must say of it."""

    value: Any
    code: str | None
    param: str


@cache
def schemas() -> dict[str, Any]:
    if not _DOCUMENT.is_file():
        return _STAND_IN
    found: dict[str, Any] = json.loads(_DOCUMENT.read_text())["components"]["schemas"]
    return found


def described() -> list[str]:
    """The SDK's names of the types that the endpoints use and the document describes."""
    return sorted({route.types for route in ROUTES if route.types and _name(route.types) in schemas()})


def _name(types: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", types).lower()


def _members(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The shapes that a value may have, references followed, "may be cleared" left out."""
    if "$ref" in schema:
        return _members(schemas()[schema["$ref"].rpartition("/")[2]])
    if "anyOf" in schema:
        return [member for part in schema["anyOf"] for member in _members(part)]
    return [] if schema.get("enum") == [""] else [schema]


def sample(schema: dict[str, Any], *, whole: bool = False, depth: int = 0) -> Any:
    """A right value as a decoded form has it; `whole` with everything optional, too."""
    first = _members(schema)[0]
    if first.get("enum"):
        return next(value for value in first["enum"] if value)
    if first["type"] == "array":
        return {"0": sample(first["items"], whole=whole, depth=depth + 1)}
    if first["type"] != "object":
        return {"integer": "7", "boolean": "true", "number": "1.5", "string": "text"}[first["type"]]
    if "properties" not in first:
        return {"key": "value"}
    wanted = first["properties"] if whole and depth < _DEEPEST else first.get("required", ())
    return {
        name: sample(first["properties"][name], whole=whole, depth=depth + 1)
        for name in wanted
        if _members(first["properties"][name])
    }


def mistakes(schema: dict[str, Any], path: str = "", depth: int = 0) -> Iterator[Mistake]:
    """Every way to get one thing wrong: unknown, missing, wrong type, wrong value."""
    members = _members(schema)
    if len(members) != 1 or depth > _DEEPEST:
        return
    only = members[0]
    if path:
        yield from _wrong_values(only, path)
    if only["type"] == "array":
        for wrong in mistakes(only["items"], f"{path}[0]", depth + 1):
            yield wrong._replace(value={"0": wrong.value})
    if "properties" not in only:
        return
    right = sample(only)
    yield Mistake(right | {"no_such": "1"}, "parameter_unknown", _inside(path, "no_such"))
    for name in only.get("required", ()):
        rest = {other: value for other, value in right.items() if other != name}
        yield Mistake(rest, "parameter_missing", _inside(path, name))
    for name, inner in only["properties"].items():
        for wrong in mistakes(inner, _inside(path, name), depth + 1):
            yield wrong._replace(value=right | {name: wrong.value})


def _wrong_values(schema: dict[str, Any], path: str) -> Iterator[Mistake]:
    kind = schema["type"]
    if kind == "integer":
        yield Mistake("1.5", "parameter_invalid_integer", path)
    if kind == "boolean" or schema.get("enum"):
        yield Mistake("no_such_value", None, path)
    if kind in ("object", "array"):
        yield Mistake("text", None, path)
    else:
        yield Mistake({"key": "value"}, None, path)


def _inside(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


@pytest.mark.parametrize("types", described())
def test_what_stripe_takes_is_taken(types: str) -> None:
    """Every declared parameter at once, each with a right value."""
    schema = schemas()[_name(types)]
    form = sample(schema, whole=True)
    assert set(Parameters(types).check(form)) == set(form)


@pytest.mark.parametrize("types", described())
def test_what_stripe_refuses_is_refused(types: str) -> None:
    """Each mistake gets its code and the parameter's name; the right form without it passes."""
    checker, schema = Parameters(types), schemas()[_name(types)]
    checker.check(sample(schema))
    wrong = list(mistakes(schema))
    assert wrong
    for value, code, param in wrong:
        with pytest.raises(StripeError) as refused:
            checker.check(value)
        assert (refused.value.status, refused.value.code, refused.value.param) == (400, code, param), value


def test_the_described_endpoints_are_ours() -> None:
    """The description meets the routes; a wrong name would leave nothing to check."""
    assert len(described()) >= len(_STAND_IN)
