"""Names and sentences for how an order is paid: Stripe's words in, words for customers out.

`words` is the reader's gettext.
"""

from collections.abc import Callable

from bookshop.languages import mark
from bookshop.orders import Order
from bookshop.web.order_scenes import TIMED_OUT

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

# The methods in which nobody but the customer's own bank is asked.
BANKS = frozenset({"acss_debit", "au_becs_debit", "bacs_debit", "card", "sepa_debit", "us_bank_account"})

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
    "insufficient_funds": mark("Your card has insufficient funds."),
    "payment_intent_authentication_failure": mark("Your bank could not confirm that it was you."),
    "processing_error": mark("An error occurred while your card was being processed."),
}


def method_name(order: Order, words: Words) -> str | None:
    """How the order is or was last paid: "PayNow", "Visa •••• 4242", "Google Pay (Visa •••• 4242)"."""
    method = order.payment_method
    if method is None:
        return None
    if method != "card":
        return words(_named(method))
    card = words("Card")
    if order.card_brand and order.card_last4:
        card = f"{BRANDS.get(order.card_brand) or card} •••• {order.card_last4}"
    wallet = WALLETS.get(order.wallet or "")
    return f"{wallet} ({card})" if wallet else card


def provider(order: Order, words: Words) -> str | None:
    """Who asks the customer to approve, "GrabPay"; None where that is the customer's own bank."""
    method = order.payment_method
    return words(_named(method)) if method and method not in BANKS else None


def failure_sentence(order: Order, words: Words) -> str | None:
    """Why the last attempt failed, as a sentence; None where nothing failed."""
    if order.payment_failure_code is None:
        return None
    if name := provider(order, words):
        if order.payment_failure_code == TIMED_OUT:
            return words("%(name)s had no approval from you in time.", name=name)
        return words("%(name)s did not approve the payment.", name=name)
    if sentence := REFUSALS.get(order.payment_failure_code):
        return words(sentence)
    return order.payment_failure or words("The payment was not completed.")


def _named(method: str) -> str:
    return METHODS.get(method, method.replace("_", " ").capitalize())
