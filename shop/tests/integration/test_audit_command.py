"""The command `bookshop audit`: what it says, to whom, and its exit status."""

import asyncio
import json
import os
import subprocess
import sys

import pytest

from audited_shop import Audited
from bookshop.audit import stripe_lists
from bookshop.audit.stripe_lists import StripeAccount, StripeSilentError
from processes import HOST, Sandbox, free_port

NOBODY = f"postgresql://nobody@{HOST}:1/nothing"


def audit(audited: Audited, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {
        "DATABASE_URL": audited.database_url,
        "STRIPE_SECRET_KEY": audited.sandbox.secret_key,
        "STRIPE_PUBLISHABLE_KEY": audited.sandbox.publishable_key,
        "STRIPE_API_BASE": audited.sandbox.url,
    }
    return subprocess.run(
        [sys.executable, "-m", "bookshop", "audit", *words],
        env={"PATH": os.environ["PATH"]} | environment | settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_clean_shop_ends_with_0(audited: Audited) -> None:
    """A person reads what was looked at, and that all rules hold."""
    done = audit(audited, "--patience", "0")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Looked at" in done.stdout
    assert "rules hold" in done.stdout


def test_a_broken_shop_ends_with_1(audited: Audited) -> None:
    """Rule, sentence, count and ids for a person; the same for a machine."""
    audited.sql("DELETE FROM order_lines WHERE order_id = @open")
    order = str(audited.sql("SELECT @open AS id")[0]["id"])
    said = audit(audited, "--patience", "0")
    assert said.returncode == 1
    assert "BROKEN total-adds-up (1)" in said.stdout
    assert f"order={order}" in said.stdout
    told = audit(audited, "--patience", "0", "--json", "--without-stripe")
    assert told.returncode == 1
    report = json.loads(told.stdout)
    assert [(found["rule"], found["count"]) for found in report["findings"]] == [("total-adds-up", 1)]
    assert report["findings"][0]["examples"][0]["order"] == order
    assert "paid-once" not in report["rules"]


def test_a_database_that_does_not_answer_ends_with_2(audited: Audited) -> None:
    """A sentence instead of a traceback, and nothing that could be taken for a clean report."""
    done = audit(audited, DATABASE_URL=NOBODY)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("The database did not answer, so nothing was checked")


def test_a_database_without_tables_ends_with_2(audited: Audited, empty_database_url: str) -> None:
    """The sentence says what to do."""
    done = audit(audited, DATABASE_URL=empty_database_url)
    assert done.returncode == 2
    assert "bookshop migrate" in done.stderr


def test_a_key_that_stripe_refuses_ends_with_2(audited: Audited) -> None:
    """Stripe's own words say why, without a second try."""
    path = f"{audited.sandbox.url}/nowhere"
    done = audit(audited, STRIPE_API_BASE=path)
    assert done.returncode == 2
    assert done.stderr.startswith(f"Stripe at {path} did not answer")


@pytest.mark.parametrize("fault", [{"status": 429}, {"status": 503}, {"drop": True}], ids=str)
def test_a_stumbling_stripe_is_asked_again(audited_with_stripe: Audited, fault: dict[str, object]) -> None:
    """A limit, an outage and a broken connection cost time and no finding."""
    control = audited_with_stripe.sandbox.control
    control("POST", "/_sandbox/faults", method="GET", path="/v1/*", times=3, **fault)
    assert audited_with_stripe.audit().findings == ()
    assert control("GET", "/_sandbox/faults")["faults"] == []


def test_a_stripe_that_stays_away_is_given_up(audited_with_stripe: Audited) -> None:
    """After so many tries, with the reason."""
    audited_with_stripe.sandbox.control("POST", "/_sandbox/faults", path="/v1/refunds", times=0, status=500)
    with pytest.raises(StripeSilentError, match=f"/v1/refunds: HTTP 500, {stripe_lists.TRIES} times"):
        audited_with_stripe.audit()
    nowhere = Audited(
        audited_with_stripe.database_url, Sandbox(audited_with_stripe.sandbox.directory, free_port())
    )
    with pytest.raises(StripeSilentError, match="ClientConnectorError"):
        nowhere.audit()


def test_every_object_is_read_once_however_it_is_cut(audited_with_stripe: Audited) -> None:
    """Windows of time and pages of a hundred together give the whole list, nothing twice."""
    sandbox = audited_with_stripe.sandbox
    for number in range(250):
        sandbox.stripe(
            "POST", "/v1/payment_intents", amount=str(1000 + number), currency="sgd"
        ).raise_for_status()
    newest = sandbox.stripe("GET", "/v1/payment_intents", limit="1").json()["data"][0]["created"]
    found: list[str] = []

    async def take(page: stripe_lists.Found) -> None:
        found.extend(intent["id"] for intent in page)

    async def read(bounds: list[int | None]) -> None:
        import aiohttp  # noqa: PLC0415

        account = StripeAccount(sandbox.url, sandbox.secret_key)
        async with aiohttp.ClientSession() as http:
            await stripe_lists.read_list(http, account, "/v1/payment_intents", bounds=bounds, take=take)

    asyncio.run(read([None, None]))
    whole, found[:] = sorted(found), []
    assert len(set(whole)) == len(whole) >= 250
    asyncio.run(read([None, newest - 2, newest - 1, newest, newest + 1, None]))
    assert sorted(found) == whole
