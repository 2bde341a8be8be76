"""Bad days made by hand: faults of calls and webhooks, payments held, the clock; and how pages say so."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import stripe
from playwright.sync_api import Locator, Page, expect

from method_calls import begun, press
from webhook_receiver import Receiver

Pay = Callable[..., stripe.PaymentIntent]
Look = Callable[..., Page]


@pytest.fixture(params=[True, False], ids=["with-script", "without-script"])
def faults(request: pytest.FixtureRequest, look: Look, url: str) -> Page:
    """The faults' page, with JavaScript and without."""
    page = look(java_script_enabled=request.param)
    page.goto(f"{url}/dashboard/faults")
    return page


def send(page: Page, button: Locator) -> None:
    """Press a form's button and wait for the page that comes; another load meanwhile would cut it off."""
    with page.expect_navigation():
        button.click()


def apply(page: Page, part: str) -> None:
    """Send the form of one part of the page."""
    send(page, page.locator(f"section[aria-labelledby={part}]").get_by_role("button", name="Apply"))


@pytest.mark.parametrize(
    ("recipe", "error", "made"),
    [
        ("429, too many requests", stripe.RateLimitError, 0),
        ("500 before acting", stripe.APIError, 0),
        ("500 kept for the key", stripe.APIError, 0),
        ("500 after acting", stripe.APIError, 1),
        ("Connection lost before acting", stripe.APIConnectionError, 0),
        ("Connection lost after acting", stripe.APIConnectionError, 1),
    ],
)
def test_a_fault_strikes_and_is_over(
    *, page: Page, url: str, client: stripe.StripeClient, pay: Pay, recipe: str, error: type, made: int
) -> None:
    """Switched on for the next call, told on every page, used up by it; done or not as it says."""
    page.goto(f"{url}/dashboard/faults")
    page.get_by_label(recipe).check()
    page.get_by_label("To which calls").select_option(label="Creating a payment")
    send(page, page.get_by_role("button", name="Switch on"))
    page.goto(f"{url}/dashboard")
    told = page.locator("#switched")
    expect(told).to_contain_text("Creating a payment, once more:")
    with pytest.raises(error):
        pay()
    expect(told).to_be_hidden()
    assert len(client.v1.payment_intents.list().data) == made


def test_a_fault_lasts_until_it_is_switched_off(faults: Page, url: str, client: stripe.StripeClient) -> None:
    """Its button takes away that fault and no other."""
    for path in ("/v1/customers*", "/v1/events*"):
        faults.get_by_label("500 before acting").check()
        faults.get_by_label("Or to a path").fill(path)
        faults.get_by_label("How often").select_option(label="Until switched off")
        send(faults, faults.get_by_role("button", name="Switch on"))
    with pytest.raises(stripe.APIError):
        client.v1.customers.list()
    faults.get_by_role("button", name="Switch off: /v1/customers*").click()
    expect(faults.locator(".running li")).to_have_count(1)
    client.v1.customers.list()
    with pytest.raises(stripe.APIError):
        client.v1.events.list()
    assert [fault["path"] for fault in httpx.get(f"{url}/_sandbox/faults").json()["faults"]] == [
        "/v1/events*"
    ]


def test_a_slow_answer(faults: Page, url: str, client: stripe.StripeClient) -> None:
    """The wait in seconds, as typed; without one it makes no sense and says so."""
    faults.get_by_label("Slow answer").check()
    send(faults, faults.get_by_role("button", name="Switch on"))
    expect(faults.get_by_role("alert")).to_contain_text("a number is none")
    faults.get_by_label("Slow answer").check()
    faults.get_by_label("Wait, seconds").fill("0.4")
    send(faults, faults.get_by_role("button", name="Switch on"))
    client.v1.customers.list()
    slow = httpx.get(f"{url}/_sandbox/requests").json()["requests"][0]
    assert slow["milliseconds"] >= 400


