"""WebhookEndpoints. https://docs.stripe.com/api/webhook_endpoints. The secret is shown once, on creation."""

from urllib.parse import urlsplit

from stripe_sandbox import errors, versions
from stripe_sandbox.call import Call
from stripe_sandbox.errors import StripeError
from stripe_sandbox.metadata import merged
from stripe_sandbox.pagination import page
from stripe_sandbox.store import StripeObject
from stripe_sandbox.webhook_messages import new_endpoint, new_secret

_MOST_ENDPOINTS = 16
_NOUN = "webhook endpoint"


def create(call: Call) -> StripeObject:
    params, sandbox = call.params, call.sandbox
    if params.get("connect"):
        raise errors.not_imitated("Connect webhooks (connect)")
    _check_url(params["url"])
    if sandbox.store.count("webhook_endpoint") >= _MOST_ENDPOINTS:
        raise StripeError(f"You have reached the maximum of {_MOST_ENDPOINTS} test webhook endpoints.")
    endpoint = new_endpoint(
        sandbox,
        url=params["url"],
        enabled_events=params["enabled_events"],
        description=params.get("description") or None,
    )
    endpoint["metadata"] = merged(None, params.get("metadata"))
    endpoint["api_version"] = params.get("api_version")
    if endpoint["api_version"] and not versions.is_version(endpoint["api_version"]):
        raise errors.invalid_parameter(
            f"Invalid Stripe API version: {endpoint['api_version']}", "api_version"
        )
    secret = new_secret()
    sandbox.store.save("webhook_secret", {"id": endpoint["id"], "secret": secret})
    sandbox.store.save("webhook_endpoint", endpoint)
    return endpoint | {"secret": secret}


def retrieve(call: Call) -> StripeObject:
    return call.find("webhook_endpoint", noun=_NOUN)


def list_all(call: Call) -> StripeObject:
    return page(call, "webhook_endpoint")


def update(call: Call) -> StripeObject:
    endpoint = call.find("webhook_endpoint", noun=_NOUN)
    params = call.params
    if "url" in params:
        _check_url(params["url"])
        endpoint["url"] = params["url"]
    if "enabled_events" in params:
        endpoint["enabled_events"] = params["enabled_events"]
    if "description" in params:
        endpoint["description"] = params["description"] or None
    if "disabled" in params:
        before, endpoint["status"] = endpoint["status"], "disabled" if params["disabled"] else "enabled"
        if before != endpoint["status"] == "enabled":
            call.sandbox.webhooks.resume(endpoint["id"])
    endpoint["metadata"] = merged(endpoint["metadata"], params.get("metadata"))
    call.sandbox.store.save("webhook_endpoint", endpoint)
    return endpoint


def delete(call: Call) -> StripeObject:
    endpoint = call.find("webhook_endpoint", noun=_NOUN)
    call.sandbox.store.remove("webhook_endpoint", endpoint["id"])
    call.sandbox.store.remove("webhook_secret", endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise StripeError(
            "Invalid URL: An explicit scheme (such as https) must be provided.",
            code="url_invalid",
            param="url",
        )
