"""Request parameters checked against the types that Stripe's own SDK publishes.

`stripe.params` describes every endpoint's parameters as a TypedDict. Each is compiled once, on first use,
into a checker that turns decoded form text into Python values and refuses what Stripe refuses. No table of
parameters is written by hand, so a new SDK brings new parameters.
"""

import typing
from collections.abc import Callable, Mapping
from functools import cache
from operator import attrgetter
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import stripe.params
import typing_extensions
from stripe._request_options import RequestOptions
from stripe._stripe_object import UntypedStripeObject

from stripe_sandbox.errors import StripeError, invalid_parameter, missing_parameter, unknown_parameter

Check = Callable[[Any, str], Any]
"""Takes decoded form text (str or mapping) and the parameter's name; gives the Python value."""

_OPTIONS = frozenset(RequestOptions.__annotations__)
_REQUIRED_WRAPPERS = (typing.Required, typing_extensions.Required)
_OPTIONAL_WRAPPERS = (typing.NotRequired, typing_extensions.NotRequired)
_LITERALS = (Literal, typing_extensions.Literal)

# Plain text in the SDK's types, yet an empty string clears it on a live account.
_CLEARABLE_TEXT = frozenset(
    {"description", "name", "phone", "email", "line1", "line2", "city", "state", "postal_code"}
)

_LONGEST_TEXT = 5000
# https://docs.stripe.com/api/disputes/update; all of a dispute's evidence together may be no longer.
_LONGEST_EVIDENCE = 150_000


class Parameters:
    """The checker of one endpoint.

    `name` is a class of `stripe.params`, below a namespace of it after a dot; `extra` adds parameters that
    an older API version or Stripe.js sends.
    """

    def __init__(self, name: str, extra: Mapping[str, Check] | None = None) -> None:
        declared = attrgetter(name)(stripe.params)
        self._check = Object(declared, extra)

    def check(self, form: Mapping[str, Any]) -> dict[str, Any]:
        """Give typed values: int, bool, float, str, list, dict; `""` where a value is to be cleared.

        Raises:
            StripeError: an unknown, missing, empty or wrongly typed parameter.
        """
        return self._check.fields(form, "")


class Object:
    """A mapping with declared fields; nested types are compiled when first met, most never are."""

    def __init__(self, declared: Any, extra: Mapping[str, Check] | None = None) -> None:
        self._hints = _own_hints(declared)
        self._required = [name for name, hint in self._hints.items() if _is_required(hint)]
        self._checks: dict[str, Check] = dict(extra or {})

    def fields(self, form: Mapping[str, Any], prefix: str) -> dict[str, Any]:
        checked = {}
        for name, value in form.items():
            path = f"{prefix}[{name}]" if prefix else name
            check = self._checks.get(name) or self._compile(name, path)
            checked[name] = check(value, path)
        for name in self._required:
            if name not in form:
                raise missing_parameter(f"{prefix}[{name}]" if prefix else name)
        return checked

    def _compile(self, name: str, path: str) -> Check:
        hint = self._hints.get(name)
        if hint is None:
            raise unknown_parameter(path)
        check = compile_type(hint, clearable=name in _CLEARABLE_TEXT)
        self._checks[name] = check
        return check


def _own_hints(declared: Any) -> dict[str, Any]:
    """Resolve the class's annotations but for inherited request options, some of which do not resolve."""
    own = {name: hint for name, hint in declared.__annotations__.items() if name not in _OPTIONS}
    holder = type(declared.__name__, (), {"__annotations__": own, "__module__": declared.__module__})
    return typing_extensions.get_type_hints(holder, include_extras=True)


def _is_required(hint: Any) -> bool:
    return get_origin(hint) not in _OPTIONAL_WRAPPERS


@cache
def compile_type(hint: Any, *, clearable: bool = False) -> Check:
    """Make the checker of one annotation.

    A union holds at most one shape for text and one for a mapping; which is meant shows in the form itself.
    """
    literals: list[str] = []
    text: Check | None = None
    mapping: Check | None = None
    for member in _members(hint):
        origin = get_origin(member)
        if origin in _LITERALS:
            literals.extend(get_args(member))
        elif member is str:
            text = text or _text
        elif member in _SCALARS:
            text = _SCALARS[member]
        elif origin in (list, typing.List):  # noqa: UP006  what the SDK's annotations hold
            mapping = _list_of(compile_type(get_args(member)[0]))
        elif origin is dict or origin is UntypedStripeObject or member is Any:
            mapping = mapping or _text_map
        else:
            mapping = _object_of(member)
    if "" in literals:
        literals.remove("")
        clearable = True
    if literals and text in (None, _text):
        # `Literal[...] | str` is the SDK leaving room for values to come; today's values are those listed.
        text = _one_of(literals)
    elif literals and text is not None:
        text = _either_of(literals, text)
    return _either(text, mapping, clearable=clearable)


