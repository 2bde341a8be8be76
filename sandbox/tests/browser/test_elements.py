"""`Stripe()`, `elements()`, `create('payment')`: options, events and methods, as pages use them."""

from typing import Any

import stripe
from playwright.sync_api import FrameLocator, Page, expect
from sandbox_pages import fill, press_pay, start


def test_version_and_wrapper(page: Page, shop_url: str) -> None:
    """Stripe's npm loader finds the version it expects, and may introduce itself."""
    assert page.evaluate("[Stripe.version, Stripe('pk_test_shop').version]") == ["endive", "endive"]
    wrapper = "{name: 'stripe-js', version: '10.2.1', startTime: 1}"
    assert page.evaluate(f"Stripe('pk_test_shop')._registerWrapper({wrapper})") is None
    page.goto(f"{shop_url}/?train=v3")
    assert page.evaluate("Stripe.version") == 3


def test_events_of_a_visit(page: Page, form: FrameLocator) -> None:
    """Each event comes when Stripe sends it, with the members that it has there and no others."""
    start(page)
    assert events(page) == [
        ["loaderstart", {"elementType": "payment"}],
        ["ready", {"elementType": "payment"}],
    ]
    form.locator("#Field-numberInput").click()
    page.keyboard.press("Escape")
    fill(form)
    page.locator("#before").focus()
    page.evaluate("shop.seen('blur')")
    names = [name for name, _ in events(page)]
    assert names[2:4] == ["focus", "escape"]
    assert names[-1] == "blur"
    changes = [detail for name, detail in events(page) if name == "change"]
    assert [(one["empty"], one["complete"]) for one in changes] == [(False, False), (False, True)]
    assert set(changes[-1]) == {"elementType", "empty", "complete", "collapsed", "value"}
    assert changes[-1]["collapsed"] is False
    assert changes[-1]["value"] == {
        "type": "card",
        "billingDetails": {"address": {"country": "SG", "postalCode": None}},
    }


def test_listeners_once_and_off(page: Page, form: FrameLocator) -> None:
    """`once` hears one event, `off` ends listening."""
    start(page)
    page.evaluate(
        """() => {
            window.heard = [];
            const stop = () => heard.push('stopped');
            shop.payment.once('change', () => heard.push('once')).on('change', stop).off('change', stop);
        }"""
    )
    fill(form)
    page.evaluate("shop.seen('change')")
    assert page.evaluate("heard") == ["once"]


def test_methods_reach_the_form(page: Page, form: FrameLocator) -> None:
    """focus, blur, clear, collapse and getElement do what they say."""
    start(page)
    page.evaluate("shop.payment.focus()")
    expect(form.locator("#Field-numberInput")).to_be_focused()
    page.evaluate("shop.payment.blur()")
    expect(form.locator("#Field-numberInput")).not_to_be_focused()
    fill(form)
    page.evaluate("shop.payment.clear()")
    expect(form.locator("#Field-numberInput")).to_have_value("")
    assert page.evaluate("shop.elements.getElement('payment') === shop.payment") is True
    assert page.evaluate("shop.elements.getElement('address')") is None
    page.evaluate("shop.payment.collapse()")
    expect(form.locator("#Field-numberInput")).to_be_hidden()
    page.evaluate("shop.seen('change', (event) => event.collapsed)")
    assert page.evaluate("shop.elements.submit()")["error"]["code"] == "incomplete_payment_details"


def test_unmounted_and_mounted_again(page: Page, form: FrameLocator) -> None:
    """An element may move; a destroyed one makes room for another."""
    start(page)
    page.evaluate("shop.payment.unmount()")
    expect(page.locator("#payment-element iframe")).to_have_count(0)
    page.evaluate("shop.events = []; shop.payment.mount(document.querySelector('#payment-element'))")
    page.evaluate("shop.seen('ready')")
    fill(form)
    page.evaluate("shop.payment.destroy()")
    assert page.evaluate("shop.elements.getElement('payment')") is None
    page.evaluate("shop.payment = shop.elements.create('payment')")
    page.evaluate("shop.events = []; shop.payment.on('ready', (e) => shop.events.push(['ready', e]))")
    page.evaluate("shop.payment.mount('#payment-element'); shop.seen('ready')")
    fill(form)
    assert press_pay(page)["paymentIntent"]["status"] == "succeeded"


