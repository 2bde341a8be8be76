"""Stripe's door over HTTP: what is refused, what is recorded, what is never answered 2xx."""

import json
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg
import pytest

import factories
from processes import Shop
from shop_records import break_stripe, bring, order_row, paid_intent, rows

GENUINE = factories.event(factories.intent("nobody"))


def post(shop: Shop, body: bytes, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{shop.url}/stripe/webhook", content=body, headers=sent, timeout=30)


def recorded(shop: Shop, event_id: str) -> list[dict[str, Any]]:
    return rows(shop.database_url, "SELECT * FROM stripe_events WHERE id = %s", event_id)


def count(shop: Shop) -> int:
    return int(rows(shop.database_url, "SELECT count(*) AS events FROM stripe_events")[0]["events"])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "t=1,v1=0",
        pytest.param(factories.signature(GENUINE, "whsec_somebodyElse00"), id="another secret"),
        pytest.param(factories.signature(GENUINE, ""), id="empty secret"),
        pytest.param("v1=" + "0" * 60_000, id="huge"),
        pytest.param(factories.signature(GENUINE, scheme="v0"), id="another scheme"),
        "t=" + "9" * 5000,
        ",".join(["v1=" + "0" * 64] * 200),
    ],
)
def test_story_20_unsigned_events_are_refused_and_leave_nothing(quiet_shop: Shop, header: str | None) -> None:
    """400 as a JSON problem, and no row."""
    before = count(quiet_shop)
    answer = post(quiet_shop, GENUINE, **({} if header is None else {"stripe_signature": header}))
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert count(quiet_shop) == before


@pytest.mark.parametrize("age", [301, 86_400, -330, -86_400])
def test_story_20_old_and_future_signatures(quiet_shop: Shop, age: int) -> None:
    """A captured event is no stock for later, and a clock that is off shows as refusals."""
    header = factories.signature(GENUINE, quiet_shop.sandbox.webhook_secret, age=age)
    assert post(quiet_shop, GENUINE, stripe_signature=header).status_code == 400


def test_story_30_a_captured_event_is_worth_nothing(quiet_shop: Shop) -> None:
    """Sent again within five minutes it is a duplicate that changes nothing."""
    placed = quiet_shop.order()
    body = factories.event(paid_intent(quiet_shop, placed))
    assert bring(quiet_shop, body).json()["outcome"] == "paid"
    before = rows(quiet_shop.database_url, "SELECT * FROM stripe_events ORDER BY id")
    order = order_row(quiet_shop, placed.json()["order_url"])
    for _ in range(5):
        assert bring(quiet_shop, body).json()["outcome"] == "duplicate"
    assert rows(quiet_shop.database_url, "SELECT * FROM stripe_events ORDER BY id") == before
    assert order_row(quiet_shop, placed.json()["order_url"]) == order


def test_story_65_a_flood_of_forgeries_keeps_nobody_waiting(quiet_shop: Shop) -> None:
    """Two thousand forged events at once are all 400 and leave nothing; pages are answered meanwhile."""
    before = count(quiet_shop)
    with httpx.Client(base_url=quiet_shop.url, timeout=60) as stranger, ThreadPoolExecutor(8) as pool:
        flood = [
            pool.submit(
                stranger.post, "/stripe/webhook", content=GENUINE, headers={"Stripe-Signature": header}
            )
            for header in [factories.signature(GENUINE, f"whsec_guess{number}") for number in range(2000)]
        ]
        pages = [httpx.get(quiet_shop.url, timeout=60).status_code for _ in range(10)]
        assert {answer.result().status_code for answer in flood} == {400}
    assert pages == [200] * 10
    assert count(quiet_shop) == before


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\xfe", b"null", b"[]", b"1" * 5000, b"[" * 100_000, b'{"a":' * 100_000, b'{"id": "evt_1"}'],
    ids=lambda body: repr(body[:20]),
)
def test_signed_rubbish_is_400_never_500(quiet_shop: Shop, body: bytes) -> None:
    """No parser's exception gets through, even under a good signature."""
    assert bring(quiet_shop, body, secret=quiet_shop.sandbox.webhook_secret).status_code == 400


