"""Paying with anything but a card: what a confirmation starts and how what follows ends.

https://docs.stripe.com/testing, and facts of each method in methods.py. attempts.py does cards.
"""

from stripe_sandbox import errors, ibans
from stripe_sandbox.call import Call
from stripe_sandbox.declines import Decline
from stripe_sandbox.errors import StripeError, no_such
from stripe_sandbox.events import STRIPE_ITSELF, emit
from stripe_sandbox.methods import BY_TYPE, Flow
from stripe_sandbox.resources import (
    mandates,
    method_details,
    method_options,
    outcomes,
    payment_attempts,
    payment_methods,
)
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

AUTHORIZE, DELAY, FAIL, EXPIRE = "authorize", "delay", "fail", "expire"
"""What a tester can say on a test payment page."""

_TRY_ANOTHER = (
    "You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent "
    "again."
)
_DEBIT_FAILED = "The customer's bank could not process this debit."


def check_ready(call: Call, intent: StripeObject, method: StripeObject) -> None:
    """Refuse to confirm without what the method needs.

    Raises:
        StripeError: the missing parameter.
    """
    kind, flow = method["type"], BY_TYPE[method["type"]].flow
    missing = method_details.missing_for(method)
    if missing and call.params.get("payment_method_data"):
        missing = f"payment_method_data[{missing.replace('[', '][', 1)}"
    if missing:
        raise errors.missing_parameter(missing)
    if flow in (Flow.REDIRECT, Flow.QR):
        _check_customer_may_act(call, kind)
    if flow == Flow.REDIRECT and not call.params.get("return_url"):
        raise StripeError(
            "A `return_url` must be specified to confirm this PaymentIntent with "
            f"{BY_TYPE[kind].label}, whose customers leave the page.",
            code="parameter_missing",
            param="return_url",
        )
    if flow == Flow.DEBIT:
        mandates.check_accepted(call)
    if kind == "wechat_pay":
        options = method_options.of(intent, kind)
        client = options.get("client")
        if client is None and not call.key.publishable:
            raise errors.missing_parameter("payment_method_options[wechat_pay][client]")
        if client in ("android", "ios") and not options.get("app_id"):
            raise errors.missing_parameter("payment_method_options[wechat_pay][app_id]")


def _check_customer_may_act(call: Call, kind: str) -> None:
    for name in ("off_session", "error_on_requires_action"):
        if call.params.get(name):
            raise StripeError(
                f"{BY_TYPE[kind].label} needs the customer to act, which {name} rules out.",
                code="payment_intent_action_required",
                param=name,
            )


def recall(call: Call, intent: StripeObject) -> None:
    """Take a debit back from the bank, so that its intent can be canceled.

    Raises:
        StripeError: what is processing is no debit, and cannot be recalled.
    """
    sandbox = call.sandbox
    charge = sandbox.store.get("charge", intent["latest_charge"] or "")
    kind = charge["payment_method_details"]["type"] if charge else ""
    if charge is None or BY_TYPE[kind].flow != Flow.DEBIT:
        raise StripeError(
            "You cannot cancel this PaymentIntent because it has a status of processing, and its payment "
            "method cannot be recalled.",
            code="payment_intent_unexpected_state",
            objects={"payment_intent": dict(intent)},
        )
    charge |= {"amount_captured": 0, "captured": False, "status": "failed"}
    charge["failure_message"] = "The debit was recalled before it reached the bank."
    sandbox.store.save("charge", charge)
    emit(sandbox, "charge.failed", charge, call.cause)


