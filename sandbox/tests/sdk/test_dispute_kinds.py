"""Disputes beyond the plain ones: several at once, by a network's rules, prevented, answered by Stripe."""

from typing import Any

import httpx
import pytest
import stripe

from stripe_calls import confirm, paid, refused

DAY = 24 * 60 * 60
DEVICE = {"customer_purchase_ip": "192.0.2.7", "customer_device_id": "device-0000000000000001"}


def disputes_of(
    client: stripe.StripeClient, control: httpx.Client, token: str
) -> tuple[stripe.Charge, list[stripe.Dispute]]:
    """A fresh payment's charge and disputes, once a minute has gone by."""
    intent = paid(client, payment_method=token)
    control.put("/clock", json={"offset": 60}).raise_for_status()
    charge = client.v1.charges.retrieve(str(intent.latest_charge))
    return charge, client.v1.disputes.list({"payment_intent": intent.id}).data


def card_of(dispute: stripe.Dispute) -> Any:
    assert dispute.payment_method_details
    return dispute.payment_method_details.card


def told(client: stripe.StripeClient, about: str) -> list[str]:
    listed = reversed(client.v1.events.list({"limit": 100}).data)
    return [event.type.rpartition(".")[2] for event in listed if about in event.type]


def test_two_disputes_share_a_charge(client: stripe.StripeClient, control: httpx.Client) -> None:
    """Winning one leaves the other open, and the charge cannot be refunded meanwhile."""
    charge, found = disputes_of(client, control, "pm_card_createMultipleDisputes")
    assert [dispute.amount for dispute in found] == [1150, 1150]
    assert all(len(dispute.balance_transactions) == 1 for dispute in found)
    client.v1.disputes.update(found[0].id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    control.put("/clock", json={"offset": 120})
    assert [client.v1.disputes.retrieve(dispute.id).status for dispute in found] == ["won", "needs_response"]
    assert refused(lambda: client.v1.refunds.create({"charge": charge.id})).code == "charge_disputed"


def test_an_authenticated_payment_is_protected_from_fraud(
    client: stripe.StripeClient, control: httpx.Client, page: httpx.Client
) -> None:
    """The bank that vouched for its customer bears the loss; goods not received are another matter."""
    for number, count in (("4000000000000259", 0), ("4000000000002685", 1)):
        intent = client.v1.payment_intents.create(
            {
                "amount": 2300,
                "currency": "sgd",
                "payment_method_options": {"card": {"request_three_d_secure": "any"}},
            }
        )
        confirm(page, intent, number).raise_for_status()
        control.put("/clock", json={"offset": 60})
        assert len(client.v1.disputes.list({"payment_intent": intent.id}).data) == count
        control.put("/clock", json={"offset": 0})


def test_compelling_evidence_qualifies_step_by_step(
    client: stripe.StripeClient, control: httpx.Client
) -> None:
    """Two earlier payments of the same device and address, each described, and what was sold."""
    _, (dispute,) = disputes_of(client, control, "pm_card_createCe3EligibleDispute")
    assert dispute.enhanced_eligibility_types == ["visa_compelling_evidence_3"]
    assert card_of(dispute).network_reason_code == "10.4"
    prior = [{"charge": f"ch_{number}", "product_description": "A book", **DEVICE} for number in "12"]
    sold = {"product_description": "Another book", "merchandise_or_services": "merchandise", **DEVICE}

    def missing(evidence: dict[str, Any]) -> list[str]:
        given: Any = {"enhanced_evidence": {"visa_compelling_evidence_3": evidence}}
        changed = client.v1.disputes.update(dispute.id, {"evidence": given, "submit": False})
        state = changed.evidence_details.enhanced_eligibility.visa_compelling_evidence_3
        assert state
        assert (state.status == "qualified") == (state.required_actions == [])
        return [action.removeprefix("missing_") for action in state.required_actions]

    assert len(missing({})) == 5
    assert missing({"disputed_transaction": sold, "prior_undisputed_transactions": prior[:1]}) == [
        "prior_undisputed_transactions"
    ]
    other = [{**transaction, "customer_purchase_ip": "192.0.2.8"} for transaction in prior]
    assert missing({"disputed_transaction": sold, "prior_undisputed_transactions": other}) == [
        "customer_identifiers"
    ]
    assert missing({"disputed_transaction": sold, "prior_undisputed_transactions": prior}) == []


@pytest.mark.parametrize(
    ("shared", "status"),
    [
        ({"customer_purchase_ip": "192.0.2.7", "customer_email_address": "ada@example.com"}, "qualified"),
        ({"customer_device_id": "device-1", "customer_account_id": "customer-1"}, "qualified"),
        ({"customer_device_id": "device-1", "customer_device_fingerprint": "print-1"}, "not_qualified"),
        ({"customer_email_address": "ada@example.com", "customer_account_id": "1"}, "not_qualified"),
    ],
)
def test_compelling_evidence_is_judged_when_handed_in(
    client: stripe.StripeClient, control: httpx.Client, shared: dict[str, str], status: str
) -> None:
    """Two main elements or one and a secondary; either way the dispute goes on by its text."""
    _, (dispute,) = disputes_of(client, control, "pm_card_createCe3EligibleDispute")
    prior = [{"charge": f"ch_{number}", "product_description": "A book", **shared} for number in "12"]
    sold = {"product_description": "Another book", "merchandise_or_services": "merchandise", **shared}
    compelling = {"disputed_transaction": sold, "prior_undisputed_transactions": prior}
    evidence: Any = {
        "enhanced_evidence": {"visa_compelling_evidence_3": compelling},
        "uncategorized_text": "losing_evidence",
    }
    sent = client.v1.disputes.update(dispute.id, {"evidence": evidence})
    judged = sent.evidence_details.enhanced_eligibility.visa_compelling_evidence_3
    assert judged
    assert (judged.status, judged.required_actions) == (status, [])
    control.put("/clock", json={"offset": 120})
    assert client.v1.disputes.retrieve(dispute.id).status == "lost"


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("pm_card_createComplianceDispute", "visa_compliance"),
        ("pm_card_createMastercardComplianceDispute", "mastercard_compliance"),
    ],
)
def test_contesting_a_compliance_dispute_needs_a_yes_to_its_fee(
    client: stripe.StripeClient, control: httpx.Client, token: str, kind: str
) -> None:
    """Without it nothing is handed in; a draft may be kept."""
    _, (dispute,) = disputes_of(client, control, token)
    assert (dispute.reason, card_of(dispute).case_type) == ("noncompliant", "compliance")
    assert dispute.enhanced_eligibility_types == [kind]
    evidence: Any = {"uncategorized_text": "winning_evidence"}
    assert "fee" in str(refused(lambda: client.v1.disputes.update(dispute.id, {"evidence": evidence})))
    assert client.v1.disputes.retrieve(dispute.id).status == "needs_response"
    evidence["enhanced_evidence"] = {kind: {"fee_acknowledged": True}}
    sent = client.v1.disputes.update(dispute.id, {"evidence": evidence})
    eligible = sent.evidence_details.enhanced_eligibility.to_dict()
    assert (sent.status, eligible[kind]["status"]) == ("under_review", "fee_acknowledged")
    control.put("/clock", json={"offset": 120})
    assert client.v1.disputes.retrieve(dispute.id).status == "won"


