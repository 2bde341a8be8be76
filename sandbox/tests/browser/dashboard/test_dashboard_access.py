"""Every page for everybody: screen readers, keyboards, phones, dark rooms."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import stripe
from playwright.sync_api import Page, expect

from webhook_receiver import Receiver

AXE = Path(__file__).parents[4] / "node_modules" / "axe-core" / "axe.min.js"
Pay = Callable[..., stripe.PaymentIntent]


@pytest.fixture
def addresses(
    url: str, pay: Pay, client: stripe.StripeClient, endpoint: stripe.WebhookEndpoint, receiver: Receiver
) -> list[str]:
    """Every kind of page, with something of every kind on it."""
    assert endpoint.id
    receiver.answers.append(500)
    paid = pay(description="A very long title of a book, " * 6, receipt_email="ada@example.com")
    with pytest.raises(stripe.CardError):
        pay(payment_method="pm_card_visa_chargeDeclined", metadata={"order_id": "ord_1" * 20})
    client.v1.refunds.create({"payment_intent": paid.id, "amount": 100})
    for parameters in (
        {"capture_method": "manual"},
        {"payment_method": "pm_card_authenticationRequired"},
        {"amount": 99999999, "currency": "jpy"},
    ):
        pay(**parameters)
    pay(payment_method="pm_card_visa", description="To be disputed")
    disputed = client.v1.payment_intents.list().data[0].id
    for form in ({"form": "dispute", "reason": "general"}, {"form": "refund", "amount": "x"}):
        httpx.post(f"{url}/dashboard/payments/{disputed}", data=form)
    httpx.post(f"{url}/_sandbox/faults", json={"path": "/v1/none", "status": 500}).raise_for_status()
    client.v1.payment_intents.cancel(client.v1.payment_intents.create({"amount": 100, "currency": "eur"}).id)
    failed = client.v1.payment_intents.list().data[-2].id
    event = receiver.wait_for(1)[0].event["id"]
    request = httpx.get(f"{url}/_sandbox/requests").json()["requests"][-1]["id"]
    return [
        "", "?q=nothing", f"/payments/{paid.id}", f"/payments/{failed}", f"/payments/{disputed}",
        "/events", f"/events/{event}",
        "/webhooks", f"/webhooks/{endpoint.id}", "/logs", f"/requests/{request}", "/cards",
        "/faults", f"/receipts/{paid.latest_charge}",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    look: Callable[..., Page], url: str, addresses: list[str], width: int, scheme: str
) -> None:
    """WCAG 2.2 AA by machine, on a phone in the dark and on a desk in daylight; some rows stand for all."""
    page = look(viewport={"width": width, "height": 844}, color_scheme=scheme)
    for address in addresses:
        page.goto(f"{url}/dashboard{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        page.evaluate("document.querySelectorAll('tr:nth-child(n + 4)').forEach((row) => row.remove())")
        page.evaluate(AXE.read_text())
        rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
        found = page.evaluate(f"axe.run(document, {rules})")["violations"]
        assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found] == [], address


@pytest.mark.parametrize("width", [360, 768, 1920])
def test_fits_every_screen(look: Callable[..., Page], url: str, addresses: list[str], width: int) -> None:
    """From the smallest phone to the widest desk nothing scrolls sideways, whatever is unfolded."""
    page = look(viewport={"width": width, "height": 900})
    for address in addresses:
        page.goto(f"{url}/dashboard{address}")
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_an_empty_sandbox_fits_a_phone(look: Callable[..., Page], url: str) -> None:
    """Commands wrap; nothing is cut off or scrolled sideways."""
    page = look(viewport={"width": 390, "height": 844})
    for address in ("", "/events", "/webhooks", "/logs"):
        page.goto(f"{url}/dashboard{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address


def test_by_keyboard_from_the_list_to_a_payment(page: Page, url: str, pay: Pay) -> None:
    """Skip the navigation, reach the first row, open it; the focus is visible and survives news."""
    first = pay()
    page.goto(f"{url}/dashboard")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    # The search, three filters, their button, the first row.
    for _ in range(6):
        page.keyboard.press("Tab")
    link = page.locator(f"#open-{first.id}")
    expect(link).to_be_focused()
    outline = "row => getComputedStyle(row).outlineStyle"
    assert page.locator(f'[data-row="{first.id}"]').evaluate(outline) == "solid"
    second = pay()
    expect(page.locator(f"#open-{second.id}")).to_be_visible()
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{url}/dashboard/payments/{first.id}")


def test_pages_run_nothing_but_their_own(url: str, addresses: list[str]) -> None:
    """The policy allows no inline script or style, no other host, no frame around the page."""
    for address in addresses:
        answer = httpx.get(f"{url}/dashboard{address}")
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "<style" not in answer.text
        assert "style=" not in answer.text
        assert answer.text.count("<script") == answer.text.count('<script type="module" src="')