def test_api_out_of_reach_is_a_loaderror(page: Page) -> None:
    """When the session cannot be loaded, the page hears why."""
    page.route("**/v1/elements/sessions?**", lambda route: route.abort())
    event, detail = page.evaluate("shop.start()")
    assert (event, detail["error"]["type"]) == ("loaderror", "api_connection_error")


def test_blocked_frame_is_a_loaderror(page: Page) -> None:
    """When a blocker keeps the frame from loading, the page hears of it."""
    page.clock.install()
    page.route("**/elements-inner-payment.html", lambda route: route.abort())
    page.evaluate("void (shop.starting = shop.start())")
    page.evaluate("shop.loaded")
    page.clock.run_for(6000)
    event, detail = page.evaluate("shop.starting")
    assert (event, detail["error"]["type"]) == ("loaderror", "api_connection_error")


def test_pay_pressed_before_the_form_is_there(page: Page) -> None:
    """What is asked of a form that is still loading is answered when it has loaded."""
    page.evaluate("void shop.start()")
    error = page.evaluate("shop.elements.submit()")["error"]
    assert error["code"] == "incomplete_number"


def test_form_taken_away_while_it_is_needed(page: Page, form: FrameLocator) -> None:
    """A promise about an element that the page unmounts does not stay open for ever."""
    start(page)
    fill(form)
    page.route("**/confirm", lambda _: None)
    with page.expect_request("**/confirm"):
        page.locator("#pay").click()
    page.evaluate("shop.payment.unmount()")
    assert page.evaluate("shop.ended()")["thrown"] == "IntegrationError"


def test_allowed_methods(page: Page, form: FrameLocator) -> None:
    """A page may say which methods it allows; a list without any that fits gives no form."""
    start(page, elements={"allowedPaymentMethodTypes": ["card"]})
    fill(form)
    page.evaluate("shop.elements.update({allowedPaymentMethodTypes: ['boleto']})")
    assert page.evaluate("shop.elements.submit()")["error"]["type"] == "invalid_request_error"


def test_wrong_secret_is_a_loaderror(page: Page) -> None:
    """A well-formed secret of no intent is known only to the API."""
    page.evaluate("shop.clientSecret = 'pi_none_secret_none'")
    event, detail = page.evaluate("shop.start()")
    assert (event, detail["error"]["code"]) == ("loaderror", "resource_missing")


def test_hidden_fields_must_be_given(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """A page that hides a field has to pass its value."""
    fields = {"billingDetails": {"name": "never", "address": {"country": "never"}}}
    start(page, element={"fields": fields})
    expect(form.locator("#Field-countryInput")).to_be_hidden()
    fill(form)
    thrown = press_pay(page)
    assert (thrown["thrown"], "billing_details.name" in thrown["message"]) == ("IntegrationError", True)
    page.evaluate(
        """shop.params.payment_method_data =
            {billing_details: {name: 'Ada Lim', address: {country: 'MY'}}}"""
    )
    intent = press_pay(page)["paymentIntent"]
    paid = client.v1.payment_intents.retrieve(intent["id"], {"expand": ["payment_method"]})
    assert paid.payment_method.billing_details.address.country == "MY"


def test_default_values_and_read_only(page: Page, form: FrameLocator) -> None:
    """The form starts with what the page knows, and can be closed for changes."""
    address = {"country": "US", "postal_code": "94103"}
    start(page, element={"defaultValues": {"billingDetails": {"address": address}}})
    expect(form.locator("#Field-countryInput")).to_have_value("US")
    expect(form.locator("#Field-postalCodeInput")).to_have_value("94103")
    page.evaluate("shop.payment.update({readOnly: true})")
    expect(form.locator("#Field-numberInput")).to_be_disabled()
    page.evaluate("shop.payment.update({readOnly: false})")
    fill(form)


def test_fetches_updates_of_the_intent(page: Page, form: FrameLocator, client: stripe.StripeClient) -> None:
    """After the server changed the amount, fetchUpdates() takes notice and the form keeps what was typed."""
    intent = client.v1.payment_intents.create({"amount": 2300, "currency": "sgd"})
    page.evaluate("(s) => { shop.clientSecret = s; shop.deferred = false; }", intent.client_secret)
    start(page)
    fill(form)
    client.v1.payment_intents.update(intent.id, {"amount": 9900})
    assert page.evaluate("shop.elements.fetchUpdates()") == {}
    assert press_pay(page)["paymentIntent"]["amount"] == 9900


def events(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate("shop.events")
    return found
