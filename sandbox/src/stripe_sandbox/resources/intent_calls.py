"""What calls about PaymentIntents and SetupIntents have in common: who may make them, what they must say."""

from stripe_sandbox import errors
from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.store import StripeObject

NOUNS = {"payment_intent": "PaymentIntent", "setup_intent": "SetupIntent"}


def check_client_secret(call: Call, intent: StripeObject) -> None:
    """A page must know the intent's secret; a server need not say it, but may not say another.

    Raises:
        StripeError: it is missing or wrong.
    """
    given = call.params.get("client_secret")
    if given is None and call.key.publishable:
        raise errors.missing_parameter("client_secret")
    if given is not None and given != intent["client_secret"]:
        raise StripeError(
            "The client_secret provided does not match the client_secret associated with the "
            f"{NOUNS[intent['object']]}.",
            param="client_secret",
        )


def check_only_with_confirm(call: Call, noun: str, names: tuple[str, ...]) -> None:
    """Refuse what makes sense only when the intent is confirmed as it is created.

    Raises:
        StripeError: one of `names` is there though `confirm` is not.
    """
    if call.params.get("confirm"):
        return
    for name in names:
        if name in call.params:
            raise StripeError(
                f"The parameter {name} cannot be passed when creating a {noun} unless confirm is set to "
                "true.",
                param=name,
            )


def check_return_url(call: Call, intent: StripeObject) -> None:
    """Automatic methods may redirect, so Stripe wants to know where to, also for a card that never does.

    Raises:
        StripeError: `return_url` is missing.
    """
    automatic = intent["automatic_payment_methods"]
    if not automatic or not automatic["enabled"] or automatic.get("allow_redirects") == "never":
        return
    if call.params.get("return_url") or call.params.get("off_session") or call.params.get("use_stripe_sdk"):
        return
    noun = "Payment Intent" if intent["object"] == "payment_intent" else "Setup Intent"
    raise StripeError(
        f"A `return_url` must be specified because this {noun} is configured to automatically accept "
        "the payment methods enabled in the Dashboard, some of which may require a full page redirect to "
        "succeed. If you do not want to accept redirect-based payment methods, set "
        "`automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to "
        "`never` when creating Setup Intents and Payment Intents.",
        param="return_url",
        objects={intent["object"]: dict(intent)},
    )
