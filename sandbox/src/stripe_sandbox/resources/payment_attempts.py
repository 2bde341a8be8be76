"""An attempt to pay with a method that needs its provider's page or a scanned code.

https://docs.stripe.com/testing: test mode shows a "test payment page" in the provider's place, where the
tester decides. An attempt, `payatt_…`, is an object of our own shape; its page is the browser part's.

    open ──authorize──▶ succeeded, or held while a test keeps the provider's answer back
     │                                   │ released
     ├──delay──▶ processing ──later──▶ succeeded
     ├──fail──▶ failed
     └──expire, or an hour goes by──▶ expired
"""

from typing import Any

from stripe_sandbox import qr_codes
from stripe_sandbox.ids import alphanumeric, plain_id
from stripe_sandbox.methods import BY_TYPE, Flow
from stripe_sandbox.resources import method_options
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import StripeObject


def begin(
    sandbox: Sandbox,
    intent: StripeObject,
    method: StripeObject,
    *,
    return_url: str | None,
    state: str = "open",
    due: int | None = None,
) -> StripeObject:
    """A new attempt; `due` (unix seconds of the sandbox's clock) is when it ends by itself."""
    attempt: StripeObject = {
        "id": plain_id("payatt"),
        "payment_intent": intent["id"],
        "payment_method": method["id"],
        "type": method["type"],
        "return_url": return_url,
        "state": state,
        "created": sandbox.now(),
        "due": due,
    }
    sandbox.store.save("payment_attempt", attempt)
    return attempt


def move(sandbox: Sandbox, attempt: StripeObject, state: str, due: int | None = None) -> None:
    attempt |= {"state": state, "due": due}
    sandbox.store.save("payment_attempt", attempt)


def next_action(sandbox: Sandbox, intent: StripeObject, attempt: StripeObject) -> dict[str, Any]:
    """What the page or server must do for the customer to get there.

    Shapes: https://docs.stripe.com/payments/paynow/accept-a-payment and the other methods' pages. In test
    mode what the code says is the address of the test payment page.
    """
    url = f"{sandbox.public_url}/test_payment/{attempt['id']}"
    kind = attempt["type"]
    if kind == "alipay":
        name = "alipay_handle_redirect"
        shown = {"native_data": None, "native_url": None, "return_url": attempt["return_url"], "url": url}
    elif BY_TYPE[kind].flow == Flow.REDIRECT:
        name = "redirect_to_url"
        shown = {"return_url": attempt["return_url"], "url": url}
    elif kind == "wechat_pay" and _client(intent) in ("android", "ios"):
        name, shown = _in_app(intent, attempt, url)
    else:
        name = f"{kind}_display_qr_code"
        shown = {
            "data": url,
            "hosted_instructions_url": f"{url}/instructions",
            "image_url_png": f"{url}.png",
            "image_url_svg": f"{url}.svg",
        }
        if kind == "wechat_pay":
            shown["image_data_url"] = qr_codes.data_url(url)
    return {name: shown, "type": name}


def is_current(intent: StripeObject, attempt: StripeObject) -> bool:
    """Tell whether the intent still waits for this very attempt; a new confirmation starts another."""
    action = intent["next_action"] or {}
    shown = action.get(action.get("type"), {})
    address = str(shown.get("url") or shown.get("data") or shown.get("native_url") or "")
    waits = address.endswith(f"/{attempt['id']}") or shown.get("prepay_id") == attempt["id"]
    return intent["status"] == "requires_action" and waits


def passed_earlier(sandbox: Sandbox, intent: StripeObject, method: StripeObject) -> bool:
    """With manual confirmation the server confirms again after the customer's yes, which then counts."""
    if intent["confirmation_method"] != "manual":
        return False
    return any(
        attempt["payment_method"] == method["id"] and attempt["state"] == "authorized"
        for attempt in sandbox.store.related("payment_attempt", "payment_intent", intent["id"])
    )


def _client(intent: StripeObject) -> str | None:
    return method_options.of(intent, "wechat_pay").get("client")


def _in_app(intent: StripeObject, attempt: StripeObject, url: str) -> tuple[str, dict[str, Any]]:
    """What WeChat's own kit needs inside the shop's app; a tester finds the test payment page by it.

    On a real phone these open WeChat. Here `native_url` is the test payment page, and `prepay_id` names the
    attempt that stands in its address.
    """
    if _client(intent) == "ios":
        return "wechat_pay_redirect_to_ios_app", {"native_url": url}
    app = intent["payment_method_options"]["wechat_pay"]["app_id"]
    return "wechat_pay_redirect_to_android_app", {
        "app_id": app,
        "nonce_str": alphanumeric(32),
        "package": "Sign=WXPay",
        "partner_id": "1000000001",
        "prepay_id": attempt["id"],
        "sign": alphanumeric(32).upper(),
        "timestamp": str(attempt["created"]),
    }
