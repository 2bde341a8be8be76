"""What pages may load, who may post, and what the doors for scripts let in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import factories
from bookshop.web.browser_events import BrowserEvents
from bookshop.web.checkout_bodies import NewOrder
from bookshop.web.middleware import content_security_policy, origin
from processes import ADDRESS


def policy(**changes: str) -> dict[str, list[str]]:
    text = content_security_policy(factories.settings(**changes))
    return {words[0]: words[1:] for words in (part.split() for part in text.split("; "))}


def test_pages_load_from_us_and_stripe_alone() -> None:
    """What docs.stripe.com/security/guide lists for Stripe.js, and nothing inline."""
    rules = policy()
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == ["'self'", "https://js.stripe.com", "https://*.js.stripe.com"]
    assert set(rules["frame-src"]) == {
        "https://js.stripe.com",
        "https://*.js.stripe.com",
        "https://hooks.stripe.com",
    }
    assert rules["connect-src"] == ["'self'", "https://api.stripe.com"]
    assert rules["frame-ancestors"] == rules["base-uri"] == ["'none'"]
    everything = " ".join(word for words in rules.values() for word in words)
    assert "unsafe" not in everything
    assert " * " not in everything


def test_another_stripe_address_replaces_stripes() -> None:
    """With other addresses in the settings the policy names these and no longer Stripe's."""
    rules = policy(
        stripe_js_url="http://localhost:12111/endive/stripe.js", stripe_api_base="http://localhost:12111"
    )
    assert rules["script-src"] == ["'self'", "http://localhost:12111"]
    assert rules["frame-src"] == ["http://localhost:12111"]
    assert rules["connect-src"] == ["'self'", "http://localhost:12111"]
    assert "stripe.com" not in str(rules)


def test_origin_is_what_browsers_send() -> None:
    """Scheme, host and port, without what follows."""
    assert origin("https://books.shop/a/b?c#d") == "https://books.shop"
    assert origin("http://localhost:8000") == "http://localhost:8000"
    assert origin("HTTPS://Books.Shop:443/") == "https://books.shop"


EVENT = {"name": "ready", "milliseconds": 5}


@pytest.mark.parametrize(
    "event",
    [
        EVENT | {"name": "x" * 101},
        EVENT | {"name": "ada@example.com"},
        EVENT | {"name": "two\nlines"},
        EVENT | {"milliseconds": -1},
        EVENT | {"milliseconds": 10**9},
        EVENT | {"detail": {str(number): 1 for number in range(9)}},
        EVENT | {"detail": {"deep": {"deeper": 1}}},
        EVENT | {"detail": {"code": "x" * 101}},
        EVENT | {"detail": {"n": 10**12}},
        EVENT | {"detail": {"n": -(10**12)}},
        EVENT | {"checkout_key": "a key with $"},
        EVENT | {"more": 1},
    ],
)
def test_browser_events_are_bounded(event: dict[str, object]) -> None:
    """Short words, small numbers, few of them: no essay, no address, no card number."""
    with pytest.raises(ValidationError):
        BrowserEvents.model_validate({"events": [event]})


def test_browser_events_come_fifty_at_a_time() -> None:
    """One page's queue fits, a flood does not."""
    assert BrowserEvents.model_validate({"events": [EVENT] * 50})
    with pytest.raises(ValidationError):
        BrowserEvents.model_validate({"events": [EVENT] * 51})


ORDER = {
    "checkout_key": "0123456789abcdef",
    "items": [{"book": "a", "quantity": 1}],
    "currency": "sgd",
    "email": "ada@example.com",
    "shipping_address": ADDRESS,
    "total": 2300,
}


@pytest.mark.parametrize(
    "changes",
    [
        {"checkout_key": "short"},
        {"checkout_key": "0123456789abcdef\n"},
        {"checkout_key": "x" * 65},
        {"items": []},
        {"items": [{"book": "a", "quantity": 0}]},
        {"items": [{"book": "a", "quantity": -1}]},
        {"items": [{"book": "a", "quantity": 10**9}]},
        {"items": [{"book": "a", "quantity": 1.5}]},
        {"items": [{"book": "a", "quantity": "1"}]},
        {"items": [{"book": "a", "quantity": True}]},
        {"items": [{"book": "a", "quantity": 1, "price": 1}]},
        {"items": [{"book": "a", "quantity": 1}] * 21},
        {"currency": "SGD"},
        {"currency": "sgdd"},
        {"total": "2300"},
        {"total": 2300.0},
        {"total": -1},
        {"price": 1},
        {"email": None},
    ],
)
def test_what_no_page_of_ours_sends_is_no_order(changes: dict[str, object]) -> None:
    """Story 11: no price comes in by any name, and quantities are whole and few."""
    assert NewOrder.model_validate(ORDER)
    with pytest.raises(ValidationError):
        NewOrder.model_validate(ORDER | changes)


@given(
    st.dictionaries(
        st.sampled_from([*ORDER, "x"]), st.none() | st.integers() | st.text() | st.lists(st.text())
    )
)
def test_no_body_breaks_the_reading(changes: dict[str, object]) -> None:
    """Any JSON object is an order or a ValidationError."""
    try:
        order = NewOrder.model_validate(ORDER | changes)
    except ValidationError:
        return
    assert order.items[0].quantity == 1
