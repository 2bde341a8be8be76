"""The list of payments: what it says, how it is searched, how it follows what happens."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import stripe
from playwright.sync_api import Browser, Page, expect

from method_calls import begun
from stripe_sandbox.process import running_sandbox

Pay = Callable[..., stripe.PaymentIntent]
ROWS = "[data-row]"


def test_the_address_alone_leads_to_the_dashboard(url: str) -> None:
    """Somebody who opens what the program printed sees payments, not an error."""
    answer = httpx.get(url)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")


def test_an_empty_sandbox_says_how_to_begin(page: Page, url: str) -> None:
    """The Python lines, copied with one click, make a client of this sandbox whose payment appears."""
    page.goto(url)
    expect(page.get_by_role("heading", name="No payments yet")).to_be_visible()
    expect(page.locator(".first-steps")).to_contain_text(f"{url}/endive/stripe.js")
    page.get_by_role("button", name="Copy the Python lines").click()
    lines = page.evaluate("navigator.clipboard.readText()")
    names: dict[str, Any] = {}
    exec(lines, names)  # noqa: S102  what the page tells people to run
    intent = names["client"].v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    expect(page.locator(f'[data-row="{intent.id}"]')).to_contain_text("23.00 SGD")


def test_what_is_copied_is_what_is_shown(page: Page, url: str) -> None:
    """Quotes and line ends of a command survive."""
    page.goto(url)
    page.get_by_role("button", name="Copy the curl command").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator(".first-steps pre").first.text_content()
    assert '-d description="Try it"' in copied


def test_a_payment_appears_and_changes_without_a_reload(
    page: Page, url: str, client: stripe.StripeClient
) -> None:
    """Opened by the shop, then paid by the customer: both are seen on the page as it stands."""
    page.goto(url)
    page.evaluate("window.untouched = true")
    intent = client.v1.payment_intents.create(
        {"amount": 4600, "currency": "sgd", "description": "Two books", "receipt_email": "ada@example.com"}
    )
    row = page.locator(f'[data-row="{intent.id}"]')
    expect(row).to_contain_text("46.00 SGD")
    expect(row).to_contain_text("Incomplete")
    expect(page.locator("#news")).to_have_text("1 new payment")
    client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_mastercard", "return_url": "https://shop.test/"}
    )
    expect(row).to_contain_text("Succeeded")
    expect(row).to_contain_text("Mastercard •••• 4444")
    expect(row).to_contain_text("ada@example.com")
    assert page.evaluate("window.untouched")


@pytest.mark.parametrize(
    ("parameters", "amount", "state"),
    [
        ({"amount": 1500, "currency": "jpy"}, "1,500 JPY", "Succeeded"),
        ({"amount": 12340, "currency": "kwd"}, "12.340 KWD", "Succeeded"),
        ({"payment_method": "pm_card_authenticationRequired"}, "23.00 SGD", "Waiting"),
        ({"capture_method": "manual"}, "23.00 SGD", "Uncaptured"),
    ],
)
def test_amount_and_state_in_words(
    page: Page, url: str, pay: Pay, *, parameters: dict[str, Any], amount: str, state: str
) -> None:
    """Each currency with the decimals it has, each status as a word."""
    intent = pay(**parameters)
    page.goto(url)
    row = page.locator(f'[data-row="{intent.id}"]')
    expect(row).to_contain_text(amount)
    expect(row.locator(".state")).to_have_text(state)
    expect(row.locator(".state svg")).to_be_visible()


def test_refunds_show(page: Page, url: str, pay: Pay, client: stripe.StripeClient) -> None:
    """A part of the money back, then the rest."""
    intent = pay()
    page.goto(url)
    state = page.locator(f'[data-row="{intent.id}"] .state')
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 300})
    expect(state).to_have_text("Partly refunded")
    client.v1.refunds.create({"payment_intent": intent.id})
    expect(state).to_have_text("Refunded")


@pytest.mark.parametrize(
    ("search", "state", "found"),
    [
        ("prince", "", ["Prince of Persia"]),
        ("order_id=ord_2", "", ["Working in Public"]),
        ("9995", "", ["Working in Public"]),
        ("ada@", "", ["Science and Engineering"]),
        ("", "Failed", ["Working in Public"]),
        ("", "Succeeded", ["Prince of Persia", "Science and Engineering"]),
        ("engineering", "Succeeded", ["Science and Engineering"]),
        ("engineering", "Failed", []),
    ],
)
def test_finds_payments_without_javascript(
    look: Callable[..., Page], url: str, pay: Pay, *, search: str, state: str, found: list[str]
) -> None:
    """By text and by status, with a plain form; what does not match is gone."""
    pay(description="Science and Engineering", receipt_email="ada@example.com")
    with pytest.raises(stripe.CardError):
        pay(
            description="Working in Public",
            metadata={"order_id": "ord_2"},
            payment_method="pm_card_visa_chargeDeclinedInsufficientFunds",
        )
    pay(description="Prince of Persia", payment_method="pm_card_jcb")
    page = look(java_script_enabled=False)
    page.goto(f"{url}/dashboard")
    page.get_by_label("Find").fill(search)
    page.get_by_label("Status").select_option(label=state or "Any status")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(f"{ROWS} .text")).to_have_text(found)
    if not found:
        expect(page.get_by_role("heading", name="No payment matches")).to_be_visible()


@pytest.fixture
def shelf(pay: Pay, client: stripe.StripeClient) -> dict[str, str]:
    """Payments that differ in all that can be filtered and searched; ids by a name."""
    customer = client.v1.customers.create({"name": "Grace Hopper", "email": "grace@example.com"})
    open_intent = client.v1.payment_intents.create(
        {"amount": 500, "currency": "eur", "customer": customer.id, "description": "Open"}
    )
    return {
        "visa": pay(amount=123456, description="Visa", metadata={"order_id": "ord_77"}).id,
        "wallet": pay(
            description="Wallet",
            payment_method=client.v1.payment_methods.create(
                {"type": "card", "card": {"token": "tok_google_pay_visa"}}
            ).id,
        ).id,
        "grabpay": begun(client, "grabpay", "sgd", description="GrabPay").id,
        "eps": begun(client, "eps", "eur", description="EPS").id,
        "open": open_intent.id,
        "customer": customer.id,
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("method=google_pay", ["Wallet"]),
        ("method=card", ["Visa"]),
        ("method=grabpay", ["GrabPay"]),
        ("method=none", ["Open"]),
        ("currency=eur", ["EPS", "Open"]),
        ("currency=eur&state=requires_action", ["EPS"]),
        ("q=1234.56", ["Visa"]),
        ("q=1%2C234.56+SGD", ["Visa"]),
        ("q=123456", ["Visa"]),
        ("q=ord_77", ["Visa"]),
        ("q=grace@example.com", ["Open"]),
        ("q=hopper", ["Open"]),
        ("q=ADA@example.com+eps", ["EPS"]),
        ("state=nonsense&method=nonsense", ["EPS", "GrabPay", "Wallet", "Visa", "Open"]),
    ],
)
@pytest.mark.usefixtures("shelf")
def test_filters_and_searches(*, page: Page, url: str, query: str, found: list[str]) -> None:
    """By status, method, currency; by amount, e-mail, customer, metadata; all of them together."""
    page.goto(f"{url}/dashboard?{query}")
    expect(page.locator(f"{ROWS} .text")).to_have_text(found)


def test_finds_by_customer_and_follows_changes(
    page: Page, url: str, shelf: dict[str, str], client: stripe.StripeClient
) -> None:
    """What was searched for stays true: a customer's new address, a state that moved, are found live."""
    page.goto(f"{url}/dashboard?q={shelf['customer']}")
    expect(page.locator(f"{ROWS} .text")).to_have_text(["Open"])
    page.goto(f"{url}/dashboard?q=moved@example.com")
    expect(page.get_by_role("heading", name="No payment matches")).to_be_visible()
    client.v1.customers.update(shelf["customer"], {"email": "moved@example.com"})
    expect(page.locator(f"{ROWS} .text")).to_have_text(["Open"])
    page.goto(f"{url}/dashboard?state=refunded")
    client.v1.refunds.create({"payment_intent": shelf["visa"]})
    expect(page.locator(f"{ROWS} .text")).to_have_text(["Visa"])


