"""Both official SDKs call every endpoint; what the Python one gets is judged by Stripe's own shapes."""

import json
import subprocess
import sys
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import stripe

from every_endpoint import PLAN
from stripe_sandbox.process import RunningSandbox
from stripe_sandbox.routes import ROUTES, find_route

# Called by pages alone.
_PAGES = ("/v1/3ds2/", "/v1/elements/", "/v1/confirmation_tokens")


def test_python(sandbox: RunningSandbox, client: stripe.StripeClient) -> None:
    """`StripeClient` follows the plan to its end."""
    answers: dict[str, Any] = {"sandbox": sandbox.address}
    for name, ids, params, answer_name in PLAN:
        arguments = [resolved(answers, item) for item in ids]
        body = resolved(answers, params)
        if name == "http":
            httpx.request(*arguments, json=body)
            continue
        method = reduce(getattr, name.split("."), client.v1)
        answer = method(*arguments, body) if body is not None else method(*arguments)
        if answer_name:
            answers[answer_name] = answer.to_dict()
    assert not_called(sandbox) == set()


def test_node(sandbox: RunningSandbox) -> None:
    """So does Stripe's Node SDK."""
    address = urlsplit(sandbox.address)
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("node")),
            str(Path(__file__).with_name("every_endpoint.mjs")),
            str(address.hostname),
            str(address.port),
        ],
        input=json.dumps(PLAN),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert not_called(sandbox) == set()


def resolved(answers: dict[str, Any], value: Any) -> Any:
    if isinstance(value, dict):
        return {name: resolved(answers, inner) for name, inner in value.items()}
    if not isinstance(value, str) or not value.startswith("$"):
        return value
    reference, slash, rest = value[1:].partition("/")
    found: Any = answers
    for name in reference.split("."):
        found = found[int(name)] if name.isdecimal() else found[name]
    return f"{found}{slash}{rest}" if slash else found


def not_called(sandbox: RunningSandbox) -> set[tuple[str, str]]:
    """The endpoints for secret keys that never answered 200."""
    done = [
        find_route(request["method"], request["path"])[0]
        for request in sandbox.switch("GET", "requests")["requests"]
        if request["status"] == 200
    ]
    wanted = {
        (route.method, route.path)
        for route in ROUTES
        if not (route.publishable and route.path.startswith(_PAGES))
    }
    assert len(wanted) > 70
    return wanted - {(route.method, route.path) for route in done}
