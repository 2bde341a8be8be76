"""What test cards do beyond paying and declining: checks, risk, captcha, authentication by Radar's choice."""

from typing import Any

import httpx
import pytest
import stripe

from stripe_calls import CARD, OUTSIDE, confirm, paid
from stripe_sandbox import cards
from stripe_sandbox.cards import Authentication

ASKS = (
    Authentication.REQUIRED,
    Authentication.REQUIRED_UNLESS_SET_UP,
    Authentication.REQUIRED_ON_SESSION,
)
WHERE = {"address": {"line1": "1 Raffles Place", "postal_code": "048616", "country": "SG"}}


def attempt(client: stripe.StripeClient, token: str, **params: Any) -> stripe.Charge:
    """The charge that a try to pay with a token leaves, with its street, postal code and security code."""
    data: Any = {
        "type": "card",
        "card": {"token": token.replace("pm_card_", "tok_")},
        "billing_details": WHERE,
    }
    method = client.v1.payment_methods.create(data)
    wanted: Any = {"amount": 2300, "currency": "sgd"}
    intent = client.v1.payment_intents.create(wanted)
    options: Any = {"payment_method": method.id, "expand": ["latest_charge"], **OUTSIDE, **params}
    try:
        intent = client.v1.payment_intents.confirm(intent.id, options)
    except stripe.CardError:
        intent = client.v1.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert isinstance(intent.latest_charge, stripe.Charge)
    return intent.latest_charge


def card_of(charge: stripe.Charge) -> Any:
    assert charge.payment_method_details
    return charge.payment_method_details.card


def test_every_token_does_what_its_row_says(client: stripe.StripeClient) -> None:
    """As `pm_card_…` it pays, asks, or is refused with the row's code, and shows the row's card."""
    for token, row in cards.BY_TOKEN.items():
        wanted: Any = {"amount": 2300, "currency": "sgd", "payment_method": token, "confirm": True, **OUTSIDE}
        if row.authentication in ASKS:
            assert client.v1.payment_intents.create(wanted).status == "requires_action", token
            continue
        if row.decline or row.risk_level == "highest":
            with pytest.raises(stripe.CardError) as caught:
                client.v1.payment_intents.create(wanted)
            code = row.decline.code if row.decline else "card_declined"
            assert caught.value.code == code, token
            continue
        intent = client.v1.payment_intents.create({**wanted, "expand": ["payment_method"]})
        assert intent.status == "succeeded", token
        assert isinstance(intent.payment_method, stripe.PaymentMethod)
        shown = intent.payment_method.card
        assert shown
        assert (shown.brand, shown.last4, shown.funding, shown.country) == (
            row.brand,
            row.last4,
            row.funding,
            row.country,
        ), token


@pytest.mark.parametrize(
    ("token", "cvc", "street", "postal_code"),
    [
        ("pm_card_visa", "pass", "pass", "pass"),
        ("pm_card_cvcCheckFail", "fail", "pass", "pass"),
        ("pm_card_avsZipFail", "pass", "pass", "fail"),
        ("pm_card_avsLine1Fail", "pass", "fail", "pass"),
        ("pm_card_avsFail", "pass", "fail", "fail"),
        ("pm_card_avsUnchecked", "pass", "unavailable", "unavailable"),
        ("pm_card_cvcCheckFailElevatedRisk", "fail", "pass", "pass"),
        ("pm_card_avsZipFailElevatedRisk", "pass", "pass", "fail"),
    ],
)
def test_checks_are_made_of_what_was_given(
    client: stripe.StripeClient, token: str, cvc: str, street: str, postal_code: str
) -> None:
    """The payment goes through by default; the PaymentMethod remembers what its bank found."""
    charge = attempt(client, token)
    checks = card_of(charge).checks
    found = (checks.cvc_check, checks.address_line1_check, checks.address_postal_code_check)
    assert (charge.status, found) == ("succeeded", (cvc, street, postal_code))
    method = client.v1.payment_methods.retrieve(str(charge.payment_method))
    assert method.card
    assert method.card.checks
    assert method.card.checks.cvc_check == cvc
    bare = paid(client, payment_method=token, expand=["latest_charge"]).latest_charge
    assert isinstance(bare, stripe.Charge)
    assert card_of(bare).checks.address_line1_check is None