def test_webhooks_are_held_and_let_go_reversed(
    *, faults: Page, pay: Pay, receiver: Receiver, endpoint: Any
) -> None:
    """Nothing arrives until the button; then the newest first."""
    assert endpoint.id
    faults.get_by_label("Hold back").select_option(label="Until let go")
    apply(faults, "webhooks")
    pay()
    faults.reload()
    expect(faults.locator("#switched")).to_contain_text("Webhooks are held back")
    assert receiver.deliveries == []
    faults.get_by_role("button", name="reversed").click()
    expect(faults.locator("#switched")).to_be_hidden()
    arrived = [delivery.event["type"] for delivery in receiver.wait_for(3)]
    assert arrived.index("payment_intent.succeeded") < arrived.index("payment_intent.created")


def test_webhooks_are_lost_and_doubled(
    *, faults: Page, pay: Pay, receiver: Receiver, endpoint: Any, url: str
) -> None:
    """The next is swallowed, each of the others comes twice."""
    assert endpoint.id
    faults.get_by_label("Lose").select_option(label="The next one")
    faults.get_by_label("Send each").select_option(label="Twice")
    apply(faults, "webhooks")
    pay()
    receiver.wait_for(6)
    assert receiver.types.count("payment_intent.succeeded") == 2
    lost = httpx.get(f"{url}/_sandbox/deliveries", params={"status": "lost"}).json()["deliveries"]
    assert [delivery["type"] for delivery in lost] == ["payment_intent.created"]


def test_webhooks_are_tried_again_as_live_mode_does(
    *, faults: Page, url: str, pay: Pay, receiver: Receiver, endpoint: Any
) -> None:
    """Stripe's own schedule, on the sandbox's clock: an hour on, the next try has been made."""
    assert endpoint.id
    faults.get_by_label("Try again").select_option(label="As Stripe's live mode")
    apply(faults, "webhooks")
    receiver.answers.append(500)
    pay()
    receiver.wait_for(3)
    assert httpx.get(f"{url}/_sandbox/webhooks").json()["retry_seconds"][:2] == [60, 120]
    send(faults, faults.get_by_role("button", name="1 hour"))
    receiver.wait_for(5)
    assert receiver.types.count("payment_intent.created") == 2


def test_webhooks_come_late(*, faults: Page, pay: Pay, receiver: Receiver, endpoint: Any, url: str) -> None:
    """They wait on the sandbox's clock, which then is moved past it."""
    assert endpoint.id
    faults.get_by_label("Send them").select_option(label="½ to 2 minutes late, in any order")
    apply(faults, "webhooks")
    pay()
    planned = httpx.get(f"{url}/_sandbox/deliveries").json()["deliveries"]
    assert {delivery["status"] for delivery in planned} == {"pending"}
    assert receiver.deliveries == []
    send(faults, faults.get_by_role("button", name="1 hour"))
    receiver.wait_for(3)


def test_payments_are_held(*, faults: Page, url: str, client: stripe.StripeClient) -> None:
    """A customer says yes and the payment stays on its way until it is let go."""
    faults.get_by_label("Hold", exact=True).select_option(label="In processing")
    apply(faults, "payments")
    intent = begun(client, "grabpay", "sgd")
    with httpx.Client(base_url=url) as customer:
        press(customer, intent, "authorize")
    assert client.v1.payment_intents.retrieve(intent.id).status == "processing"
    faults.reload()
    faults.get_by_role("button", name="Let them succeed").click()
    expect(faults.locator("#switched")).to_be_hidden()
    assert client.v1.payment_intents.retrieve(intent.id).status == "succeeded"


