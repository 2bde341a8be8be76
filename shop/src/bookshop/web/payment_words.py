"""Names and sentences for how an order is paid: Stripe's words in, words for customers out.

`words` is the reader's gettext.
"""

from collections.abc import Callable

from bookshop.languages import mark
from bookshop.orders import Order

Words = Callable[..., str]

# Card networks' names for people; Stripe's words for them are lower case (docs.stripe.com/api/charges).
BRANDS = {
    "amex": "American Express",
    "cartes_bancaires": "Cartes Bancaires",
    "diners": "Diners Club",
    "discover": "Discover",
    "eftpos_au": "eftpos",
    "jcb": "JCB",
    "mastercard": "Mastercard",
    "unionpay": "UnionPay",
    "visa": "Visa",
}

# Payment methods' names for people, by Stripe's type (docs.stripe.com/api/payment_methods/object).
METHODS = {
    "alipay": "Alipay",
    "eps": "EPS",
    "grabpay": "GrabPay",
    "ideal": "iDEAL",
    "klarna": "Klarna",
    "link": "Link",
    "p24": "Przelewy24",
    "paynow": "PayNow",
    "sepa_debit": mark("SEPA direct debit"),
    "wechat_pay": "WeChat Pay",
}

# Wallets that hand over a card (docs.stripe.com/api/charges/object, card.wallet.type).
WALLETS = {
    "amex_express_checkout": "Amex Express Checkout",
    "apple_pay": "Apple Pay",
    "google_pay": "Google Pay",
    "link": "Link",
    "masterpass": "Masterpass",
    "samsung_pay": "Samsung Pay",
    "visa_checkout": "Visa Checkout",
}

# Why a card was refused, by Stripe's code, in words for customers. Which of the many reasons behind
# "card_declined" it was is the bank's to tell (docs.stripe.com/declines/codes).
REFUSALS = {
    "card_declined": mark("Your card was declined."),
    "expired_card": mark("Your card has expired."),
    "incorrect_cvc": mark("Your card's security code is incorrect."),
    "incorrect_number": mark("Your card number is incorrect."),
    "payment_intent_authentication_failure": mark("Your bank could not confirm that it was you."),
    "processing_error": mark("An error occurred while your card was being processed."),
}


def method_name(order: Order, words: Words) -> str | None:
    """How the order is or was last paid: "PayNow", "Visa •••• 4242", "Google Pay (Visa •••• 4242)"."""
    if order.payment_method != "card":
        return provider(order, words)
    card = words("Card")
    if order.card_brand and order.card_last4:
        card = f"{BRANDS.get(order.card_brand) or card} •••• {order.card_last4}"
    wallet = WALLETS.get(order.wallet or "")
    return f"{wallet} ({card})" if wallet else card


def provider(order: Order, words: Words) -> str | None:
    """Who asks the customer to approve, "GrabPay"; None where that is the bank of a card."""
    method = order.payment_method
    if method is None or method == "card":
        return None
    return words(METHODS.get(method, method.replace("_", " ").capitalize()))


def failure_sentence(order: Order, words: Words) -> str | None:
    """Why the last attempt failed, as a sentence; None where nothing failed."""
    if order.payment_failure_code is None:
        return None
    if name := provider(order, words):
        return words("%(name)s did not approve the payment.", name=name)
    if sentence := REFUSALS.get(order.payment_failure_code):
        return words(sentence)
    return order.payment_failure or words("The payment was not completed.")
