"""What the browser modules say, by the names under which they ask for it: `say("declined")` in JavaScript.

Each page carries the table of its modules, in its language, as a data block; `words.js` reads it.
`%(name)s` stands for a value there as everywhere.
"""

from gettext import NullTranslations

from bookshop.languages import mark

ORDER_PAGE = {"copied": mark("Copied")}

CHECKOUT = {
    "email-missing": mark("Please enter your e-mail address: the receipt goes there."),
    "email-spaces": mark("An e-mail address has no spaces. Please check it."),
    "email-no-at": mark("There is no @ in this address. It should look like name@example.com."),
    "email-no-name": mark("The part before the @ is missing."),
    "email-no-domain": mark("The part after the @ is missing, such as example.com."),
    "email-many-ats": mark("There is more than one @ in this address."),
    "email-domain": mark("The part after the @ should look like example.com."),
    "form-loading": mark("The payment form is loading."),
    "form-ready": mark("The payment form is ready."),
    "form-failed": mark(
        "The payment form could not be loaded. Nothing has been ordered or charged. Please check your "
        "connection, and that nothing on your device blocks Stripe."
    ),
    "try-again": mark("Try again"),
    "page-broke": mark(
        "Something went wrong on this page. Please load it again: an order is never charged twice."
    ),
    "refused": mark("This payment was refused."),
    "declined": mark("%(reason)s You have not been charged."),
    "not-authenticated": mark(
        "Your bank did not confirm that it was you, so nothing was paid. You have not been charged. Please "
        "try again, or use another card."
    ),
    "not-completed": mark(
        "The payment could not be completed. You have not been charged. Please press the button again."
    ),
    "unclear": mark(
        "The connection broke while you were paying, so we cannot say yet whether it went through. Your "
        "order knows: look there first. It can only be charged once."
    ),
    "not-shipped": mark("%(reason)s Nothing has been ordered or charged."),
    "address-missing": mark("Please complete the shipping address. Nothing has been ordered or charged."),
    "total-with-shipping": mark(
        "Shipping has changed the total. You have not been charged. Press the button again if that is fine "
        "with you."
    ),
    "shipping-unknown": mark(
        "We could not ask what shipping there costs. If it changes the total, we say so before you pay."
    ),
    "shipping-free": mark("%(country)s: shipping is free."),
    "shipping-costs": mark("%(country)s: shipping costs %(price)s."),
    "free": mark("Free"),
    "price-changed": mark("The price has changed while this page was open: the total is now %(total)s."),
    "see-order": mark("See your order"),
    "see-cart": mark("See your cart"),
    "shop-unreachable": mark(
        "We could not reach the shop. You have not been charged. Please press the button again."
    ),
    "shop-broke": mark(
        "Something went wrong in the shop. You have not been charged. Please press the button again."
    ),
}

BROWSER_WORDS = {"order": ORDER_PAGE, "checkout": CHECKOUT}


def browser_words(translations: NullTranslations, page: str) -> dict[str, str]:
    """A page's table in one language."""
    return {name: translations.gettext(words) for name, words in BROWSER_WORDS[page].items()}