def test_chooses_by_keyboard_alone(look: Callable[..., Page], url: str, shelf: dict[str, str]) -> None:
    """The filters are a plain form; the currencies offered are those that there are."""
    assert shelf
    page = look(java_script_enabled=False)
    page.goto(f"{url}/dashboard")
    expect(page.get_by_label("Currency").locator("option")).to_have_text(["Any currency", "EUR", "SGD"])
    page.get_by_label("Currency").focus()
    page.keyboard.press("ArrowDown")
    page.get_by_label("Find").press("Enter")
    expect(page.locator(f"{ROWS} .text")).to_have_text(["EPS", "Open"])


def test_a_reset_empties_the_list(page: Page, url: str, pay: Pay) -> None:
    """Nothing is remembered of what is gone."""
    pay()
    page.goto(f"{url}/dashboard?q=sgd")
    expect(page.locator(ROWS)).to_have_count(1)
    httpx.post(f"{url}/_sandbox/reset").raise_for_status()
    expect(page.locator(ROWS)).to_have_count(0)
    fresh = pay()
    expect(page.locator(f'[data-row="{fresh.id}"]')).to_be_visible()


def test_finds_a_payment_by_its_id(page: Page, url: str, pay: Pay) -> None:
    """The id that a shop logged leads to the row and the row to the payment."""
    pay()
    wanted = pay(description="This one")
    pay()
    page.goto(f"{url}/dashboard?q={wanted.id}")
    expect(page.locator(ROWS)).to_have_count(1)
    page.locator(ROWS).click()
    expect(page).to_have_url(f"{url}/dashboard/payments/{wanted.id}")


