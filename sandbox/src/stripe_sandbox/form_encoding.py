"""Stripe's form encoding: `a[b][0]=c` becomes `{"a": {"b": {"0": "c"}}}`.

Lists stay mappings with numeric keys here; only a parameter's declared type can tell `{"0": …}` in metadata
from a list's first element (parameters.py).
"""

from functools import lru_cache
from urllib.parse import parse_qsl

from stripe_sandbox.errors import StripeError

Form = dict[str, "str | Form"]

_MOST_FIELDS = 2000
_DEEPEST = 10


def decode(encoded: str) -> Form:
    """Parse a query string or an `application/x-www-form-urlencoded` body.

    Raises:
        StripeError: too many fields, a malformed key, or one name used both as a value and as an object.
    """
    try:
        pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError as error:
        raise StripeError(
            "Invalid request: the parameters could not be decoded.", before_execution=True
        ) from error
    form: Form = {}
    for key, value in pairs:
        _place(form, key, path(key), value)
    return form


@lru_cache(maxsize=4096)
def path(key: str) -> tuple[str, ...]:
    """Split `card[exp_month]` into `("card", "exp_month")`; an empty segment is the next list element.

    Raises:
        StripeError: brackets that do not match, or nesting beyond what any parameter needs.
    """
    head, bracket, rest = key.partition("[")
    if not bracket:
        return (key,)
    if not head or not rest.endswith("]"):
        raise _malformed(key)
    segments = rest[:-1].split("][")
    if len(segments) > _DEEPEST or any("[" in segment or "]" in segment for segment in segments):
        raise _malformed(key)
    return (head, *segments)


def _malformed(key: str) -> StripeError:
    return StripeError(f"Invalid parameter name: {key}", param=key, before_execution=True)


def _place(form: Form, key: str, segments: tuple[str, ...], value: str) -> None:
    node = form
    for position, segment in enumerate(segments[:-1]):
        following = segments[position + 1]
        child = node.setdefault(segment or _element(node, following), {})
        if not isinstance(child, dict):
            raise StripeError(f"Invalid object: {key}", param=segments[0], before_execution=True)
        node = child
    last = segments[-1] or str(len(node))
    if isinstance(node.get(last), dict):
        raise StripeError(f"Invalid object: {key}", param=segments[0], before_execution=True)
    node[last] = value


def _element(node: Form, following: str) -> str:
    """The list element that `items[][name]=…` fills: the last one until a name comes twice."""
    if node:
        last = next(reversed(node))
        child = node[last]
        if isinstance(child, dict) and following not in child:
            return last
    return str(len(node))
