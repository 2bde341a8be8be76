"""What Stripe.js refuses: mistakes of the page are thrown, finished intents get no form."""

from typing import Any

import pytest
import stripe
from playwright.sync_api import FrameLocator, Page
from sandbox_pages import fill, press_pay, start

KEY = "Stripe('pk_test_shop')"
DEFERRED = f"{KEY}.elements({{mode: 'payment', amount: 2300, currency: 'sgd'}})"

TRYING = (
    "(async () => { try { await %s; return ['none', '']; } catch (e) { return [e.name, e.message]; } })()"
)

# What a page might write, and words of the refusal.
MISTAKES = [
    ("Stripe()", "apiKey should be a string"),
    ("Stripe('sk_test_shop')", "secret key"),
    ("Stripe('rk_test_shop')", "secret key"),
    ("Stripe('hello')", "pk_test_"),
    (f"{KEY}.elements({{clientSecret: 'pi_123'}})", "${id}_secret_${secret}"),
    (f"{KEY}.elements({{clientSecret: 'pi_1_secret_2', mode: 'payment'}})", "not both"),
    (f"{KEY}.elements({{mode: 'payment', currency: 'sgd'}})", "amount should be a number"),
    (f"{KEY}.elements({{mode: 'payment', amount: 23.5, currency: 'sgd'}})", "positive integer"),
    (f"{KEY}.elements({{mode: 'payment', amount: 2300}})", "currency should be a string"),
    (f"{KEY}.elements({{mode: 'payment', amount: 2300, currency: 'SGD'}})", "lower case"),
    (f"{KEY}.elements({{amount: 2300, currency: 'sgd'}})", "mode should be a string"),
    (f"{KEY}.elements({{mode: 'gift', amount: 2300, currency: 'sgd'}})", "mode should be one of"),
    (
        f"{KEY}.elements({{mode: 'payment', amount: 2300, currency: 'sgd', paymentMethodTypes: []}})",
        "allowedPaymentMethodTypes",
    ),
    (f"{KEY}.elements({{appearance: {{theme: 'mauve'}}}})", "appearance.theme should be one of"),
    (f"{KEY}.elements({{loader: true}})", "loader should be one of"),
    (f"{KEY}.elements().create('payment')", "pass a clientSecret, or mode"),
    (f"{DEFERRED}.create('paymentRequestButton')", "no longer supported"),
    (f"{DEFERRED}.create('card')", "does not imitate"),
    (f"{DEFERRED}.create('taxId')", "does not imitate"),
    (f"{KEY}.elements().create('expressCheckout')", "pass a clientSecret, or mode"),
    (f"{DEFERRED}.create('expressCheckout', {{buttonHeight: 20}})", "between 40 and 55"),
    (f"{DEFERRED}.create('address')", "mode should be either"),
    (f"{DEFERRED}.create('address', {{mode: 'shipping', allowedCountries: []}})", "allowedCountries"),
    (f"{DEFERRED}.create('linkAuthentication', 'ada@example.com')", "options should be an object"),
    (f"{DEFERRED}.create('nonsense')", "valid Element name"),
    (f"{DEFERRED}.create('payment', {{layout: 'grid'}})", "layout should be one of"),
    (f"{DEFERRED}.create('payment', {{layout: {{type: 'accordion', radios: true}}}})", "layout.radios"),
    (f"{DEFERRED}.create('payment', {{layout: {{radios: 'always'}}}})", "layout.type"),
    (
        f"{DEFERRED}.create('payment', {{fields: {{billingDetails: 'sometimes'}}}})",
        "fields.billingDetails",
    ),
    (f"{DEFERRED}.create('payment', {{terms: {{card: 'maybe'}}}})", "terms.card"),
    (
        f"(() => {{ const e = {DEFERRED}; e.create('payment'); e.create('payment'); }})()",
        "only create one",
    ),
    (f"{DEFERRED}.create('payment').mount('#nowhere')", "applies to no DOM elements"),
    (f"{DEFERRED}.create('payment').focus()", "not mounted"),
    (
        f"(() => {{ const p = {DEFERRED}.create('payment'); p.destroy(); p.mount('#pay'); }})()",
        "destroyed",
    ),
    (f"{DEFERRED}.update({{clientSecret: 'pi_1_secret_2'}})", "clientSecret cannot be changed"),
    (f"{DEFERRED}.submit()", "mounted Payment Element"),
    (f"{DEFERRED}.fetchUpdates()", "needs a group that was created with a clientSecret"),
    (f"{KEY}.confirmPayment()", "options should be an object"),
    (f"{KEY}.confirmPayment({{}})", "elements or clientSecret"),
    (f"{KEY}.confirmPayment({{elements: {{}}}})", "made by stripe.elements()"),
    (f"{KEY}.confirmPayment({{elements: {DEFERRED}}})", "mounted Payment Element"),
    (f"{KEY}.confirmPayment({{clientSecret: 'pi_1_secret_2'}})", "confirmParams.return_url"),
    (f"{KEY}.confirmPayment({{clientSecret: 'pi_1_secret_2', redirect: 'never'}})", "redirect should be"),
    (f"{KEY}.retrievePaymentIntent('seti_1_secret_2')", "PaymentIntents only"),
    (f"{KEY}.handleCardPayment('pi_1_secret_2')", "removed from Stripe.js"),
    (f"{KEY}.createConfirmationToken({{}})", "made by stripe.elements()"),
    (f"{KEY}.confirmSetup({{}})", "not imitated"),
    (f"{KEY}.createToken({{}})", "not imitated"),
]


