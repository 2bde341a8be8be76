"""The eight ways to pay that the shop promises: what their customers do, and what must be true afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import FrameLocator, Page, expect

from customer import (
    LACKS_FUNDS,
    PAYS,
    expect_paid,
    fill_card,
    fill_contact,
    open_checkout,
    pay,
    payment_form,
)
from processes import Shop
from shop_records import rows

AUTHORIZE, FAIL = "Authorize Test Payment", "Fail Test Payment"
MASTERCARD = "5555555555554444"

NewPage = Callable[..., Page]

NOT_CHARGED = "You have not been charged"


@dataclass(frozen=True)
class Way:
    """One way to pay. `kind` groups those that a customer goes alike, `row` is its row of the payment form.

    `shown` is how the order page names it, `total` what the book costs in `currency`; `type`, `brand` and
    `wallet` are Stripe's words for what the charge was paid with.
    """

    name: str
    kind: str
    row: str
    shown: str
    type: str
    brand: str | None = None
    wallet: str | None = None
    card: str = PAYS
    declined: str = LACKS_FUNDS
    currency: str = "sgd"
    total: str = "S$28.00"
    amount: int = 2800


WAYS = [
    Way("Visa", "card", "card", "Visa •••• 4242", "card", "visa"),
    Way("Mastercard", "card", "card", "Mastercard •••• 4444", "card", "mastercard", card=MASTERCARD),
    Way("GrabPay", "redirect", "grabpay", "GrabPay", "grabpay"),
    Way("Alipay", "redirect", "alipay", "Alipay", "alipay"),
    Way("WeChat Pay", "code", "wechat_pay", "WeChat Pay", "wechat_pay"),
    Way("PayNow", "code", "paynow", "PayNow", "paynow"),
    Way(
        "Google Pay",
        "wallet",
        "google_pay",
        "Google Pay (Visa •••• 4242)",
        "card",
        "visa",
        wallet="google_pay",
    ),
    Way("EPS", "redirect", "eps", "EPS", "eps", currency="eur", total="€23.00", amount=2300),
]


def check_out(page: Page, shop: Shop, way: Way, email: str) -> None:
    """The checkout of one book, with e-mail and address typed, priced in the way's currency."""
    page.context.add_cookies([{"name": "currency", "value": way.currency, "url": shop.url}])
    open_checkout(page, shop)
    fill_contact(page, email)


def start(page: Page, way: Way, *, card: str | None = None) -> None:
    """Choose the way in the payment form, give what it asks for, and press the shop's button."""
    form = payment_form(page)
    form.locator("#card-tab").wait_for()
    row = form.locator(f"#{way.row}-tab")
    if not row.is_visible():
        form.get_by_role("button", name="More payment methods").click()
    row.click()
    if way.kind == "card":
        fill_card(page, card or way.card)
    if way.row == "eps":
        form.locator("[name=name]").fill("Ada Lovelace")
    pay(page)


def approve(page: Page, way: Way, new_page: NewPage) -> None:
    """Say yes where the customer is asked; a typed card is not asked."""
    if way.kind == "redirect":
        press(page, AUTHORIZE)
    elif way.kind == "code":
        answer_on_phone(code_link(page, way), AUTHORIZE, new_page)
    elif way.kind == "wallet":
        sheet(page).get_by_role("button", name="Pay").click()


def refuse(page: Page, way: Way, new_page: NewPage) -> None:
    """Say no, or bring a card that says it."""
    if way.kind == "redirect":
        press(page, FAIL)
    elif way.kind == "code":
        answer_on_phone(code_link(page, way), FAIL, new_page)
    elif way.kind == "wallet":
        sheet(page).get_by_text("0002").click()
        sheet(page).get_by_role("button", name="Pay").click()


def press(page: Page, words: str) -> None:
    page.get_by_role("button", name=words, exact=True).click()


def sheet(page: Page) -> FrameLocator:
    """The wallet's window over the page."""
    return page.frame_locator('[role="dialog"][aria-label="Google Pay"] iframe')


def code_link(page: Page, way: Way) -> str:
    """What the code over the page says: the address that a phone would open."""
    window = page.frame_locator(f'[role="dialog"][aria-label="{way.name}"] iframe')
    return window.get_by_role("link").get_attribute("href") or ""


def answer_on_phone(address: str, words: str, new_page: NewPage) -> None:
    """Open a scanned address on another device and press a button there."""
    phone = new_page(viewport={"width": 390, "height": 844})
    phone.goto(address)
    press(phone, words)
    expect(phone.get_by_text("You can close this page.")).to_be_visible()


def headline(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def orders_of(shop: Shop, email: str) -> list[dict[str, Any]]:
    return rows(shop.database_url, "SELECT * FROM orders WHERE email = %s", email)


def the_order(shop: Shop, email: str) -> dict[str, Any]:
    """The one order of this address; however often its payment was tried, there is no second one."""
    (order,) = orders_of(shop, email)
    return order


def payment(shop: Shop, order: dict[str, Any]) -> dict[str, Any]:
    """The order's PaymentIntent as Stripe shows it to the shop, with its charge."""
    path = f"/v1/payment_intents/{order['payment_intent_id']}"
    found: dict[str, Any] = shop.sandbox.stripe("GET", path, **{"expand[0]": "latest_charge"}).json()
    return found


def expect_receipt(page: Page, shop: Shop, way: Way, email: str) -> None:
    """The paid order's page, the order and Stripe agree on amount, payment and method."""
    expect_paid(page)
    order = the_order(shop, email)
    expect(page.locator(".fact-total")).to_have_text(way.total)
    expect(page.locator("#payment-id")).to_have_text(order["payment_intent_id"])
    expect(page.locator(".facts").get_by_text(way.shown, exact=True)).to_be_visible()
    assert page.url == f"{shop.url}/orders/{order['token']}"
    intent = payment(shop, order)
    assert (intent["status"], intent["amount_received"], intent["currency"]) == (
        "succeeded",
        way.amount,
        way.currency,
    )
    paid_with = intent["latest_charge"]["payment_method_details"]
    card = paid_with.get("card") or {}
    assert (paid_with["type"], card.get("brand")) == (way.type, way.brand)
    assert (card.get("wallet") or {}).get("type") == way.wallet
