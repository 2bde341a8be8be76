"""Search: Stripe's query language over objects in memory. Source: https://docs.stripe.com/search.

Here what was written is found at once; Stripe takes up to a minute.
"""

import operator
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, NamedTuple

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.pagination import limit_of
from stripe_sandbox.store import StripeObject

_TEXT, _PART, _NUMBER, _EXACT = "text", "text or part of it", "number", "token"
_SHORTEST_PART = 3
_METADATA = {"metadata": _TEXT}

# What each object can be searched by, https://docs.stripe.com/search#supported-query-fields-for-each-resource.
_FIELDS: dict[str, Mapping[str, str]] = {
    "customer": {"created": _NUMBER, "email": _PART, "name": _PART, "phone": _PART, **_METADATA},
    "payment_intent": {
        "amount": _NUMBER,
        "created": _NUMBER,
        "currency": _EXACT,
        "customer": _EXACT,
        "status": _EXACT,
        **_METADATA,
    },
    "charge": {
        "amount": _NUMBER,
        "billing_details.address.postal_code": _EXACT,
        "created": _NUMBER,
        "currency": _EXACT,
        "customer": _EXACT,
        "disputed": _EXACT,
        "payment_method_details.card.brand": _EXACT,
        "payment_method_details.card.exp_month": _EXACT,
        "payment_method_details.card.exp_year": _EXACT,
        "payment_method_details.card.fingerprint": _EXACT,
        "payment_method_details.card.last4": _EXACT,
        "refunded": _EXACT,
        "status": _EXACT,
        **_METADATA,
    },
    "product": {
        "active": _EXACT,
        "description": _PART,
        "name": _PART,
        "shippable": _EXACT,
        "url": _PART,
        **_METADATA,
    },
    "price": {
        "active": _EXACT,
        "currency": _EXACT,
        "lookup_key": _EXACT,
        "product": _EXACT,
        "type": _EXACT,
        **_METADATA,
    },
}
_OPERATORS = {_TEXT: ":~", _PART: ":~", _EXACT: ":", _NUMBER: ":<>="}

_CLAUSE = re.compile(
    r"""(?P<negated>-)?(?P<field>[a-z_][a-z0-9_.]*)(?:\[(?P<q>["'])(?P<key>(?:(?!(?P=q)).)+)(?P=q)\])?
    (?P<operator>>=|<=|[:~<>=])\s*
    (?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s"']+)""",
    re.VERBOSE,
)
_JOINT = re.compile(r"\s+(?:(AND|OR)\s+)?")
_MOST_CLAUSES = 10

Test = Callable[[StripeObject], bool]


class _Clause(NamedTuple):
    field: str
    key: str | None
    operator: str
    value: str | None
    negated: bool


def search(call: Call, kind: str) -> StripeObject:
    """One page of the objects that the query finds, newest first.

    Raises:
        StripeError: a query that cannot be read or asks for what cannot be searched, or a foreign page.
    """
    limit = limit_of(call)
    wanted = _test(call.params["query"], kind)
    found = (item for item in call.sandbox.store.newest_first(kind) if not item.get("deleted"))
    skipped = _skipped(call.params.get("page"))
    data = list(islice(filter(wanted, found), skipped, skipped + limit + 1))
    more = len(data) > limit
    return {
        "object": "search_result",
        "data": data[:limit],
        "has_more": more,
        "next_page": _page(skipped + limit) if more else None,
        "url": call.path,
    }


def _test(query: str, kind: str) -> Test:
    clauses, joint = _read(query)
    tests = [_clause_test(clause, kind) for clause in clauses]
    if joint == "OR":
        return lambda item: any(test(item) for test in tests)
    return lambda item: all(test(item) for test in tests)


def _read(query: str) -> tuple[list[_Clause], str]:
    clauses: list[_Clause] = []
    joints: set[str] = set()
    position, text = 0, query.strip()
    while match := _CLAUSE.match(text, position):
        clauses.append(_clause(match))
        position = match.end()
        between = _JOINT.match(text, position)
        if between is None or position == len(text):
            break
        joints.add(between[1] or "AND")
        position = between.end()
    if not clauses or position != len(text):
        raise _unreadable()
    if len(joints) > 1:
        raise errors.invalid_parameter("A search query may combine with AND or with OR, not both.", "query")
    if len(clauses) > _MOST_CLAUSES:
        raise errors.invalid_parameter(f"A search query may have up to {_MOST_CLAUSES} clauses.", "query")
    return clauses, joints.pop() if joints else "AND"


def _clause(match: re.Match[str]) -> _Clause:
    raw = match["value"]
    quoted = raw[0] in "\"'"
    value = re.sub(r"\\(.)", r"\1", raw[1:-1]) if quoted else raw
    absent = not quoted and raw == "null"
    return _Clause(
        match["field"], match["key"], match["operator"], None if absent else value, bool(match["negated"])
    )


def _unreadable() -> errors.StripeError:
    return errors.invalid_parameter(
        'We were unable to parse your search query. Write fields as field:"value", metadata as '
        'metadata["key"]:"value", and join them by AND or by OR.',
        "query",
    )


def _clause_test(clause: _Clause, kind: str) -> Test:
    form = _FIELDS[kind].get(clause.field)
    if form is None or (clause.key is None) == (clause.field == "metadata"):
        raise errors.invalid_parameter(
            f"Field `{clause.field}` is an unsupported search field for resource `{kind}s`. Known are "
            f"{', '.join(_FIELDS[kind])}.",
            "query",
        )
    if clause.operator[0] not in _OPERATORS[form]:
        raise errors.invalid_parameter(
            f"The operator {clause.operator} cannot be used with `{clause.field}`.", "query"
        )
    compare = _comparison(clause, form)
    return lambda item: compare(_value(item, clause)) != clause.negated


def _comparison(clause: _Clause, form: str) -> Callable[[Any], bool]:
    value = clause.value
    if value is None:
        return lambda found: found is None
    if form == _NUMBER:
        return _numeric(clause.operator, value)
    if clause.operator == "~":
        if len(value) < _SHORTEST_PART:
            raise errors.invalid_parameter(
                f"A part of a text to search for needs at least {_SHORTEST_PART} characters.", "query"
            )
        return lambda found: found is not None and value.casefold() in str(found).casefold()
    return lambda found: found is not None and _written(found) == value.casefold()


_COMPARISONS = {
    ":": operator.eq,
    "=": operator.eq,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def _numeric(sign: str, value: str) -> Callable[[Any], bool]:
    try:
        number = int(value)
    except ValueError:
        raise errors.invalid_parameter(f"{value} is not a number.", "query") from None
    compare = _COMPARISONS[sign]
    return lambda found: bool(compare(found, number))


def _value(item: StripeObject, clause: _Clause) -> Any:
    if clause.key is not None:
        return item["metadata"].get(clause.key)
    found: Any = item
    for name in clause.field.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _written(found: Any) -> str:
    return str(found).casefold()


def _page(skipped: int) -> str:
    return urlsafe_b64encode(f"skip:{skipped}".encode()).decode()


def _skipped(page: str | None) -> int:
    if page is None:
        return 0
    try:
        word, _, number = urlsafe_b64decode(page).decode().partition(":")
    except ValueError:
        word, number = "", ""
    if word != "skip" or not number.isdecimal():
        raise errors.invalid_parameter(f"Invalid page: {page}. Use next_page of the answer.", "page")
    return int(number)