def _members(hint: Any) -> list[Any]:
    origin = get_origin(hint)
    if origin in _OPTIONAL_WRAPPERS or origin in _REQUIRED_WRAPPERS:
        return _members(get_args(hint)[0])
    if origin is Union or isinstance(hint, UnionType):
        return [member for part in get_args(hint) for member in _members(part)]
    return [] if hint is type(None) else [hint]


def _either(text: Check | None, mapping: Check | None, *, clearable: bool) -> Check:
    def check(value: Any, path: str) -> Any:
        if value == "":
            if clearable:
                return ""
            raise _empty(path)
        if isinstance(value, str):
            if text is None:
                raise invalid_parameter(
                    "Invalid array" if getattr(mapping, "is_list", False) else "Invalid object", path
                )
            return text(value, path)
        if mapping is None:
            raise invalid_parameter(f"Invalid string: {dict(value)}", path)
        return mapping(value, path)

    return check


def _empty(path: str) -> StripeError:
    return invalid_parameter(
        f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a "
        f"parameter; however '{path}' cannot be unset. You should remove '{path}' from your request or "
        "supply a non-empty value.",
        path,
        "parameter_invalid_empty",
    )


def _text(value: str, path: str) -> str:
    longest = _LONGEST_EVIDENCE if path.startswith("evidence[") else _LONGEST_TEXT
    if len(value) > longest:
        raise invalid_parameter(f"Invalid string: {value[:8]}…; must be at most {longest} characters", path)
    return value


def integer(value: str, path: str) -> int:
    digits = value[1:] if value[:1] == "-" else value
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 18:
        raise invalid_parameter(f"Invalid integer: {value}", path, "parameter_invalid_integer")
    return int(value)


def _decimal(value: str, path: str) -> float:
    try:
        return float(value)
    except ValueError as error:
        raise invalid_parameter(f"Invalid decimal: {value}", path) from error


def boolean(value: str, path: str) -> bool:
    """`true` or `false`; older Python SDKs write `True`, which Stripe takes too."""
    if value not in ("true", "false", "True", "False"):
        raise invalid_parameter(f"Invalid boolean: {value}", path)
    return value in ("true", "True")


_SCALARS: dict[Any, Check] = {int: integer, bool: boolean, float: _decimal}


def _one_of(allowed: list[str]) -> Check:
    values = frozenset(allowed)
    names = ", ".join(allowed[:-1]) + f", or {allowed[-1]}" if len(allowed) > 1 else allowed[0]

    def check(value: str, path: str) -> str:
        if value not in values:
            field = path.rpartition("[")[2].rstrip("]")
            raise invalid_parameter(f"Invalid {field}: must be one of {names}", path)
        return value

    return check


def _either_of(literals: list[str], otherwise: Check) -> Check:
    """`bool | Literal["one_off"]` and the like."""
    return lambda value, path: value if value in literals else otherwise(value, path)


def _list_of(element: Check) -> Check:
    def check(value: Mapping[str, Any], path: str) -> list[Any]:
        if not all(index.isdecimal() for index in value):
            raise invalid_parameter("Invalid array", path)
        return [element(value[index], f"{path}[{index}]") for index in sorted(value, key=int)]

    check.is_list = True  # type: ignore[attr-defined]
    return check


def text_list() -> Check:
    """A list of plain strings, for parameters that the SDK no longer declares."""
    return _either(None, _list_of(_either(_text, None, clearable=False)), clearable=False)


def object_of(name: str, extra: Mapping[str, Check] | None = None) -> Check:
    """A nested object declared as a class of `stripe.params`, with more fields where the SDK knows none."""
    checker = Object(getattr(stripe.params, name), extra)
    return _either(None, checker.fields, clearable=False)


def anything(value: Any, _path: str) -> Any:
    """Accept whatever comes: Stripe.js's own bookkeeping."""
    return value


def _text_map(value: Mapping[str, Any], path: str) -> dict[str, Any]:
    for name, item in value.items():
        if not isinstance(item, str):
            raise invalid_parameter(f"Invalid string: {dict(item)}", f"{path}[{name}]")
    return dict(value)


def _object_of(declared: Any) -> Check:
    compiled: list[Object] = []

    def check(value: Mapping[str, Any], path: str) -> dict[str, Any]:
        if not compiled:
            compiled.append(Object(declared))
        return compiled[0].fields(value, path)

    return check