def test_refunds_wait_for_the_balance(faults: Page, client: stripe.StripeClient, pay: Pay) -> None:
    """Refunds to come wait until they are let go; every page says that they do."""
    faults.get_by_label("Refunds to come").select_option(label="Find the balance too small")
    apply(faults, "refunds")
    expect(faults.locator("#switched")).to_contain_text("Refunds find the balance too small")
    refund = client.v1.refunds.create({"payment_intent": pay().id})
    assert refund.status == "pending"
    faults.reload()
    faults.get_by_role("button", name="Let them go on").click()
    expect(faults.get_by_role("button", name="Let them go on")).to_have_count(0)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_the_accounts_owner_chooses(faults: Page, url: str) -> None:
    """Ticked is on, the rest is off, as in Stripe's own Dashboard."""
    faults.get_by_label("Block a wrong security code").check()
    faults.get_by_label("Block payments of the highest risk").uncheck()
    apply(faults, "account")
    expect(faults.get_by_label("Block a wrong security code")).to_be_checked()
    settings = httpx.get(f"{url}/_sandbox/account").json()
    assert (settings["block_failed_cvc"], settings["block_highest_risk"]) == (True, False)
    assert not settings["smart_disputes"]


def test_the_clock_goes_forward_and_back(faults: Page, url: str, client: stripe.StripeClient) -> None:
    """A PayNow code expires an hour on; real time comes back."""
    intent = begun(client, "paynow", "sgd")
    send(faults, faults.get_by_role("button", name="1 hour"))
    expect(faults.locator("#switched")).to_contain_text("The clock is 1 hour ahead")
    assert client.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"
    faults.get_by_role("button", name="1 day").click()
    expect(faults.locator("#switched")).to_contain_text("1 day 1 hour ahead")
    faults.get_by_role("button", name="Back to real time").click()
    expect(faults.locator("#switched")).to_be_hidden()
    assert abs(httpx.get(f"{url}/_sandbox/clock").json()["now"] - time.time()) < 60


@pytest.fixture
def switches(url: str) -> Iterator[httpx.Client]:
    """The control API."""
    with httpx.Client(base_url=f"{url}/_sandbox") as http:
        yield http


def test_everything_is_switched_off_at_once(page: Page, url: str, pay: Pay, switches: httpx.Client) -> None:
    """From whatever page one is on; what tests switched on is told there as well."""
    switches.post("/faults", json={"status": 503, "times": 0}).raise_for_status()
    webhooks = {"hold": True, "lose": 7, "copies": 4, "delay_seconds": [1, 2]}
    switches.put("/webhooks", json=webhooks).raise_for_status()
    switches.put("/payments", json={"hold": "requires_action"}).raise_for_status()
    switches.put("/clock", json={"offset": -90}).raise_for_status()
    page.goto(f"{url}/dashboard/cards")
    expect(page.locator("#switched li")).to_have_text([
        "Every API call: the answer is 503",
        "Webhooks are held back, 0 waiting",
        "The next 7 webhooks are lost",
        "Every webhook is sent 4 times",
        "Webhooks go out 1 to 2 s late, in any order",
        "Payments stay in requires_action",
        "The clock is 1 minute 30 seconds behind",
    ])  # fmt: skip
    page.goto(f"{url}/dashboard/faults")
    expect(page.get_by_label("Lose")).to_have_value("7")
    page.get_by_role("button", name="Switch all off").click()
    expect(page.locator("#switched")).to_be_hidden()
    assert pay().status == "succeeded"
    off = switches.get("/webhooks").json()
    assert (off["hold"], off["lose"], off["copies"], off["delay_seconds"]) == (False, 0, 1, [0, 0])


def test_the_control_api_removes_one_fault(switches: httpx.Client) -> None:
    """By the id that adding it gave; what payments are held stays as it was."""
    switches.put("/payments", json={"hold": "processing"}).raise_for_status()
    first, second = (switches.post("/faults", json={"status": status}).json() for status in (500, 429))
    left = switches.delete(f"/faults/{first['id']}").json()["faults"]
    assert [fault["id"] for fault in left] == [second["id"]]
    switches.delete("/faults").raise_for_status()
    assert switches.get("/payments").json()["hold"] == "processing"