def test_story_20_the_signature_covers_every_byte(quiet_shop: Shop) -> None:
    """The raw body is verified: the same JSON written differently is another body."""
    header = factories.signature(GENUINE, quiet_shop.sandbox.webhook_secret)
    reencoded = json.dumps(json.loads(GENUINE), indent=1).encode()
    assert post(quiet_shop, reencoded, stripe_signature=header).status_code == 400
    assert post(quiet_shop, GENUINE, stripe_signature=header).status_code == 200


def test_a_body_beyond_the_limit(quiet_shop: Shop) -> None:
    """A megabyte is more than any event; announced or not, it is refused before it is kept."""

    def chunks() -> Any:
        yield from [b"x" * 65_536] * 17

    assert post(quiet_shop, b"x" * 1_048_577).status_code == 413
    assert httpx.post(f"{quiet_shop.url}/stripe/webhook", content=chunks(), timeout=30).status_code == 413


@pytest.mark.parametrize(
    ("stripe_object", "kind", "outcome"),
    [
        (factories.intent("x", metadata={}), "payment_intent.succeeded", "not ours"),
        (factories.intent("x", metadata={"order_id": "7"}), "payment_intent.succeeded", "not ours"),
        (factories.intent("not-an-id"), "payment_intent.succeeded", "not ours"),
        (
            factories.intent("7d2c1e52-1111-4222-8333-123456789012"),
            "payment_intent.succeeded",
            "unknown order",
        ),
        (factories.intent("x", metadata={}, status="processing"), "payment_intent.processing", "not ours"),
        ({"object": "charge", "id": "ch_1"}, "charge.succeeded", "ignored"),
        ({"object": "something_new", "id": "new_1"}, "something.new", "ignored"),
        ({}, "payment_intent.succeeded", "ignored"),
    ],
)
def test_events_that_are_not_about_our_orders(
    quiet_shop: Shop, stripe_object: dict[str, Any], kind: str, outcome: str
) -> None:
    """Other applications' objects and unknown types are recorded with their outcome and answered 200."""
    body = factories.event(stripe_object, kind)
    answer = bring(quiet_shop, body)
    assert (answer.status_code, answer.json()) == (200, {"received": True, "outcome": outcome})
    assert recorded(quiet_shop, json.loads(body)["id"])[0]["outcome"] == outcome


@pytest.mark.parametrize("status", ["succeeded", "processing", "requires_payment_method"])
def test_an_event_of_the_other_mode_moves_nothing(quiet_shop: Shop, status: str) -> None:
    """A live event at a test shop is recorded as ignored; asking Stripe with a test key could only fail."""
    placed = quiet_shop.order()
    live = paid_intent(quiet_shop, placed, livemode=True, status=status, id=f"pi_{secrets.token_hex(12)}")
    answer = bring(quiet_shop, factories.event(live, livemode=True))
    assert (answer.status_code, answer.json().get("outcome")) == (200, "ignored")
    assert order_row(quiet_shop, placed.json()["order_url"])["state"] == "awaiting_payment"


def test_an_event_that_needs_stripe_waits_for_stripe(quiet_shop: Shop, breakable_shop: Shop) -> None:
    """A payload that may be stale is not believed: while Stripe is away the event is not taken."""
    placed = quiet_shop.order()
    stale = paid_intent(quiet_shop, placed, status="processing", amount_received=0)
    body = factories.event(stale, "payment_intent.processing")
    break_stripe(breakable_shop, method="GET", path="/v1/payment_intents/*", status=500, times=0)
    assert bring(quiet_shop, body).status_code == 503
    assert recorded(quiet_shop, json.loads(body)["id"]) == []
    quiet_shop.sandbox.control("DELETE", "/_sandbox/faults")
    assert bring(quiet_shop, body).json()["outcome"] == "unchanged"
    assert order_row(quiet_shop, placed.json()["order_url"])["state"] == "awaiting_payment"


