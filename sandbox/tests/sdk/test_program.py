"""The program itself: its options, its file, its start and end."""

import resource
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from stripe_sandbox.process import RunningSandbox, running_sandbox
from webhook_receiver import Receiver

PARAMS: Any = {"amount": 2300, "currency": "sgd"}
PAID: Any = {
    **PARAMS,
    "confirm": True,
    "payment_method": "pm_card_visa",
    "return_url": "https://shop.example",
}


def test_it_is_ready_at_once_and_stops_politely() -> None:
    """Little work from command to announcement, however busy the machine; status 0 at the end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with running_sandbox() as sandbox:
        assert sandbox.lines[0] == f"stripe-sandbox listening on {sandbox.address}"
        assert f"dashboard: {sandbox.address}/dashboard" in sandbox.lines
        assert sandbox.stop() == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 2.5


def test_a_taken_port_is_a_sentence(client_for: Callable[..., stripe.StripeClient]) -> None:
    """No traceback, exit status 1, and the running one is not disturbed."""
    with running_sandbox() as sandbox:
        port = sandbox.address.rpartition(":")[2]
        second = subprocess.run(
            [sys.executable, "-m", "stripe_sandbox", "--port", port],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert second.returncode == 1
        assert second.stderr.startswith(f"stripe-sandbox: cannot listen on 127.0.0.1:{port}")
        assert "Traceback" not in second.stderr
        assert client_for(sandbox).v1.payment_intents.create(PARAMS).id


def test_idle_connections_shut_nobody_out(sandbox: RunningSandbox) -> None:
    """Three hundred clients keep their connections open, as web servers do, and all are heard."""
    host, port = sandbox.address.removeprefix("http://").split(":")
    with ExitStack() as stack:
        for _ in range(300):
            kept = stack.enter_context(closing(HTTPConnection(host, int(port), timeout=10)))
            kept.request("GET", "/_sandbox/health")
            assert kept.getresponse().read()


def test_what_was_answered_survives_a_kill(
    tmp_path: Path, client_for: Callable[..., stripe.StripeClient]
) -> None:
    """kill -9 right after an answer: the next run knows the intent, the key and the order of things."""
    state = ("--state", str(tmp_path / "deep" / "sandbox.db"))
    with running_sandbox(*state) as first:
        client = client_for(first)
        created = [client.v1.payment_intents.create(PARAMS, {"idempotency_key": f"o-{n}"}) for n in range(5)]
        first.kill()
    with running_sandbox(*state) as second:
        client = client_for(second)
        listed = client.v1.payment_intents.list().data
        assert [intent.id for intent in listed] == [intent.id for intent in created[::-1]]
        assert client.v1.payment_intents.create(PARAMS, {"idempotency_key": "o-0"}).id == created[0].id
        confirm: Any = {"payment_method": "pm_card_visa", "return_url": "https://shop.example"}
        assert client.v1.payment_intents.confirm(created[0].id, confirm).status == "succeeded"


def test_an_interrupted_story_goes_on(
    tmp_path: Path, client_for: Callable[..., stripe.StripeClient], receiver: Receiver
) -> None:
    """Deliveries not yet taken and charges not yet settled when it was killed are taken up again."""
    options = ("--state", str(tmp_path / "sandbox.db"), "--webhook", receiver.url)
    receiver.answers.extend([500] * 3)
    with running_sandbox(*options) as first:
        client_for(first).v1.payment_intents.create(PAID)
        receiver.wait_for(1)
        first.kill()
    with running_sandbox(*options) as second:
        for event_type in ("payment_intent.created", "charge.succeeded", "payment_intent.succeeded"):
            receiver.wait_for_type(event_type)
        receiver.wait_for_type("charge.updated")
        charge = client_for(second).v1.charges.list().data[0]
        assert charge.balance_transaction
        assert len(client_for(second).v1.webhook_endpoints.list().data) == 1


def test_given_endpoints_follow_the_options(
    tmp_path: Path, client_for: Callable[..., stripe.StripeClient], receiver: Receiver
) -> None:
    """The same URL keeps its secret over a restart; one no longer given is gone."""
    state = ("--state", str(tmp_path / "sandbox.db"))
    gone = "http://127.0.0.1:9/gone"
    with running_sandbox(*state, "--webhook", receiver.url, "--webhook", gone) as first:
        secrets = [line for line in first.lines if line.startswith("webhooks: ")]
    with running_sandbox(*state, "--webhook", receiver.url) as second:
        assert [line for line in second.lines if line.startswith("webhooks: ")] == secrets[:1]
        assert [one.url for one in client_for(second).v1.webhook_endpoints.list().data] == [receiver.url]


def test_no_card_number_or_key_reaches_the_file(
    tmp_path: Path, client_for: Callable[..., stripe.StripeClient]
) -> None:
    """Real cards typed by mistake must not be kept: only test cards' numbers are."""
    path = tmp_path / "sandbox.db"
    with running_sandbox("--state", str(path)) as sandbox:
        intent = client_for(sandbox).v1.payment_intents.create(PARAMS)
        form = {
            "key": "pk_test_notkept123",
            "client_secret": str(intent.client_secret),
            "return_url": "https://shop.example",
            "payment_method_data[type]": "card",
            "payment_method_data[card][number]": "4111111111111111",
            "payment_method_data[card][exp_month]": "12",
            "payment_method_data[card][exp_year]": "40",
            "payment_method_data[card][cvc]": "987",
        }
        answer = httpx.post(f"{sandbox.address}/v1/payment_intents/{intent.id}/confirm", data=form)
        assert answer.json()["error"]["decline_code"] == "test_mode_live_card"
        log = httpx.get(f"{sandbox.address}/_sandbox/requests").text
        sandbox.stop()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir()) + log.encode()
    assert intent.id.encode() in kept
    for secret in (b"4111111111111111", b"pk_test_notkept123", b"sk_test_tests"):
        assert secret not in kept