def test_older_payments_are_a_page_away(page: Page, url: str, client: stripe.StripeClient) -> None:
    """Fifty rows, then the rest, none twice."""
    made = [client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"}).id for _ in range(53)]
    page.goto(f"{url}/dashboard")
    first = page.locator(ROWS).evaluate_all("rows => rows.map((row) => row.dataset.row)")
    page.get_by_role("link", name="Older").click()
    expect(page.locator(ROWS)).to_have_count(3)
    second = page.locator(ROWS).evaluate_all("rows => rows.map((row) => row.dataset.row)")
    assert [*first, *second] == made[::-1]
    page.get_by_role("link", name="Newest").click()
    expect(page.locator(ROWS)).to_have_count(50)


def test_markup_in_a_description_stays_text(page: Page, url: str, pay: Pay) -> None:
    """Whatever a customer typed is shown, never run."""
    nasty = '<img src=x onerror="window.hurt = 1"></pre><script>window.hurt = 1</script>'
    intent = pay(description=nasty, metadata={"note": nasty})
    page.goto(f"{url}/dashboard")
    expect(page.locator(f"{ROWS} .text")).to_have_text(nasty)
    page.goto(f"{url}/dashboard/payments/{intent.id}")
    expect(page.locator("#object-" + intent.id)).to_contain_text("window.hurt")
    expect(page.locator("main img, main script")).to_have_count(0)
    assert page.evaluate("window.hurt") is None


def test_a_hidden_page_asks_nothing(page: Page, url: str, pay: Pay) -> None:
    """A forgotten tab costs nothing; when it is looked at again it catches up at once."""
    page.clock.install()
    page.add_init_script(
        "Object.defineProperty(document, 'hidden', {get: () => Boolean(window.away), configurable: true})"
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response(f"{url}/dashboard"):
        page.goto(f"{url}/dashboard")
    expect(page.locator("#connection")).to_have_text("Live")
    page.evaluate("window.away = true; document.dispatchEvent(new Event('visibilitychange'))")
    before = len(asked)
    page.clock.run_for(60_000)
    assert len(asked) == before
    intent = pay()
    page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(f'[data-row="{intent.id}"]')).to_be_visible()


def test_says_when_the_sandbox_has_stopped(browser: Browser) -> None:
    """An old list is not passed off as a live one."""
    page = browser.new_page()
    with running_sandbox() as sandbox:
        page.goto(f"{sandbox.address}/dashboard")
        expect(page.locator("#connection")).to_have_text("Live")
    expect(page.locator("#connection")).to_have_text("The sandbox does not answer")
    page.close()


def test_nothing_changed_costs_nothing(url: str, pay: Pay) -> None:
    """A page that is followed is sent again only when it differs."""
    first = httpx.get(f"{url}/dashboard")
    headers = {"If-None-Match": first.headers["etag"]}
    assert httpx.get(f"{url}/dashboard", headers=headers).status_code == 304
    pay()
    assert httpx.get(f"{url}/dashboard", headers=headers).status_code == 200