@pytest.mark.parametrize(
    ("token", "setting", "case_type", "taken"),
    [
        ("pm_card_createRapidDisputeResolutionDispute", "dispute_resolution", "resolution", [-2300]),
        ("pm_card_createCe3BlockDispute", "dispute_deflection", "block", []),
        ("pm_card_createEthocaAlert", "dispute_resolution", "resolution", [-2300]),
    ],
)
def test_prevention_stops_disputes_of_accounts_that_have_it(
    client: stripe.StripeClient,
    control: httpx.Client,
    *,
    token: str,
    setting: str,
    case_type: str,
    taken: list[int],
) -> None:
    """A resolution pays the customer back without a fee, a block nobody; others are disputed as usual."""
    control.put("/account", json={setting: True})
    charge, (prevented,) = disputes_of(client, control, token)
    assert (prevented.status, card_of(prevented).case_type) == ("prevented", case_type)
    assert [item.net for item in prevented.balance_transactions] == taken
    assert charge.disputed == bool(taken)
    assert "closed" in str(refused(lambda: client.v1.disputes.close(prevented.id)))
    control.put("/account", json={setting: False})
    control.put("/clock", json={"offset": 0})
    _, (usual,) = disputes_of(client, control, token)
    assert (usual.status, card_of(usual).case_type) == ("needs_response", "chargeback")


SMART = "pm_card_createAutoRepresentmentEligibleDispute"


