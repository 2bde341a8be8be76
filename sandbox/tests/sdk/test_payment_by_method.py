"""Each method from confirmation to its end, as a server and a tester's browser meet it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import stripe

from method_calls import HOLDER, RETURN_URL, begun, charge_of, press
from stripe_calls import refused

REDIRECTING = {
    "alipay": "sgd",
    "grabpay": "sgd",
    "eps": "eur",
    "ideal": "eur",
    "bancontact": "eur",
    "p24": "eur",
}
SCANNED = {"paynow": "sgd", "wechat_pay": "sgd"}
HOUR = 3600
AGREED: Any = {"customer_acceptance": {"type": "offline"}}


def events(client: stripe.StripeClient) -> list[str]:
    return [event.type for event in reversed(client.v1.events.list({"limit": 100}).data)]


@pytest.mark.parametrize(("kind", "currency"), REDIRECTING.items())
def test_a_redirect_comes_back_paid_or_not(
    client: stripe.StripeClient, page: httpx.Client, kind: str, currency: str
) -> None:
    """The test page leads back to return_url, which keeps its own parameters and fragment."""
    intent = begun(client, kind, currency)
    assert intent.status == "requires_action"
    assert intent.next_action
    name = "alipay_handle_redirect" if kind == "alipay" else "redirect_to_url"
    assert intent.next_action.to_dict()[name]["return_url"] == RETURN_URL
    failed = press(page, intent, "fail")
    query = parse_qs(urlsplit(failed.headers["location"]).query)
    assert (failed.status_code, query["redirect_status"], query["tab"]) == (303, ["failed"], ["a"])
    assert query["payment_intent_client_secret"] == [intent.client_secret]
    assert failed.headers["location"].endswith("#b")
    now = client.v1.payment_intents.retrieve(intent.id)
    assert (now.status, now.payment_method) == ("requires_payment_method", None)
    assert now.last_payment_error
    assert now.last_payment_error.code == "payment_intent_payment_attempt_failed"
    again = client.v1.payment_intents.confirm(
        intent.id,
        {"payment_method_data": {"type": kind, "billing_details": HOLDER}, "return_url": RETURN_URL},  # type: ignore[typeddict-item]
    )
    assert press(page, intent, "authorize").headers["location"].count("redirect_status=pending") == 1
    assert "redirect_status=succeeded" in press(page, again, "authorize").headers["location"]
    charge = charge_of(client, intent)
    assert charge.id.startswith("py_3")
    assert charge.payment_method_details
    assert (charge.status, charge.payment_method_details.type) == ("succeeded", kind)
    assert client.v1.payment_intents.retrieve(intent.id).amount_received == 2300
    assert events(client)[:6] == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "charge.failed",
        "payment_intent.payment_failed",
        "payment_intent.requires_action",
        "charge.succeeded",
    ]


@pytest.mark.parametrize(("kind", "currency"), SCANNED.items())
def test_a_scanned_code_changes_the_intent_elsewhere(
    client: stripe.StripeClient, page: httpx.Client, kind: str, currency: str
) -> None:
    """The code is a real one in both formats, and the page behind it says how it went."""
    intent = begun(client, kind, currency)
    assert intent.next_action
    shown = intent.next_action.to_dict()[f"{kind}_display_qr_code"]
    png = httpx.get(shown["image_url_png"])
    assert (png.headers["content-type"], png.content[:4]) == ("image/png", b"\x89PNG")
    assert "<svg" in httpx.get(shown["image_url_svg"]).text
    assert "Scan the code" in httpx.get(shown["hosted_instructions_url"]).text
    assert ("image_data_url" in shown) == (kind == "wechat_pay")
    assert "Authorize Test Payment" in httpx.get(shown["data"]).text
    assert "went through" in press(page, intent, "authorize").text
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert "no longer waiting" in httpx.get(shown["hosted_instructions_url"]).text
    other = begun(client, kind, currency)
    assert "not approved" in press(page, other, "fail").text
    assert client.v1.payment_intents.retrieve(other.id).status == "requires_payment_method"


def test_paynow_expires_after_an_hour_of_the_clock(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client
) -> None:
    """Unpaid for an hour, or at the tester's word; no charge is made, and the page says so."""
    intent = begun(client, "paynow", "sgd")
    control.put("/clock", json={"offset": HOUR - 60})
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_action"
    control.put("/clock", json={"offset": HOUR + 1})
    now = client.v1.payment_intents.retrieve(intent.id)
    assert now.status == "requires_payment_method"
    assert now.last_payment_error
    assert now.last_payment_error.code == "payment_intent_payment_attempt_expired"
    assert events(client)[-1] == "payment_intent.payment_failed"
    assert client.v1.charges.list({"payment_intent": intent.id}).data == []
    other = begun(client, "paynow", "sgd")
    assert "Nobody paid in time" in press(page, other, "expire").text
    assert press(page, begun(client, "grabpay", "sgd"), "expire").status_code == 404


def test_grabpay_may_come_back_before_the_intent_has_settled(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client
) -> None:
    """Held by a switch in either state, until released."""
    for state in ("requires_action", "processing"):
        control.put("/payments", json={"hold": state}).raise_for_status()
        intent = begun(client, "grabpay", "sgd")
        assert "redirect_status=pending" in press(page, intent, "authorize").headers["location"]
        assert client.v1.payment_intents.retrieve(intent.id).status == state
        assert press(page, intent, "fail").status_code == 303
        assert control.post("/payments/release").json() == {"released": 1}
        assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"
        assert charge_of(client, intent).paid
    assert control.put("/payments", json={"hold": "succeeded"}).status_code == 400


