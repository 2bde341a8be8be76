"""Which words and picture an order's facts call for, on its page and for the script that follows it."""

from typing import Literal

OrderState = Literal["awaiting_payment", "processing", "paid", "shipped", "canceled", "expired"]
OrderScene = Literal[
    "waiting",
    "scanning",
    "authorising",
    "on_its_way",
    "held",
    "paid",
    "shipped",
    "failed",
    "code_expired",
    "canceled",
    "expired",
    "under_review",
    "given_back",
]

# Next actions in which the customer scans a code with another device (docs.stripe.com/api, next_action).
CODE = "_display_qr_code"

# The methods that are always paid by such a code.
CODES = frozenset({"paynow", "pix", "promptpay", "wechat_pay"})

# Stripe's word for an attempt that nobody finished in time.
TIMED_OUT = "payment_intent_payment_attempt_expired"


def scene_of(
    state: OrderState,
    *,
    payment_status: str | None,
    next_action: str | None,
    failure_code: str | None,
    method: str | None,
    is_under_review: bool,
    is_given_back: bool,
) -> OrderScene:
    """All but `state` are Stripe's words, None where there is none.

    Under review is an order whose money came in another way than asked for. It is given back, by rule; where
    that cannot be, it waits for a person.
    """
    match state:
        case "paid" | "shipped":
            return state
        case _ if is_under_review:
            return "given_back" if is_given_back else "under_review"
        case "canceled" | "expired":
            return state
        case "processing":
            return "on_its_way"
        case _:
            return _open_scene(payment_status, next_action, failure_code, method)


def _open_scene(
    payment_status: str | None, next_action: str | None, failure_code: str | None, method: str | None
) -> OrderScene:
    match payment_status:
        case "requires_action":
            return "scanning" if (next_action or "").endswith(CODE) else "authorising"
        case "requires_capture":
            return "held"
        case "processing" | "succeeded":
            return "on_its_way"
        case _ if failure_code:
            return "code_expired" if failure_code == TIMED_OUT and method in CODES else "failed"
        case _:
            return "waiting"