@pytest.mark.parametrize(
    ("setting", "token", "code", "reason"),
    [
        ("block_highest_risk", "pm_card_riskLevelHighest", "card_declined", "highest_risk_level"),
        ("block_failed_cvc", "pm_card_cvcCheckFail", "incorrect_cvc", "rule"),
        ("block_failed_postal_code", "pm_card_avsZipFail", "incorrect_zip", "rule"),
        ("dynamic_risk_thresholds", "pm_card_radarDynamicRiskThreshold", "card_declined", "rule"),
    ],
)
def test_radar_blocks_by_the_accounts_rules(
    client: stripe.StripeClient, control: httpx.Client, *, setting: str, token: str, code: str, reason: str
) -> None:
    """Each rule can be switched; only the one against the highest risk is on in a new account."""
    assert control.get("/account").json()[setting] == (setting == "block_highest_risk")
    control.put("/account", json={setting: True}).raise_for_status()
    blocked = attempt(client, token)
    assert blocked.outcome
    assert (blocked.failure_code, blocked.outcome.type, blocked.outcome.reason) == (code, "blocked", reason)
    assert blocked.outcome.rule
    control.put("/account", json={setting: False})
    assert attempt(client, token).status == "succeeded"


@pytest.mark.parametrize(
    ("setting", "token", "code"),
    [
        ("block_highest_risk", "tok_riskLevelHighest", "card_declined"),
        ("block_failed_cvc", "tok_cvcCheckFail", "incorrect_cvc"),
    ],
)
def test_radar_blocks_charges_without_an_intent_too(
    client: stripe.StripeClient, control: httpx.Client, *, setting: str, token: str, code: str
) -> None:
    """The same rules, and the failed charge says which one."""
    wanted: Any = {"amount": 2300, "currency": "sgd", "source": token}
    control.put("/account", json={setting: True}).raise_for_status()
    with pytest.raises(stripe.CardError) as blocked:
        client.v1.charges.create(wanted)
    assert blocked.value.code == code
    assert blocked.value.error
    outcome = client.v1.charges.retrieve(str(blocked.value.error.charge)).outcome
    assert outcome
    assert outcome.type == "blocked"
    control.put("/account", json={setting: False})
    assert client.v1.charges.create(wanted).status == "succeeded"


def test_one_card_is_blocked_whatever_the_rules(client: stripe.StripeClient, control: httpx.Client) -> None:
    """Radar never lets it reach the bank."""
    control.put("/account", json={"block_highest_risk": False})
    outcome = attempt(client, "pm_card_radarBlock").outcome
    assert outcome
    assert (outcome.type, outcome.network_status) == ("blocked", "not_sent_to_network")
    assert (outcome.risk_level, outcome.risk_score) == ("highest", 99)


def test_an_unknown_choice_is_refused(control: httpx.Client) -> None:
    """A typing mistake must not look like a rule that was switched."""
    assert control.put("/account", json={"block_everything": True}).status_code == 400


def test_adaptive_3d_secure_asks_when_the_account_has_it(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client
) -> None:
    """Without it the card simply pays."""
    assert paid(client, payment_method="pm_card_adaptive3dsChallenge").status == "succeeded"
    control.put("/account", json={"adaptive_3d_secure": True})
    asked = paid(client, payment_method="pm_card_adaptive3dsChallenge")
    assert asked.next_action
    assert asked.next_action.redirect_to_url
    source = str(asked.next_action.redirect_to_url.url).rpartition("=")[2]
    page.post(f"/3d_secure_2/hosted/{source}/authorize")
    assert client.v1.payment_intents.retrieve(asked.id).status == "succeeded"


@pytest.mark.parametrize("number", ["4000000000001208", "4000000000003725"])
def test_a_captcha_stands_before_the_money_in_a_page(
    client: stripe.StripeClient, page: httpx.Client, number: str
) -> None:
    """Solved, it pays; failed, the same intent can be tried again. A server is not asked."""
    intent = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    for answer, status in (("fail", "requires_payment_method"), ("authorize", "succeeded")):
        action = confirm(page, intent, number).json()["next_action"]["use_stripe_sdk"]
        assert action["type"] == "intent_confirmation_challenge"
        asked = page.get(action["stripe_js"]["verification_url"])
        assert "Are you human?" in asked.text
        page.post(f"{action['stripe_js']['verification_url']}/{answer}").raise_for_status()
        assert client.v1.payment_intents.retrieve(intent.id).status == status
    made = page.post("/v1/payment_methods", data={**CARD, "card[number]": number}).json()
    assert paid(client, payment_method=made["id"]).status == "succeeded"