def start(call: Call, intent: StripeObject, method: StripeObject) -> None:
    """Confirm `intent` with `method`; the intent is changed, saved and told about."""
    sandbox = call.sandbox
    kind = BY_TYPE[method["type"]]
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if kind.flow == Flow.SHEET or payment_attempts.passed_earlier(sandbox, intent, method):
        outcomes.paid(sandbox, intent, method, call.cause)
    elif kind.flow == Flow.DEBIT:
        _debit(call, intent, method)
    else:
        due = sandbox.now() + kind.expires_after if kind.expires_after else None
        attempt = payment_attempts.begin(
            sandbox, intent, method, return_url=call.params.get("return_url"), due=due
        )
        intent |= {
            "status": "requires_action",
            "next_action": payment_attempts.next_action(sandbox, intent, attempt),
        }
        sandbox.store.save("payment_intent", intent)
        emit(sandbox, "payment_intent.requires_action", intent, call.cause)
        _plan(sandbox, attempt)


def answer(sandbox: Sandbox, attempt_id: str, said: str) -> StripeObject:
    """The tester pressed a button of the test payment page: move the intent on, once, and give it.

    Raises:
        StripeError: no such attempt. An attempt that is over already changes nothing.
    """
    attempt, intent, method = _found(sandbox, attempt_id)
    if attempt["state"] != "open" or not payment_attempts.is_current(intent, attempt):
        return intent
    if said == AUTHORIZE:
        _authorize(sandbox, attempt, intent, method)
    elif said == DELAY:
        _answer_later(sandbox, attempt, intent, method)
    elif said == FAIL:
        payment_attempts.move(sandbox, attempt, "failed")
        outcomes.failed(sandbox, intent, _refusal(sandbox, intent, method))
    else:
        _expire(sandbox, attempt, intent, method)
    sandbox.store.commit()
    return intent


def held(sandbox: Sandbox) -> list[StripeObject]:
    """The attempts whose customers said yes while a test keeps the answer back."""
    return [
        attempt for attempt in sandbox.store.oldest_first("payment_attempt") if attempt["state"] == "held"
    ]


def release_held(sandbox: Sandbox) -> int:
    """Let the held attempts succeed, hold no more, and say how many there were."""
    sandbox.control.hold_payments = None
    waiting = held(sandbox)
    for attempt in waiting:
        _finish(sandbox, attempt["id"])
    sandbox.store.commit()
    return len(waiting)


def take_up(sandbox: Sandbox) -> None:
    """Plan again what a stopped sandbox had planned."""
    for attempt in list(sandbox.store.oldest_first("payment_attempt")):
        if attempt["due"] is not None:
            _plan(sandbox, attempt)


def _authorize(sandbox: Sandbox, attempt: StripeObject, intent: StripeObject, method: StripeObject) -> None:
    hold = sandbox.control.hold_payments
    if hold:
        payment_attempts.move(sandbox, attempt, "held")
        if hold == "processing":
            outcomes.processing(sandbox, intent, method, STRIPE_ITSELF)
    elif intent["confirmation_method"] == "manual":
        payment_attempts.move(sandbox, attempt, "authorized")
        intent |= {"status": "requires_confirmation", "next_action": None}
        sandbox.store.save("payment_intent", intent)
    else:
        payment_attempts.move(sandbox, attempt, "succeeded")
        outcomes.paid(sandbox, intent, method, STRIPE_ITSELF)


def _answer_later(
    sandbox: Sandbox, attempt: StripeObject, intent: StripeObject, method: StripeObject
) -> None:
    outcomes.processing(sandbox, intent, method, STRIPE_ITSELF)
    payment_attempts.move(sandbox, attempt, "processing", sandbox.now() + ibans.DELAY_SECONDS)
    _plan(sandbox, attempt)


def _debit(call: Call, intent: StripeObject, method: StripeObject) -> None:
    sandbox = call.sandbox
    _, hidden = payment_methods.card_behind(sandbox, method["id"])
    mandate = mandates.accept(call, intent, method)
    outcomes.processing(sandbox, intent, method, call.cause, mandate=mandate["id"])
    payment_methods.remember(sandbox, method["id"], used=True)
    seconds = ibans.DELAY_SECONDS if hidden.get("delayed") else 0
    attempt = payment_attempts.begin(
        sandbox, intent, method, return_url=None, state="processing", due=sandbox.now() + seconds
    )
    _plan(sandbox, attempt)