def test_an_account_of_an_older_version(receiver: Receiver) -> None:
    """Requests that name no version, and webhooks, are as the account has them."""
    with running_sandbox("--api-version", "2022-08-01", "--webhook", receiver.url) as sandbox:
        form = {"amount": "2300", "currency": "sgd", "payment_method_types[]": "card"}
        made = httpx.post(f"{sandbox.address}/v1/payment_intents", data=form, auth=("sk_test_old", ""))
        assert made.headers["Stripe-Version"] == "2022-08-01"
        assert made.json()["charges"]["data"] == []
        event = receiver.wait_for(1)[0].event
        assert event["api_version"] == "2022-08-01"
        assert event["data"]["object"]["charges"]["object"] == "list"


def test_a_command_runs_beside_it(receiver: Receiver) -> None:
    """Any language's suite: the environment says where Stripe is, the exit status is the command's."""
    program = (
        "import os, stripe; stripe.api_base = os.environ['STRIPE_API_BASE'];"
        "stripe.api_key = os.environ['STRIPE_SECRET_KEY'];"
        "print(stripe.Account.retrieve().country, os.environ['STRIPE_PUBLISHABLE_KEY'][:8],"
        "os.environ['STRIPE_JS_URL'], os.environ['STRIPE_WEBHOOK_SECRET']); raise SystemExit(3)"
    )
    options = ["--account-country", "MY", "--webhook", receiver.url, "--webhook-secret", "whsec_beside"]
    done = beside(*options, "--", sys.executable, "-c", program)
    country, key, script, secret = done.stdout.split()
    assert (done.returncode, country, key, secret) == (3, "MY", "pk_test_", "whsec_beside")
    assert script.endswith("/endive/stripe.js")
    with pytest.raises(httpx.ConnectError):
        httpx.get(script)


def test_a_command_that_cannot_run_is_told() -> None:
    """127 for one that does not exist, 143 for one that was terminated, 1 for a taken port."""
    missing = beside("--", "no-such-program")
    assert missing.returncode == 127
    assert missing.stderr == "stripe-sandbox: cannot run no-such-program: No such file or directory\n"
    assert beside("--", sys.executable, "-c", "import os; os.kill(os.getpid(), 15)").returncode == 143
    with running_sandbox() as sandbox:
        taken = beside("--port", sandbox.address.rpartition(":")[2], "--", "true")
        assert taken.returncode == 1
        assert "something else is listening there" in taken.stderr


def beside(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "stripe_sandbox", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