def test_a_held_payment_waits_for_its_release_alone(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client
) -> None:
    """The hour after which a code runs out is over for a customer who has said yes."""
    for state in ("requires_action", "processing"):
        control.put("/payments", json={"hold": state}).raise_for_status()
        intent = begun(client, "paynow", "sgd")
        press(page, intent, "authorize")
        offset = control.get("/clock").json()["offset"] + 2 * 3600
        control.put("/clock", json={"offset": offset}).raise_for_status()
        assert client.v1.payment_intents.retrieve(intent.id).status == state
        assert control.post("/payments/release").json() == {"released": 1}
        assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_p24_may_answer_later(client: stripe.StripeClient, control: httpx.Client, page: httpx.Client) -> None:
    """A delayed result goes through `processing`."""
    intent = begun(client, "p24", "pln")
    assert "redirect_status=pending" in press(page, intent, "delay").headers["location"]
    assert client.v1.payment_intents.retrieve(intent.id).status == "processing"
    control.put("/clock", json={"offset": 181})
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


@pytest.mark.parametrize(
    ("iban", "delay", "code"),
    [
        ("DE89370400440532013000", 0, None),
        ("DE08 3704 0044 0532 0130 03", 180, None),
        ("DE62370400440532013001", 0, "generic_could_not_process"),
        ("AT861904300235473202", 0, "generic_could_not_process"),
        ("DE78370400440532013004", 180, "generic_could_not_process"),
    ],
)
def test_a_debit_is_processed_for_a_while(
    client: stripe.StripeClient, control: httpx.Client, iban: str, delay: int, code: str | None
) -> None:
    """The intent is `processing` first; the account's number decides how long and how it ends."""
    data = {"type": "sepa_debit", "sepa_debit": {"iban": iban}, "billing_details": HOLDER}
    intent = begun(client, "sepa_debit", "eur", payment_method_data=data, mandate_data=AGREED)
    assert intent.status == "processing"
    pending = charge_of(client, intent)
    assert (pending.status, pending.paid) == ("pending", False)
    assert pending.payment_method_details
    assert pending.payment_method_details.sepa_debit
    mandate = client.v1.mandates.retrieve(str(pending.payment_method_details.sepa_debit.mandate))
    assert (mandate.status, mandate.type) == ("active", "single_use")
    if delay:
        control.put("/clock", json={"offset": delay - 5})
        assert client.v1.payment_intents.retrieve(intent.id).status == "processing"
    control.put("/clock", json={"offset": delay + 5})
    now = client.v1.payment_intents.retrieve(intent.id)
    assert now.status == ("requires_payment_method" if code else "succeeded")
    assert charge_of(client, intent).failure_code == code
    last = "payment_intent.payment_failed" if code else "payment_intent.succeeded"
    assert {"payment_intent.processing", "charge.pending", last} <= set(events(client))


def test_debit_tokens_need_a_mandate_on_a_server(client: stripe.StripeClient, control: httpx.Client) -> None:
    """Who agreed to what must be said; a page's form says it by itself."""
    params: Any = {
        "amount": 2300,
        "currency": "eur",
        "confirm": True,
        "payment_method": "pm_sepaDebit_insufficientFunds_fr",
        "return_url": RETURN_URL,
    }
    assert refused(lambda: client.v1.payment_intents.create(params)).param == "mandate_data"
    intent = client.v1.payment_intents.create({**params, "mandate_data": AGREED})
    control.put("/clock", json={"offset": 5})
    assert charge_of(client, intent).failure_code == "insufficient_funds"
    wrong: Any = {
        "type": "sepa_debit",
        "sepa_debit": {"iban": "DE89370400440532013099"},
        "billing_details": HOLDER,
    }
    assert refused(lambda: client.v1.payment_methods.create(wrong)).param == "sepa_debit[iban]"


def test_link_pays_at_once(client: stripe.StripeClient) -> None:
    """A signed-in Link customer has nothing left to do."""
    intent = begun(client, "link", "usd")
    assert (intent.status, charge_of(client, intent).id[:3]) == ("succeeded", "py_")


@pytest.mark.parametrize(
    ("kind", "currency", "changed", "param"),
    [
        ("grabpay", "sgd", {"return_url": None, "use_stripe_sdk": True}, "return_url"),
        ("wechat_pay", "sgd", {"payment_method_options": None}, "payment_method_options[wechat_pay][client]"),
        (
            "p24",
            "eur",
            {"payment_method_data": {"type": "p24"}},
            "payment_method_data[billing_details][email]",
        ),
        ("sepa_debit", "eur", {}, "payment_method_data[sepa_debit][iban]"),
        ("klarna", "eur", {}, "payment_method"),
    ],
)
def test_what_a_method_needs_must_be_said(
    client: stripe.StripeClient, kind: str, currency: str, changed: dict[str, Any], param: str
) -> None:
    """Missing details are named, and a method that does not fit is refused."""
    assert refused(lambda: begun(client, kind, currency, **changed)).param == param


def test_refunds_of_wallets_arrive_later(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client
) -> None:
    """Pending first, told by refund.updated, and only within the method's days."""
    intent = begun(client, "grabpay", "sgd")
    press(page, intent, "authorize")
    assert "GrabPay" in httpx.get(str(charge_of(client, intent).receipt_url)).text
    refund = client.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
    assert (refund.id[:4], refund.status) == ("pyr_", "pending")
    control.put("/clock", json={"offset": 60})
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert "refund.updated" in events(client)
    control.put("/clock", json={"offset": 91 * 24 * HOUR})
    late = refused(lambda: client.v1.refunds.create({"payment_intent": intent.id}))
    assert late.code == "charge_not_refundable"