@pytest.mark.parametrize(
    ("token", "method", "drafted", "answered_by"),
    [
        (SMART, None, False, "smart_disputes"),
        (SMART, None, True, "manual"),
        (SMART, "manual", False, "not_submitted"),
        (SMART, "manual", True, "manual"),
        (SMART, "prefer_smart_disputes", True, "smart_disputes"),
        (SMART, "smart_disputes", True, "smart_disputes"),
        ("pm_card_createDispute", None, False, "not_submitted"),
        ("pm_card_createDispute", "prefer_smart_disputes", True, "manual"),
        ("pm_card_createDispute", "smart_disputes", True, "not_submitted"),
    ],
)
def test_stripe_answers_what_the_shop_does_not(
    client: stripe.StripeClient,
    control: httpx.Client,
    *,
    token: str,
    method: Any,
    drafted: bool,
    answered_by: str,
) -> None:
    """At the deadline, by what was kept or by itself, as the shop chose; else the dispute is lost."""
    control.put("/account", json={"smart_disputes": True})
    _, (dispute,) = disputes_of(client, control, token)
    assert dispute.intended_submission_method == "prefer_manual"
    if method:
        client.v1.disputes.update(dispute.id, {"intended_submission_method": method})
    if drafted:
        client.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Ada"}, "submit": False})
    assert client.v1.disputes.retrieve(dispute.id).evidence_details.submission_method == "not_submitted"
    control.put("/clock", json={"offset": 10 * DAY})
    late = client.v1.disputes.retrieve(dispute.id)
    assert late.evidence_details.submission_method == answered_by
    assert late.evidence_details.past_due == (answered_by == "not_submitted")
    control.put("/clock", json={"offset": 11 * DAY})
    ends = {"smart_disputes": "won", "manual": "under_review", "not_submitted": "lost"}
    assert client.v1.disputes.retrieve(dispute.id).status == ends[answered_by]


def test_smart_disputes_hand_in_when_told_to(client: stripe.StripeClient, control: httpx.Client) -> None:
    """At once where they can; where they cannot, nothing of the request is kept."""
    _, (unknown,) = disputes_of(client, control, SMART)
    assert unknown.intended_submission_method is None
    told_to: Any = {"intended_submission_method": "smart_disputes", "submit": True}
    wrong = refused(
        lambda: client.v1.disputes.update(unknown.id, {**told_to, "evidence": {"customer_name": "Ada"}})
    )
    assert wrong.code == "smart_disputes_not_available"
    kept = client.v1.disputes.retrieve(unknown.id)
    assert (kept.status, kept.intended_submission_method) == ("needs_response", None)
    assert not kept.evidence_details.has_evidence
    control.put("/account", json={"smart_disputes": True})
    sent = client.v1.disputes.update(unknown.id, told_to)
    assert (sent.status, sent.evidence_details.submission_method) == ("under_review", "smart_disputes")
    control.put("/clock", json={"offset": 120})
    assert client.v1.disputes.retrieve(unknown.id).status == "won"


def test_what_was_kept_is_handed_in_later(client: stripe.StripeClient, control: httpx.Client) -> None:
    """`submit` alone does it."""
    _, (dispute,) = disputes_of(client, control, "pm_card_createDispute")
    text: Any = {"uncategorized_text": "winning_evidence"}
    assert client.v1.disputes.update(dispute.id, {"submit": True}).status == "needs_response"
    client.v1.disputes.update(dispute.id, {"evidence": text, "submit": False})
    assert client.v1.disputes.update(dispute.id, {"submit": True}).status == "under_review"
    control.put("/clock", json={"offset": 120})
    assert client.v1.disputes.retrieve(dispute.id).status == "won"


def test_a_warning_comes_before_any_dispute(client: stripe.StripeClient, control: httpx.Client) -> None:
    """It can be acted on until the money has gone back."""
    charge, none = disputes_of(client, control, "pm_card_createIssuerFraudRecord")
    assert none == []
    (warning,) = client.v1.radar.early_fraud_warnings.list({"charge": charge.id}).data
    assert (warning.actionable, warning.payment_intent) == (True, charge.payment_intent)
    client.v1.refunds.create({"charge": charge.id, "amount": 300})
    assert client.v1.radar.early_fraud_warnings.retrieve(warning.id).actionable
    client.v1.refunds.create({"charge": charge.id, "reason": "fraudulent"})
    over = client.v1.radar.early_fraud_warnings.retrieve(warning.id, {"expand": ["charge"]})
    assert isinstance(over.charge, stripe.Charge)
    assert (over.actionable, over.charge.refunded) == (False, True)
    assert over.charge.fraud_details
    assert over.charge.fraud_details.user_report == "fraudulent"
    assert told(client, "early_fraud_warning") == ["created", "updated"]
    missing = refused(lambda: client.v1.radar.early_fraud_warnings.retrieve("issfr_1"))
    assert missing.code == "resource_missing"


def test_evidence_has_a_length_that_banks_read(client: stripe.StripeClient, control: httpx.Client) -> None:
    """150,000 characters over all fields."""
    _, (dispute,) = disputes_of(client, control, "pm_card_createDispute")
    long: Any = {"access_activity_log": "a" * 80_000, "refund_refusal_explanation": "b" * 70_001}
    too_long = refused(lambda: client.v1.disputes.update(dispute.id, {"evidence": long}))
    assert too_long.param == "evidence"
    assert client.v1.disputes.retrieve(dispute.id).status == "needs_response"