def _plan(sandbox: Sandbox, attempt: StripeObject) -> None:
    """Let the attempt end by itself when it is due; a debit stays in `processing` for a moment at least."""
    wait = attempt["due"] - sandbox.now() if attempt["due"] is not None else None
    if wait is not None:
        sandbox.later(max(wait, sandbox.settling_seconds), _fall_due, sandbox, attempt["id"], attempt["due"])


def _fall_due(sandbox: Sandbox, attempt_id: str, due: int) -> None:
    """Carry a plan out, unless the attempt has moved on meanwhile and has another end or none."""
    attempt, _, _ = _found(sandbox, attempt_id)
    if attempt["due"] == due:
        _finish(sandbox, attempt_id)


def _finish(sandbox: Sandbox, attempt_id: str) -> None:
    attempt, intent, method = _found(sandbox, attempt_id)
    if attempt["state"] == "open":
        if payment_attempts.is_current(intent, attempt):
            _expire(sandbox, attempt, intent, method)
    elif intent["status"] == "requires_action" and payment_attempts.is_current(intent, attempt):
        payment_attempts.move(sandbox, attempt, "succeeded")
        outcomes.paid(sandbox, intent, method, STRIPE_ITSELF)
    elif intent["status"] == "processing" and attempt["state"] in ("processing", "held"):
        _settle(sandbox, attempt, intent, method)


def _settle(sandbox: Sandbox, attempt: StripeObject, intent: StripeObject, method: StripeObject) -> None:
    charge = sandbox.store.get("charge", intent["latest_charge"])
    if charge is None:
        raise LookupError(f"{intent['id']} is processing without a charge")
    _, hidden = payment_methods.card_behind(sandbox, method["id"])
    if hidden.get("outcome") == "fails":
        payment_attempts.move(sandbox, attempt, "failed")
        reason = Decline(hidden["reason"], None, _DEBIT_FAILED)
        outcomes.bounced(sandbox, intent, method, charge, reason)
        return
    payment_attempts.move(sandbox, attempt, "succeeded")
    outcomes.arrived(sandbox, intent, method, charge, STRIPE_ITSELF)


def _expire(sandbox: Sandbox, attempt: StripeObject, intent: StripeObject, method: StripeObject) -> None:
    payment_attempts.move(sandbox, attempt, "expired")
    error = StripeError(
        f"The {BY_TYPE[method['type']].label} payment attempt of this PaymentIntent has expired. "
        f"{_TRY_ANOTHER}",
        status=402,
        type="card_error",
        code="payment_intent_payment_attempt_expired",
        objects={"payment_method": dict(method)},
    )
    outcomes.failed(sandbox, intent, error)


def _refusal(sandbox: Sandbox, intent: StripeObject, method: StripeObject) -> StripeError:
    """The provider said no: a failed charge, and the error that the intent keeps."""
    message = f"The {BY_TYPE[method['type']].label} payment was not approved. {_TRY_ANOTHER}"
    code = "payment_intent_payment_attempt_failed"
    charge = outcomes.refused_charge(sandbox, intent, method, Decline(code, None, message))
    return StripeError(message, code=code, objects={"charge": charge["id"], "payment_method": dict(method)})


def _found(sandbox: Sandbox, attempt_id: str) -> tuple[StripeObject, StripeObject, StripeObject]:
    attempt = sandbox.store.get("payment_attempt", attempt_id)
    intent = sandbox.store.get("payment_intent", attempt["payment_intent"]) if attempt else None
    method = sandbox.store.get("payment_method", attempt["payment_method"]) if attempt else None
    if attempt is None or intent is None or method is None:
        raise no_such("payment_attempt", attempt_id, "payment_attempt")
    return attempt, intent, method
