"""JSON for reading."""

import json
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from stripe_sandbox.dashboard.json_view import json_view

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


class _Reader(HTMLParser):
    """The text that a reader of the HTML sees, and the tags around it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.tags: set[str] = set()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert {name for name, _ in attrs} <= {"class", "href"}
        self.tags.add(tag)


@given(values)
def test_what_is_seen_is_the_value(value: object) -> None:
    """Whatever stands in the JSON, the reader sees exactly it and no markup of its own comes through."""
    reader = _Reader()
    reader.feed(f"{json_view([value], '')}")
    reader.close()
    assert json.loads(reader.text) == [value]
    assert reader.tags <= {"span", "a"}


def test_ids_lead_to_their_pages() -> None:
    """A payment, an event, a request and an endpoint are links; a charge, which has no page, is not."""
    html = json_view({"a": "pi_3x", "b": "evt_1x", "c": "req_x", "d": "we_1x", "e": "ch_3x"}, "/root")
    for address in ("payments/pi_3x", "events/evt_1x", "requests/req_x", "webhooks/we_1x"):
        assert f'href="/root/dashboard/{address}"' in html
    assert html.count("href") == 4


def test_text_that_is_no_json_is_shown_as_it_is() -> None:
    """A shop's answer may be anything."""
    assert json_view("<h1>Oops</h1>", "") == "&lt;h1&gt;Oops&lt;/h1&gt;"
