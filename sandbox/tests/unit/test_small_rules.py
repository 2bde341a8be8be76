"""Amounts, metadata, versions, keys: the small tables."""

from base64 import b64encode

import pytest

from stripe_sandbox import versions
from stripe_sandbox.authentication import key_of
from stripe_sandbox.currencies import MINIMUM, check_amount, written
from stripe_sandbox.errors import StripeError
from stripe_sandbox.ids import payment_id, plain_id
from stripe_sandbox.metadata import merged
from stripe_sandbox.pagination import created_filter
from stripe_sandbox.resources import charge_details
from stripe_sandbox.store import Store


@pytest.mark.parametrize(
    ("amount", "currency"),
    [(50, "sgd"), (99_999_999, "usd"), (50, "jpy"), (30, "gbp"), (1230, "kwd"), (500, "isk")],
)
def test_amounts_that_stripe_takes(amount: int, currency: str) -> None:
    """At least the minimum, at most eight digits, no digits that the currency lacks."""
    check_amount(amount, currency)


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "sgd", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (399, "hkd", "amount_too_small"),
        (100_000_000, "usd", "amount_too_large"),
        (0, "usd", "parameter_invalid_integer"),
        (-5, "usd", "parameter_invalid_integer"),
        (1235, "kwd", "parameter_invalid_integer"),
        (550, "ugx", "parameter_invalid_integer"),
        (100, "xyz", None),
    ],
)
def test_amounts_that_stripe_refuses(amount: int, currency: str, code: str | None) -> None:
    """Each with its own code."""
    with pytest.raises(StripeError) as refused:
        check_amount(amount, currency)
    assert refused.value.code == code


def test_amounts_are_written_with_their_decimals() -> None:
    """Two, none or three, as the currency has them."""
    assert [written(1500, currency) for currency in ("usd", "jpy", "kwd", "sgd")] == [
        "$15.00",
        "1,500",
        "1.500",
        "15.00",
    ]
    assert "sgd" not in MINIMUM


def test_metadata_merges_and_has_limits() -> None:
    """Keys are added and removed one by one; an empty text removes all."""
    assert merged({"a": "1"}, {"b": "2", "a": ""}) == {"b": "2"}
    assert merged({"a": "1"}, "") == {}
    assert merged({"a": "1"}, None) == {"a": "1"}
    for too_much in ({"k" * 41: "v"}, {"k": "v" * 501}, {str(number): "v" for number in range(51)}):
        with pytest.raises(StripeError):
            merged({}, too_much)


def test_versions_compare_by_date_and_render_older_shapes() -> None:
    """A name labels a date; before 2022-11-15 an intent carried its charges, a charge its refunds."""
    store = Store()
    store.save("charge", {"object": "charge", "id": "ch_1", "payment_intent": "pi_1"})
    store.save("refund", {"object": "refund", "id": "re_1", "charge": "ch_1"})
    assert versions.is_version("2026-10-28.endive")
    assert versions.is_version("2020-08-27")
    assert not versions.is_version("endive")
    intent = {
        "object": "payment_intent",
        "id": "pi_1",
        "latest_charge": "ch_1",
        "allowed_payment_method_types": None,
    }
    assert versions.render(intent, versions.PINNED, store) is intent
    older = versions.render({"object": "list", "data": [intent]}, "2022-08-01", store)["data"][0]
    assert "latest_charge" not in older
    (charge,) = older["charges"]["data"]
    assert [refund["id"] for refund in charge["refunds"]["data"]] == ["re_1"]
    before = versions.render(intent | {"latest_charge": None}, "2022-08-01", store)
    assert before["charges"]["data"] == []
    assert before["charges"]["url"] == "/v1/charges?payment_intent=pi_1"
    assert "invoice" in versions.render(intent, "2024-06-20", store)


@pytest.mark.parametrize(
    ("authorization", "parameter", "publishable"),
    [
        ("Bearer sk_test_abc", None, False),
        ("Basic " + b64encode(b"rk_test_abc:").decode(), None, False),
        (None, "pk_test_abc", True),
    ],
)
def test_keys_are_found_where_stripe_finds_them(
    authorization: str | None, parameter: str | None, *, publishable: bool
) -> None:
    """In the header both ways, or as a parameter."""
    assert key_of(authorization, parameter).publishable is publishable


@pytest.mark.parametrize(
    "authorization",
    [None, "Bearer ", "Bearer sk_live_abcdefghijkl", "Basic !!!", "Digest x", "Bearer sk_test_"],
)
def test_other_keys_open_nothing(authorization: str | None) -> None:
    """401, and the key is not repeated in full."""
    with pytest.raises(StripeError) as refused:
        key_of(authorization, None)
    assert refused.value.status == 401
    assert "sk_live_abcdefghijkl" not in refused.value.message


def test_ids_have_stripes_shapes() -> None:
    """Lengths and prefixes that people's own checks rely on."""
    assert len(payment_id("pi")) == 27
    assert payment_id("ch").startswith("ch_3")
    assert len(plain_id("cus", 14)) == 18
    assert plain_id("pm") != plain_id("pm")


def test_references_are_no_card_numbers() -> None:
    """A shop that searches its tables for card numbers finds none in what banks call a payment."""
    references = [charge_details._reference(payment_id("pi")) for _ in range(1000)]
    assert all(len(reference) == 17 and reference.startswith("00") for reference in references)
    assert len(set(references)) == 1000


def test_created_filters() -> None:
    """Exactly, or within bounds that are open or closed."""
    assert [second for second in range(5) if created_filter({"gt": 1, "lte": 3})(second)] == [2, 3]
    assert [second for second in range(5) if created_filter({"gte": 1, "lt": 3})(second)] == [1, 2]
    assert [second for second in range(5) if created_filter(2)(second)] == [2]
    assert created_filter(None)(7)
