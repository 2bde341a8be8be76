"""3-D Secure, in the shop's page and on the bank's own page."""

from pathlib import Path
from typing import Any

import stripe
from playwright.sync_api import FrameLocator, Page, expect
from sandbox_pages import fill, press_pay, start

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
# The first heading is the page's that is covered.
AXE_RUN = "axe.run({iframes: false, rules: {'page-has-heading-one': {enabled: false}}})"
ALWAYS_ASKS = "4000 0027 6000 3184"
DECLINED_AFTERWARDS = "4000 0084 0000 1629"
FRICTIONLESS = "4000 0000 3220 0000"
ASKS_FOR_CAPTCHA = "4000 0000 0000 1208"
NOT_AUTHENTICATED = (
    "We are unable to authenticate your payment method. "
    "Please choose a different payment method and try again."
)


def bank(page: Page) -> FrameLocator:
    """The bank's page, found the way that tests for Stripe's test mode find it."""
    modal = page.frame_locator('body > div > iframe[name^="__privateStripeFrame"]')
    return modal.frame_locator('iframe[name="stripe-challenge-frame"]')


def open_challenge(page: Page, form: FrameLocator, number: str = ALWAYS_ASKS) -> FrameLocator:
    start(page)
    fill(form, number)
    page.locator("#pay").click()
    expect(bank(page).locator("#test-source-authorize-3ds")).to_be_visible()
    return bank(page)