@pytest.mark.parametrize("odd", ["\0", "\ud800", "\N{SNOWMAN}\0\0", "\\u0000"])
def test_text_that_postgresql_cannot_hold(quiet_shop: Shop, odd: str) -> None:
    """NUL and half characters in somebody's metadata, key or value, keep no event out."""
    body = factories.event(
        {"object": "charge", "metadata": {f"k{odd}": f"v{odd}"}, odd: [odd]}, "charge.updated"
    )
    answer = bring(quiet_shop, body)
    assert answer.status_code == 200, answer.text
    assert recorded(quiet_shop, json.loads(body)["id"])[0]["outcome"] == "ignored"


def test_no_client_secret_is_recorded(quiet_shop: Shop) -> None:
    """Neither under its name nor inside an address that holds one."""
    hidden = secrets.token_hex(12)
    url = f"https://hooks.stripe.com/redirect/authenticate/src_1?client_secret=src_client_secret_{hidden}"
    next_action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"stripe_js": url}}
    body = factories.event(
        factories.intent(
            "x", client_secret=f"pi_1_secret_{hidden}", next_action=next_action, note=f"pi_1_secret_{hidden}"
        )
    )
    assert bring(quiet_shop, body).status_code == 200
    (row,) = recorded(quiet_shop, json.loads(body)["id"])
    assert hidden not in str(row)
    assert row["payload"]["data"]["object"]["next_action"]["type"] == "use_stripe_sdk"


def test_an_event_while_its_table_cannot_be_written(own_shop: Shop) -> None:
    """Not recorded, not answered 2xx, and nothing settled: Stripe sends it again, and then it counts."""
    own_shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
    placed = own_shop.order()
    body = factories.event(paid_intent(own_shop, placed))
    with psycopg.connect(own_shop.database_url) as other:
        other.execute("LOCK TABLE stripe_events IN ACCESS EXCLUSIVE MODE")
        assert bring(own_shop, body).status_code >= 500
    assert order_row(own_shop, placed.json()["order_url"])["state"] == "awaiting_payment"
    refuse = "ALTER TABLE order_changes ADD CONSTRAINT no_more CHECK (to_state <> 'paid') NOT VALID"
    rows(own_shop.database_url, refuse)
    assert bring(own_shop, body).status_code >= 500
    assert recorded(own_shop, json.loads(body)["id"]) == []
    rows(own_shop.database_url, "ALTER TABLE order_changes DROP CONSTRAINT no_more")
    assert bring(own_shop, body).json()["outcome"] == "paid"


def test_story_20_a_secret_is_rotated(start_shop: Callable[..., Shop]) -> None:
    """With two secrets in the settings events of both are taken; others are not."""
    old, new = f"whsec_{secrets.token_hex(16)}", f"whsec_{secrets.token_hex(16)}"
    shop = start_shop(STRIPE_WEBHOOK_SECRET=f"{old}, {new}")
    for secret in (old, new):
        assert bring(shop, factories.event(factories.intent("x")), secret=secret).status_code == 200
    assert bring(shop, factories.event(factories.intent("x"))).status_code == 400


def test_without_a_secret_the_door_is_shut_and_orders_settle_anyway(start_shop: Callable[..., Shop]) -> None:
    """Every event is refused, the log says what to do, and the order page settles; Stripe away makes 503s."""
    shop = start_shop(STRIPE_WEBHOOK_SECRET="")
    assert "STRIPE_WEBHOOK_SECRET is not set" in shop.web.log.read_text()
    placed = shop.order()
    body = factories.event(paid_intent(shop, placed))
    for secret in ("", " ", shop.sandbox.webhook_secret, "whsec_"):
        header = factories.signature(body, secret)
        assert post(shop, body, stripe_signature=header).status_code == 400
    shop.sandbox.pay(placed.json()["client_secret"]).raise_for_status()
    httpx.get(shop.url + placed.json()["order_url"], timeout=30).raise_for_status()
    assert order_row(shop, placed.json()["order_url"])["state"] == "paid"
    unpaid = shop.order().json()["order_url"]
    shop.sandbox.child.stop()
    assert httpx.get(shop.url + unpaid, timeout=60).status_code == 200, "the page shows what we know"
    assert shop.order().status_code == 503
