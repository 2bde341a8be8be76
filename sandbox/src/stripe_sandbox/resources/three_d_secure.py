"""3-D Secure: the challenge that a bank puts to its customer, inside the page or on a page of its own.

The next action's fields and the object that Stripe.js reads are undocumented; their shapes follow what
Stripe's own mobile test fixtures and browser tests show. The challenge itself is a page of the browser part,
which calls `payment_intents.finish_authentication`.
"""

from typing import Any
from uuid import uuid4

from stripe_sandbox.cards import Authentication, Card
from stripe_sandbox.ids import plain_id
from stripe_sandbox.resources import method_options, payment_methods
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject

_DIRECTORY_SERVERS = {"visa": "visa", "mastercard": "mastercard", "amex": "american_express"}
_TRANS_STATUS = {"challenge_required": "C", "succeeded": "Y", "failed": "N"}


def next_action(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    *,
    in_page: bool,
    return_url: str | None,
    captcha: bool = False,
) -> dict[str, Any]:
    """Open a challenge, reached in the page by `use_stripe_sdk` or elsewhere by `redirect_to_url`.

    With `captcha` it is not the bank's, but Stripe's own: is the customer human? That one is always in the
    page.
    """
    source = _source(sandbox, intent, method, return_url=return_url, captcha=captcha)
    if captcha:
        return _captcha(sandbox, source)
    if not in_page:
        url = f"{sandbox.public_url}/3d_secure_2/hosted?source={source['id']}"
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": url}}
    return {
        "type": "use_stripe_sdk",
        "use_stripe_sdk": {
            "type": "stripe_3ds2_fingerprint",
            "merchant": sandbox.account.id,
            "three_d_secure_2_source": source["id"],
            "directory_server_name": _DIRECTORY_SERVERS.get(method["card"]["brand"], "visa"),
            "directory_server_encryption": {
                "algorithm": "RSA",
                "certificate": "",
                "directory_server_id": "A000000003",
                "key_id": "",
                "root_certificate_authorities": [],
            },
            "one_click_authn": None,
            "server_transaction_id": source["transaction"],
            "three_ds_method_url": "",
            "three_ds_optimizations": "k",
        },
    }


def _source(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    *,
    return_url: str | None,
    captcha: bool,
) -> StripeObject:
    source: StripeObject = {
        "id": plain_id("src"),
        "payment_intent": None,
        "setup_intent": None,
        intent["object"]: intent["id"],
        "payment_method": method["id"],
        "return_url": return_url,
        "captcha": captcha,
        "state": "challenge_required",
        "transaction": _transaction_id(),
        "created": sandbox.now(),
    }
    sandbox.store.save("three_d_secure_source", source)
    return source


def _captcha(sandbox: Sandbox, source: StripeObject) -> dict[str, Any]:
    """What Stripe.js gets in place of a bank's challenge; of its fields only the names are known."""
    asked = {
        "captcha_vendor_name": "hcaptcha",
        "site_key": "10000000-ffff-ffff-ffff-000000000001",
        "verification_url": f"{sandbox.public_url}/3ds2/challenge/{source['id']}",
    }
    return {
        "type": "use_stripe_sdk",
        "use_stripe_sdk": {"type": "intent_confirmation_challenge", "stripe_js": asked},
    }


def intent_of(sandbox: Sandbox, source: StripeObject) -> StripeObject | None:
    """The PaymentIntent or SetupIntent that a challenge, or an attempt to pay elsewhere, is about."""
    if source.get("setup_intent"):
        return sandbox.store.get("setup_intent", source["setup_intent"])
    return sandbox.store.get("payment_intent", source["payment_intent"])


def is_current(intent: StripeObject, source_id: str) -> bool:
    """Tell whether the intent still waits for this very challenge; a new confirmation starts another."""
    action = intent["next_action"] or {}
    for_sdk = action.get("use_stripe_sdk", {})
    in_page = for_sdk.get("three_d_secure_2_source")
    captcha = str(for_sdk.get("stripe_js", {}).get("verification_url", ""))
    redirect = str(action.get("redirect_to_url", {}).get("url", ""))
    if intent["status"] != "requires_action":
        return False
    return (
        bool(in_page == source_id) or redirect.endswith(f"={source_id}") or captcha.endswith(f"/{source_id}")
    )


def authenticated_earlier(
    sandbox: Sandbox, intent: StripeObject, method: StripeObject
) -> dict[str, Any] | None:
    """With manual confirmation the server confirms again after a passed challenge, which then counts."""
    if intent["confirmation_method"] != "manual":
        return None
    newest = next(
        (
            source
            for source in sandbox.store.newest_first("three_d_secure_source")
            if source["payment_intent"] == intent["id"] and source["payment_method"] == method["id"]
        ),
        None,
    )
    card, _ = payment_methods.card_behind(sandbox, method["id"])
    return passed(card) if newest and newest["state"] == "succeeded" else None


def passed(card: Card) -> dict[str, Any]:
    """The charge's `three_d_secure` after a passed authentication."""
    flow = "frictionless" if card.authentication == Authentication.FRICTIONLESS else "challenge"
    return _result("authenticated", flow, "05")


def result_without_challenge(card: Card, intent: StripeObject) -> dict[str, Any] | None:
    """The charge's `three_d_secure` when nothing was asked: null unless 3-D Secure was wanted by somebody."""
    asked = method_options.of(intent, "card").get("request_three_d_secure")
    if card.authentication == Authentication.FRICTIONLESS:
        return passed(card)
    if asked not in ("any", "challenge") or card.authentication == Authentication.NOT_SUPPORTED:
        return None
    if card.authentication == Authentication.LOOKUP_ERROR:
        return _result("processing_error", None, None, "protocol_error")
    return _result("attempt_acknowledged", "frictionless", "06")


def state(sandbox: Sandbox, source: StripeObject) -> StripeObject:
    """The `three_d_secure_2` object that Stripe.js reads: its state, and where the bank's page is."""
    now = source["state"]
    return {
        "id": f"threeds2_{source['id'].removeprefix('src_')}",
        "object": "three_d_secure_2",
        "ares": {
            "acsChallengeMandated": "Y" if now == "challenge_required" else "N",
            "acsTransID": source["transaction"],
            "acsURL": f"{sandbox.public_url}/3ds2/challenge/{source['id']}",
            "messageType": "ARes",
            "messageVersion": "2.2.0",
            "threeDSServerTransID": source["transaction"],
            "transStatus": _TRANS_STATUS[now],
        },
        "created": source["created"],
        "error": None,
        "fallback_redirect_url": None,
        "livemode": False,
        "source": source["id"],
        "state": now,
    }


def _result(
    result: str, flow: str | None, indicator: str | None, reason: str | None = None
) -> dict[str, Any]:
    return {
        "authentication_flow": flow,
        "electronic_commerce_indicator": indicator,
        "exemption_indicator": None,
        "result": result,
        "result_reason": reason,
        "transaction_id": _transaction_id(),
        "version": "2.2.0",
    }


def _transaction_id() -> str:
    return str(uuid4())
