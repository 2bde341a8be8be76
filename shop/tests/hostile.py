"""Requests that no page of ours sends, for every door of `routes.py`, and what must be true of each answer.

A door is described by what it takes; everything else here is made up: parts of an address, queries, headers,
cookies, bodies that were genuine once. `integration/test_hostile_input.py` throws them at a real server.
"""

import json
import string
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from processes import ADDRESS

BOOK = "the-art-of-doing-science-and-engineering"
KEY = "0123456789abcdef0123456789abcdef"
ITEMS = [{"book": BOOK, "quantity": 1}]

QUOTE = {"checkout_key": KEY, "items": ITEMS, "currency": "sgd", "country": "SG"}
ORDER = {
    "checkout_key": KEY,
    "items": ITEMS,
    "currency": "sgd",
    "email": "ada@example.com",
    "shipping_address": ADDRESS,
    "total": 2300,
    "cart": False,
}
RESUMED = {"shipping_address": ADDRESS, "total": 2300}
BROWSER_EVENTS = {"events": [{"name": "ready", "milliseconds": 5, "checkout_key": KEY, "detail": {"a": 1}}]}
EVENT = {"id": "evt_1", "type": "payment_intent.succeeded", "created": 1, "livemode": False, "data": {}}


@dataclass(frozen=True)
class Door:
    """One route with one of its methods; `{slug}`, `{token}` and `{build}` in its path are filled in."""

    method: str
    path: str
    json: dict[str, Any] | None = None
    form: dict[str, str] = field(default_factory=dict)
    query: tuple[str, ...] = ()
    is_shopkeepers: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


DOORS = [
    Door("GET", "/"),
    Door("GET", "/books/{slug}"),
    Door("GET", "/covers/{slug}.svg", query=("v",)),
    Door("GET", "/cart", query=("book", "added", "refused")),
    Door("POST", "/cart", form={"book": BOOK, "quantity": "1"}),
    Door("POST", "/cart/{slug}", form={"quantity": "2"}),
    Door("POST", "/cart/{slug}/remove"),
    Door("GET", "/checkout", query=("key",)),
    Door("GET", "/checkout/{slug}", query=("key", "quantity")),
    Door("POST", "/quotes", json=QUOTE),
    Door("POST", "/orders", json=ORDER),
    Door(
        "GET", "/orders/{token}", query=("payment_intent", "payment_intent_client_secret", "redirect_status")
    ),
    Door("GET", "/orders/{token}/status"),
    Door("GET", "/orders/{token}/pay"),
    Door("POST", "/orders/{token}/cancel"),
    Door("POST", "/orders/{token}/payment", json=RESUMED),
    Door(
        "POST",
        "/orders/{token}/refund",
        form={"amount": "1.00", "reason": "requested_by_customer", "key": KEY},
        is_shopkeepers=True,
    ),
    Door("POST", "/orders/{token}/call-off", form={"key": KEY}, is_shopkeepers=True),
    Door("POST", "/preferences", form={"language": "de", "currency": "eur", "back": "/"}),
    Door("POST", "/stripe/webhook", json=EVENT),
    Door("POST", "/browser-events", json=BROWSER_EVENTS),
    Door("GET", "/shopkeeper"),
    Door("POST", "/shopkeeper", form={"password": "open sesame", "action": "sign-in"}),
    Door("GET", "/health/live"),
    Door("GET", "/health/ready"),
    Door("GET", "/metrics"),
    Door("GET", "/static/{build}", query=("v",)),
]

HTML, JSON, ANYTHING = "text/html,application/xhtml+xml,*/*;q=0.8", "application/json", "*/*"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Hostile:
    """A request as bytes would have it; `path` is percent-encoded and has its query."""

    method: str
    path: str
    headers: tuple[tuple[str, bytes], ...]
    body: bytes


TROUBLE = [
    *(
        "",
        " ",
        "\0",
        "a\0b",
        "\r\n",
        "../../etc/passwd",
        "..%2f..%2f",
        "%",
        "%zz",
        "\N{SNOWMAN}",
        "é",
        "\ud800",
    ),
    *(
        "'",
        '"',
        "' OR 1=1 --",
        "{{7*7}}",
        "${7*7}",
        "<script>",
        "-1",
        "0",
        "1e999",
        "NaN",
        "\N{FULLWIDTH DIGIT NINE}",
        "\N{SUPERSCRIPT TWO}",
        "null",
    ),
    *(
        "0x10",
        "1.0",
        "99",
        "100",
        "2147483648",
        "9" * 30,
        "A" * 300,
        "\u202e",
        "a" * 5000,
        "\N{COMBINING ACUTE ACCENT}" * 50,
    ),
]
texts = st.sampled_from(TROUBLE) | st.text(max_size=30)
numbers = st.sampled_from([0, -1, 1, 99, 100, 2**31, 2**63, 10**40, -(10**40), 0.1, 1e308]) | st.integers()
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)


