"""The SDK's asynchronous methods, as FastAPI and aiohttp shops use them, over both of its HTTP clients."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import stripe

from stripe_sandbox.process import RunningSandbox

PAID: Any = {
    "amount": 1099,
    "currency": "usd",
    "payment_method": "pm_card_visa",
    "confirm": True,
    "return_url": "https://shop.example/done",
}


# The SDK's own client calls httpx in a way that httpx will give up.
@pytest.mark.filterwarnings("ignore:Use 'content=<...>':DeprecationWarning")
@pytest.mark.parametrize("http_client", [stripe.HTTPXClient, stripe.AIOHTTPClient])
def test_many_at_once(sandbox: RunningSandbox, http_client: Callable[[], stripe.HTTPClient]) -> None:
    """Twenty payments side by side, one list over pages, a decline, all on one client."""

    async def shop() -> None:
        transport = http_client()
        client = stripe.StripeClient(
            "sk_test_async", base_addresses={"api": sandbox.address}, http_client=transport
        )
        customer = await client.v1.customers.create_async({"email": "jenny@example.com"})
        params = PAID | {"customer": customer.id}
        intents = await asyncio.gather(*(client.v1.payment_intents.create_async(params) for _ in range(20)))
        assert {intent.status for intent in intents} == {"succeeded"}
        listed = await client.v1.payment_intents.list_async({"customer": customer.id, "limit": 7})
        found = [intent.id async for intent in listed.auto_paging_iter()]
        assert sorted(found) == sorted(intent.id for intent in intents)
        with pytest.raises(stripe.CardError):
            await client.v1.payment_intents.create_async(PAID | {"payment_method": "pm_card_chargeDeclined"})
        setup = await client.v1.setup_intents.create_async({"customer": customer.id})
        answer = await client.raw_request_async("get", f"/v1/setup_intents/{setup.id}")
        assert client.deserialize(answer, api_mode="V1").id == setup.id
        await transport.close_async()

    asyncio.run(shop())
