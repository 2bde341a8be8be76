"""Refunds of one charge in any order, with anything happening between: the sums hold."""

from typing import Any

import httpx
import stripe
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from stripe_calls import paid
from stripe_sandbox.process import RunningSandbox

PAID = 2300
CARDS = ("pm_card_visa", "pm_card_pendingRefund", "pm_card_refundFail")
OUTCOMES = (None, "insufficient_balance", "asks_customer", "fails")
GIVEN = ("pending", "succeeded", "requires_action")


class RefundsOfOneCharge(RuleBasedStateMachine):
    """What a shop, a tester and the clock may do to the refunds of a charge."""

    client: stripe.StripeClient
    control: httpx.Client

    @initialize(token=st.sampled_from(CARDS))
    def pay(self, token: str) -> None:
        self.control.post("/reset").raise_for_status()
        self.charge = str(paid(self.client, payment_method=token).latest_charge)
        self.seconds = 0

    @rule(amount=st.integers(1, PAID + 1), outcome=st.sampled_from(OUTCOMES))
    def refund(self, amount: int, outcome: str | None) -> None:
        left = PAID - self.client.v1.charges.retrieve(self.charge).amount_refunded
        self.control.put("/refunds", json={"outcome": outcome}).raise_for_status()
        wanted: Any = {"charge": self.charge, "amount": amount, "instructions_email": "ada@example.com"}
        try:
            self.client.v1.refunds.create(wanted)
        except stripe.InvalidRequestError:
            # Meanwhile a refund may have failed, which leaves more and never less.
            assert amount > left

    @rule(seconds=st.sampled_from((1, 60, 46 * 24 * 3600)))
    def let_time_pass(self, seconds: int) -> None:
        self.seconds += seconds
        self.control.put("/clock", json={"offset": self.seconds})

    @rule()
    def release(self) -> None:
        self.control.post("/refunds/release").raise_for_status()

    @precondition(lambda self: self.refunds)
    @rule(which=st.integers(0, 50), by_hand=st.booleans())
    def cancel(self, *, which: int, by_hand: bool) -> None:
        chosen = self.refunds[which % len(self.refunds)]
        if by_hand:
            done = self.control.post(f"/refunds/{chosen.id}/cancel").status_code == 200
        else:
            try:
                done = self.client.v1.refunds.cancel(chosen.id).status == "canceled"
            except stripe.InvalidRequestError:
                done = False
        assert done <= (chosen.status in GIVEN)

    @property
    def refunds(self) -> list[stripe.Refund]:
        return self.client.v1.refunds.list({"charge": self.charge, "limit": 100}).data

    @invariant()
    def sums_hold(self) -> None:
        """What counts as given back is on the charge, and what left the balance came back if it failed."""
        charge, refunds, moved = self.at_one_moment()
        assert charge.amount_refunded == sum(one.amount for one in refunds if one.status in GIVEN) <= PAID
        assert charge.refunded == (charge.amount_refunded == PAID)
        for one in refunds:
            gone = one.status in GIVEN and bool(one.balance_transaction)
            assert moved[one.id] == (-one.amount if gone else 0)
            assert gone or one.status != "succeeded"

    def at_one_moment(self) -> tuple[stripe.Charge, list[stripe.Refund], dict[str, int]]:
        """Charge, refunds and what each moved; read anew when a refund changed by itself meanwhile."""
        while True:
            refunds = self.refunds
            charge = self.client.v1.charges.retrieve(self.charge)
            moved = dict.fromkeys((one.id for one in refunds), 0)
            for item in self.client.v1.balance_transactions.list({"limit": 100}).data:
                if item.source in moved:
                    moved[str(item.source)] += item.amount
            if [one.to_dict() for one in self.refunds] == [one.to_dict() for one in refunds]:
                return charge, refunds, moved


def test_refunds_of_one_charge_add_up(sandbox: RunningSandbox, control: httpx.Client) -> None:
    """Whatever happens, in whatever order; other tests judge the shape of each answer."""
    RefundsOfOneCharge.control = control
    RefundsOfOneCharge.client = stripe.StripeClient(
        "sk_test_tests", base_addresses={"api": sandbox.address}, http_client=stripe.RequestsClient()
    )
    case = RefundsOfOneCharge.TestCase
    # Sixteen steps are short enough to read; shrinking them over HTTP takes minutes.
    case.settings = settings(
        max_examples=40,
        stateful_step_count=16,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    case().runTest()
