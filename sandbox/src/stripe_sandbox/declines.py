"""Why banks refuse cards, and Stripe before them. Source: https://docs.stripe.com/declines/codes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a bank, or Radar before or after it, refuses; `message` is fit for the customer's eyes.

    `rule` is Radar's that blocked the payment, None where the bank refused; `after_approval`: the bank had
    said yes.
    """

    code: str
    decline_code: str | None
    message: str
    param: str | None = None
    advice_code: str | None = None
    rule: str | None = None
    after_approval: bool = False


_GENERIC = "Your card was declined."

GENERIC_DECLINE = Decline("card_declined", "generic_decline", _GENERIC, advice_code="try_again_later")
INSUFFICIENT_FUNDS = Decline(
    "card_declined", "insufficient_funds", "Your card has insufficient funds.", advice_code="try_again_later"
)
LOST_CARD = Decline("card_declined", "lost_card", _GENERIC, advice_code="do_not_try_again")
STOLEN_CARD = Decline("card_declined", "stolen_card", _GENERIC, advice_code="do_not_try_again")
EXPIRED_CARD = Decline("expired_card", None, "Your card has expired.", "exp_month", "do_not_try_again")
INCORRECT_CVC = Decline(
    "incorrect_cvc", None, "Your card's security code is incorrect.", "cvc", "confirm_card_data"
)
PROCESSING_ERROR = Decline(
    "processing_error",
    None,
    "An error occurred while processing your card. Try again in a little bit.",
    advice_code="try_again_later",
)
VELOCITY = Decline(
    "card_declined",
    "card_velocity_exceeded",
    "Your card was declined for making repeated attempts too frequently or exceeding its amount limit.",
    advice_code="try_again_later",
)
BLOCKED = Decline(
    "card_declined", "fraudulent", _GENERIC, advice_code="do_not_try_again", rule="block_if_high_risk"
)
BLOCKED_BY_THRESHOLD = Decline(
    "card_declined",
    "fraudulent",
    _GENERIC,
    advice_code="do_not_try_again",
    rule="block_if_above_dynamic_threshold",
)
BLOCKED_FOR_CVC = Decline(
    "incorrect_cvc",
    "incorrect_cvc",
    "Your card's security code is incorrect.",
    "cvc",
    "confirm_card_data",
    rule="block_if_incorrect_cvc",
    after_approval=True,
)
BLOCKED_FOR_POSTAL_CODE = Decline(
    "incorrect_zip",
    "incorrect_zip",
    "The postal code you supplied failed validation.",
    "address_zip",
    "confirm_card_data",
    rule="block_if_incorrect_zip",
    after_approval=True,
)
REAL_CARD = Decline(
    "card_declined",
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test card. For a list of valid "
    "test cards, visit: https://stripe.com/docs/testing.",
)
AUTHENTICATION_REQUIRED = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
)
