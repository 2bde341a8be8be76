"""Answers of Stripe that break off or never arrive: the same call, made again, finds what was made."""

import asyncio
import secrets

import pytest

import factories
from bookshop import payments, stripe_calls
from bookshop.money import Money
from bookshop.snapshots import ORDER_METADATA, PaymentSnapshot
from bookshop.stripe_calls import CUSTOMERS_PATIENCE
from chaos.stripe_wire import StripeWire, Trouble
from processes import Sandbox, free_port


async def opened_over(wire: StripeWire, sandbox: Sandbox, order: str) -> PaymentSnapshot:
    """The PaymentIntent of an order, asked for over a wire that has troubles."""
    settings = factories.settings(
        stripe_api_base=f"http://127.0.0.1:{wire.port}", stripe_secret_key=sandbox.secret_key
    )
    await wire.open()
    connection = stripe_calls.connect(settings, patience=CUSTOMERS_PATIENCE)
    try:
        return await payments.open_intent(
            connection,
            total=Money(2300, "sgd"),
            order_id=order,
            idempotency_key=f"{order}:open-payment",
            description="A book",
        )
    finally:
        await connection.close()
        await wire.close()


@pytest.mark.parametrize("kind", ["stripe_answer_cut", "stripe_answer_lost", "stripe_request_lost"])
def test_a_broken_answer_is_asked_for_again(sandbox: Sandbox, kind: str) -> None:
    """The customer notices nothing, and Stripe has made one PaymentIntent."""
    order = secrets.token_hex(16)
    wire = StripeWire(free_port(), sandbox.port)
    wire.troubles.append(Trouble(kind))
    opened = asyncio.run(opened_over(wire, sandbox, order))
    assert wire.struck[kind] == 1
    assert made_for(order, sandbox) == [opened.id]


def made_for(order: str, sandbox: Sandbox) -> list[str]:
    listed = sandbox.stripe("GET", "/v1/payment_intents", limit="100").json()["data"]
    return [intent["id"] for intent in listed if intent["metadata"].get(ORDER_METADATA) == order]