def test_mistakes_of_the_page_are_thrown(page: Page) -> None:
    """What Stripe.js refuses is refused with an IntegrationError that says what is wrong."""
    for code, words in MISTAKES:
        name, message = page.evaluate(TRYING % code)
        assert (name, words in message) == ("IntegrationError", True), (code, name, message)


def test_unknown_options_are_warned_of(page: Page) -> None:
    """A misspelt option does not stop the page; the console says which one it is."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(f"{KEY}.elements({{mode: 'payment', amount: 2300, currency: 'sgd', colour: 'red'}})")
    assert any("colour is not a recognized parameter" in text for text in said)


def test_options_without_effect_are_said(page: Page) -> None:
    """An option that Stripe knows and the sandbox does not imitate is accepted, and the console says so."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(f"{DEFERRED[:-2]}, onBehalfOf: 'acct_1'}})")
    assert any("onBehalfOf has no effect in this sandbox" in text for text in said)


def test_submit_comes_first(page: Page, form: FrameLocator) -> None:
    """In the deferred flow confirmPayment without elements.submit() is a mistake of the page."""
    start(page)
    fill(form)
    page.evaluate("shop.elements.submit = async () => ({})")
    thrown = press_pay(page)
    assert thrown["thrown"] == "IntegrationError"
    assert "elements.submit() must be called before stripe.confirmPayment()" in thrown["message"]


def test_return_url_is_absolute(page: Page, form: FrameLocator) -> None:
    """A return_url without a scheme is an error to show, as the API would answer."""
    page.evaluate("shop.params.return_url = '/done'")
    start(page)
    fill(form)
    error = press_pay(page)["error"]
    assert (error["code"], error["param"]) == ("url_invalid", "return_url")


@pytest.mark.parametrize("status", ["succeeded", "canceled", "requires_capture"])
def test_finished_intents_get_no_form(page: Page, client: stripe.StripeClient, status: str) -> None:
    """Since clover, a secret whose intent can take no payment gives loaderror instead of a form."""
    parameters: Any = {"amount": 2300, "currency": "sgd"}
    if status != "canceled":
        capture = "manual" if status == "requires_capture" else "automatic"
        never = {"enabled": True, "allow_redirects": "never"}
        parameters |= {"payment_method": "pm_card_visa", "confirm": True, "capture_method": capture}
        parameters |= {"automatic_payment_methods": never}
    intent = client.v1.payment_intents.create(parameters)
    if status == "canceled":
        intent = client.v1.payment_intents.cancel(intent.id)
    assert intent.status == status
    page.evaluate("(secret) => { shop.clientSecret = secret; }", intent.client_secret)
    event, detail = page.evaluate("shop.start()")
    assert event == "loaderror"
    assert detail["elementType"] == "payment"
    assert (detail["error"]["type"], detail["error"]["payment_intent"]["status"]) == (
        "validation_error",
        status,
    )