def requests(door: Door, known: dict[str, list[str]]) -> st.SearchStrategy[Hostile]:
    """Requests to a door. `known` are genuine values by the names of path parts and cookies."""

    @st.composite
    def made(draw: st.DrawFn) -> Hostile:
        path = door.path
        for name in ("slug", "token", "build"):
            genuine = known[name]
            part = draw(st.sampled_from(genuine) | st.sampled_from(genuine).flatmap(_misspelt) | texts)
            path = path.replace(f"{{{name}}}", _escaped(part))
        if door.path.startswith("/static"):
            path += "/" + _escaped(
                draw(texts | st.sampled_from(["css/base.css", "../app.py", "css"])), safe="/.%"
            )
        pairs = draw(st.lists(st.tuples(st.sampled_from([*door.query, "x"]), texts), max_size=4))
        query = "&".join(f"{name}={_escaped(text)}" for name, text in pairs)
        headers = draw(_headers(known))
        if door.is_shopkeepers:
            # Beyond the lock, where there is something to break; without the cookie the door is a 404.
            cookie = b"shopkeeper=" + draw(st.sampled_from(known["shopkeeper"])).encode()
            headers = (*(header for header in headers if header[0] != "Cookie"), ("Cookie", cookie))
        body, kind = draw(_body(door))
        return Hostile(
            door.method, f"{path}?{query}" if query else path, (("Content-Type", kind), *headers), body
        )

    return made()


def _headers(known: dict[str, list[str]]) -> st.SearchStrategy[tuple[tuple[str, bytes], ...]]:
    raw = texts.map(_header_value) | st.binary(max_size=40).map(_printable)
    cookies = st.sampled_from(["cart", "checkout", "cart_checkout", "language", "currency", "shopkeeper", ""])
    cookie = st.lists(
        st.tuples(cookies, raw | st.sampled_from(known["cart"]).map(str.encode)), max_size=4
    ).map(lambda pairs: b"; ".join(name.encode() + b"=" + value for name, value in pairs))
    accepted = st.sampled_from([HTML, JSON, ANYTHING, ""]).map(str.encode)
    others = st.sampled_from(
        ["Accept-Language", "If-None-Match", "Range", "X-Forwarded-For", "Stripe-Signature"]
    )
    return st.tuples(
        st.tuples(st.just("Accept"), accepted),
        st.tuples(st.just("Cookie"), cookie),
        st.tuples(
            others, raw | st.sampled_from([b"bytes=0-", b"bytes=5-1,-0", b"de;q=9,*;q=x", b"t=1,v1=0"])
        ),
    )


def _body(door: Door) -> st.SearchStrategy[tuple[bytes, bytes]]:
    kinds = st.sampled_from(
        [JSON, FORM, "text/plain", "application/json; charset=utf-16", "multipart/form-data", ""]
    )
    noise = st.binary(max_size=200) | st.sampled_from(
        [b"", b"{", b"[" * 5000, b'{"a":' * 3000, b"1" * 5000, b"NaN"]
    )
    if door.method == "GET":
        return st.tuples(st.sampled_from([b"", b"{}", b"x" * 100]), st.just(b"text/plain"))
    if door.json is not None:
        bent = _bent(door.json).map(_as_json)
        doubled = st.sampled_from([b'{"total": 1, ' + json.dumps(door.json).encode()[1:]])
        genuine_kind = st.just(JSON)
    else:
        bent = _bent(dict(door.form)).map(_as_form)
        doubled = st.just(b"&".join([_as_form(dict(door.form))] * 30))
        genuine_kind = st.just(FORM)
    cut = bent.flatmap(lambda body: st.integers(0, len(body)).map(lambda end: body[:end]))
    bodies = bent | bent | bent | cut | doubled | noise
    return st.tuples(bodies, (genuine_kind | genuine_kind | kinds).map(str.encode))


def _bent(genuine: dict[str, Any]) -> st.SearchStrategy[Any]:
    """The genuine value with one part of it changed, missing, or added."""

    def changed(path: tuple[Any, ...]) -> st.SearchStrategy[Any]:
        return values.map(lambda value: _with(genuine, path, value))

    places = list(_places(genuine))
    added = st.tuples(texts, values).map(lambda pair: genuine | {pair[0]: pair[1]})
    missing = st.sampled_from(list(genuine) or [""]).map(
        lambda name: {key: value for key, value in genuine.items() if key != name}
    )
    return st.sampled_from(places).flatmap(changed) | missing | added if places else values


def _places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in inner:
        yield (*path, name)
        yield from _places(part, (*path, name))


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


def _misspelt(genuine: str) -> st.SearchStrategy[str]:
    letters = st.sampled_from(string.ascii_letters + string.digits + "-_")
    return st.tuples(st.integers(0, len(genuine) - 1), letters).map(
        lambda slip: genuine[: slip[0]] + slip[1] + genuine[slip[0] + 1 :]
    )


def _as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


def _as_form(value: Any) -> bytes:
    fields = value if isinstance(value, dict) else {"": value}
    return "&".join(f"{_escaped(str(name))}={_escaped(str(text))}" for name, text in fields.items()).encode()


def _escaped(text: str, safe: str = "") -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe=safe)


def _header_value(text: str) -> bytes:
    return _printable(text.encode("utf-8", "surrogatepass"))[:4000]


def _printable(raw: bytes) -> bytes:
    """What can stand in a header at all: a server may drop a connection that sends anything else."""
    return bytes(byte for byte in raw if byte >= 0x20 and byte != 0x7F).strip()