def test_completes_in_the_page(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """The page is not left, and the promise resolves with a paid intent."""
    open_challenge(page, form).locator("#test-source-authorize-3ds").click()
    intent = page.evaluate("shop.ended()")["paymentIntent"]
    assert intent["status"] == "succeeded"
    assert client.v1.payment_intents.retrieve(intent["id"]).amount_received == 2300
    expect(page.locator('body > div > iframe[name^="__privateStripeFrame"]')).to_have_count(0)


def test_failing_is_an_error_and_can_be_tried_again(page: Page, form: FrameLocator) -> None:
    """After a failed challenge the same intent is paid with another card."""
    open_challenge(page, form).locator("#test-source-fail-3ds").click()
    error = page.evaluate("shop.ended()")["error"]
    assert error["code"] == "payment_intent_authentication_failure"
    assert error["message"] == NOT_AUTHENTICATED
    assert error["payment_intent"]["status"] == "requires_payment_method"
    expect(form.locator("#Field-numberError")).to_have_text(NOT_AUTHENTICATED)
    fill(form)
    intent = press_pay(page)["paymentIntent"]
    assert (intent["status"], intent["id"]) == ("succeeded", error["payment_intent"]["id"])


def test_cancelling_counts_as_not_authenticated(page: Page, form: FrameLocator) -> None:
    """The close button ends the challenge and gives the focus back to the page."""
    open_challenge(page, form)
    modal = page.frame_locator('body > div > iframe[name^="__privateStripeFrame"]')
    modal.get_by_role("button", name="Cancel authentication").click()
    assert page.evaluate("shop.ended()")["error"]["code"] == "payment_intent_authentication_failure"
    expect(page.locator("#pay")).to_be_focused()
    assert page.evaluate("document.querySelector('main').inert") is False


def test_escape_closes_the_challenge(page: Page, form: FrameLocator) -> None:
    """Escape works while the bank's page has the focus."""
    open_challenge(page, form).locator("#test-source-fail-3ds").focus()
    page.keyboard.press("Escape")
    assert page.evaluate("shop.ended()")["error"]["code"] == "payment_intent_authentication_failure"


def test_the_page_behind_cannot_be_reached(page: Page, form: FrameLocator) -> None:
    """While the bank asks, Tab stays within the challenge."""
    open_challenge(page, form)
    assert page.evaluate("document.querySelector('main').inert") is True
    for _ in range(6):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main')?.outerHTML") is None


def test_the_bank_has_no_barriers(page: Page, form: FrameLocator) -> None:
    """axe finds nothing wrong with the page behind, the overlay and the bank's page, light or dark."""
    for dark in (False, True):
        page.reload()
        page.evaluate("(dark) => document.body.classList.toggle('dark', dark)", dark)
        open_challenge(page, form)
        for frame in page.frames[-2:]:
            frame.evaluate(AXE.read_text())
            found = frame.evaluate(AXE_RUN)["violations"]
            assert [(frame.url, one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_declined_after_authentication(page: Page, form: FrameLocator) -> None:
    """A bank may know its customer and decline all the same."""
    open_challenge(page, form, DECLINED_AFTERWARDS).locator("#test-source-authorize-3ds").click()
    error = page.evaluate("shop.ended()")["error"]
    assert (error["type"], error["code"]) == ("card_error", "card_declined")


def test_frictionless_asks_nothing(page: Page, form: FrameLocator) -> None:
    """A bank that trusts the payment does not show a challenge."""
    start(page)
    fill(form, FRICTIONLESS)
    result = press_pay(page)
    assert "paymentIntent" in result, result
    assert result["paymentIntent"]["status"] == "succeeded"


def test_a_captcha_is_solved_in_the_page(page: Page, form: FrameLocator) -> None:
    """Stripe's own challenge stands where a bank's would; failed, it is asked again of the next attempt."""
    captcha = open_challenge(page, form, ASKS_FOR_CAPTCHA)
    expect(captcha.get_by_role("heading", name="Are you human?")).to_be_visible()
    captcha.get_by_role("button", name="Fail").click()
    assert page.evaluate("shop.ended()")["error"]["payment_intent"]["status"] == "requires_payment_method"
    fill(form, ASKS_FOR_CAPTCHA)
    page.locator("#pay").click()
    captcha.get_by_role("button", name="I am human").click()
    assert page.evaluate("shop.ended()")["paymentIntent"]["status"] == "succeeded"


def test_handle_next_action_of_a_server_confirmed_intent(page: Page, client: stripe.StripeClient) -> None:
    """`handleNextAction` shows the challenge of an intent that the server has confirmed for Stripe.js."""
    secret = confirmed_on_the_server(client, use_stripe_sdk=True).client_secret
    page.evaluate(
        "(clientSecret) => { shop.ending = Stripe('pk_test_shop').handleNextAction({clientSecret}); }", secret
    )
    bank(page).locator("#test-source-authorize-3ds").click()
    assert page.evaluate("shop.ended()")["paymentIntent"]["status"] == "succeeded"


def test_handle_next_action_demands_an_action(page: Page, client: stripe.StripeClient) -> None:
    """An intent that waits for nothing is a mistake of the page."""
    secret = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"}).client_secret
    name = page.evaluate(
        "(clientSecret) => Stripe('pk_test_shop').handleNextAction({clientSecret}).catch((e) => e.name)",
        secret,
    )
    assert name == "IntegrationError"


def test_hosted_page_returns_with_the_outcome(page: Page, shop_url: str, client: stripe.StripeClient) -> None:
    """The page of an intent confirmed on the server leads to return_url; its own parts stay as they were."""
    for button, status, left in (
        ("#test-source-authorize-3ds", "succeeded", "succeeded"),
        ("#test-source-fail-3ds", "failed", "requires_payment_method"),
    ):
        intent = confirmed_on_the_server(client, return_url=f"{shop_url}/done?order=7#receipt")
        page.goto(intent.next_action.redirect_to_url.url)
        page.locator(button).click()
        page.wait_for_url("**/done?**")
        assert page.url == (
            f"{shop_url}/done?order=7&payment_intent={intent.id}"
            f"&payment_intent_client_secret={intent.client_secret}&redirect_status={status}#receipt"
        )
        assert client.v1.payment_intents.retrieve(intent.id).status == left


def confirmed_on_the_server(client: stripe.StripeClient, **parameters: Any) -> stripe.PaymentIntent:
    methods = {"enabled": True, "allow_redirects": "never"}
    given: Any = {
        "amount": 2300,
        "currency": "sgd",
        "payment_method": "pm_card_authenticationRequired",
        "confirm": True,
        **({} if "return_url" in parameters else {"automatic_payment_methods": methods}),
        **parameters,
    }
    intent = client.v1.payment_intents.create(given)
    assert intent.status == "requires_action"
    return intent
