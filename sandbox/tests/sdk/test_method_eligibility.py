"""Which methods an intent offers: by currency, account, amount, capture and what the shop allows."""

from typing import Any

import pytest
import stripe

from stripe_calls import refused
from stripe_sandbox import methods

SINGAPORE = ["card", "link", "alipay", "wechat_pay", "grabpay", "paynow"]
EURO = ["card", "link", "eps", "ideal", "bancontact", "p24", "sepa_debit"]


def types(client: stripe.StripeClient, **params: Any) -> list[str]:
    wanted: Any = {"amount": 2300, "currency": "sgd", **params}
    return client.v1.payment_intents.create(wanted).payment_method_types


@pytest.mark.parametrize(
    ("params", "offered"),
    [
        ({}, SINGAPORE),
        ({"currency": "eur"}, EURO),
        ({"currency": "pln"}, ["card", "link", "p24"]),
        ({"currency": "cny"}, ["card", "link", "alipay", "wechat_pay"]),
        ({"currency": "usd"}, ["card", "link"]),
        ({"capture_method": "manual"}, ["card", "link"]),
        (
            {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}},
            ["card", "link", "wechat_pay", "paynow"],
        ),
        ({"automatic_payment_methods": {"enabled": False}}, ["card"]),
        ({"setup_future_usage": "off_session"}, ["card", "link"]),
        ({"currency": "eur", "setup_future_usage": "off_session"}, [*EURO[:2], *EURO[3:5], EURO[6]]),
        ({"excluded_payment_method_types": ["alipay", "grabpay"]}, ["card", "link", "wechat_pay", "paynow"]),
        ({"allowed_payment_method_types": ["paynow", "eps", "card"]}, ["card", "paynow"]),
        ({"amount": 10, "allowed_payment_method_types": ["grabpay", "card"]}, ["grabpay"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_not_offered(
    client: stripe.StripeClient, params: dict[str, Any], offered: list[str]
) -> None:
    """An account in Singapore; what does not fit is dropped without a word."""
    assert types(client, **params) == offered


def test_the_list_follows_the_intent(client: stripe.StripeClient) -> None:
    """Another currency or amount makes another list, and the options show every type on it."""
    created = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    changed = client.v1.payment_intents.update(created.id, {"currency": "eur"})
    assert changed.payment_method_types == EURO
    assert changed.payment_method_options
    assert set(changed.payment_method_options.to_dict()) >= set(EURO)
    euro_only: Any = {"allowed_payment_method_types": ["grabpay"]}
    error = refused(lambda: client.v1.payment_intents.update(created.id, euro_only))
    assert error.param == "allowed_payment_method_types"
    small: Any = {"amount": 10, "currency": "sgd"}
    assert refused(lambda: client.v1.payment_intents.create(small)).code == "amount_too_small"


def test_exclusive_lists_are_refused(client: stripe.StripeClient) -> None:
    """What is allowed goes with neither what is excluded nor automatic methods."""
    for other in (
        {"excluded_payment_method_types": ["alipay"]},
        {"automatic_payment_methods": {"enabled": True}},
    ):
        params: Any = {"amount": 2300, "currency": "sgd", "allowed_payment_method_types": ["card"], **other}
        with pytest.raises(stripe.InvalidRequestError) as error:
            client.v1.payment_intents.create(params)
        assert error.value.code == "parameters_exclusive"


@pytest.mark.parametrize(
    ("country", "currency", "kind", "taken"),
    [
        ("MY", "myr", "grabpay", True),
        ("MY", "sgd", "grabpay", False),
        ("MY", "sgd", "paynow", False),
        ("DE", "eur", "alipay", True),
        ("DE", "usd", "alipay", False),
        ("BR", "cny", "wechat_pay", True),
        ("DE", "eur", "klarna", True),
        ("SG", "eur", "klarna", False),
        ("IN", "inr", "link", False),
        ("SG", "eur", "eps", True),
    ],
)
def test_a_method_is_bound_to_accounts_and_currencies(
    country: str, currency: str, kind: str, *, taken: bool
) -> None:
    """Some take a currency only from accounts at home in it."""
    assert methods.BY_TYPE[kind].takes(currency, country) is taken
