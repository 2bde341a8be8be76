"""The confirmation mail against a mail server that says no, says later, or says nothing."""

import secrets
from typing import Any

import httpx

import factories
from processes import Shop, wait_until
from shop_records import bring, order_row, paid_intent, rows

# Seconds: the pause before the second try is five.
SECOND_TRY = 25


def buy(shop: Shop) -> tuple[str, str]:
    """A paid order's address, and the customer's."""
    email = f"{secrets.token_hex(8)}@example.com"
    placed = shop.order(email=email)
    assert bring(shop, factories.event(paid_intent(shop, placed))).json()["outcome"] == "paid"
    return placed.json()["order_url"], email


def mail_row(shop: Shop, order_url: str) -> dict[str, Any]:
    query = "SELECT * FROM mails WHERE order_id = %s"
    found = rows(shop.database_url, query, order_row(shop, order_url)["id"])
    return found[0] if found else {}


def wait_for_mail_state(shop: Shop, order_url: str, state: str) -> dict[str, Any]:
    wait_until(lambda: mail_row(shop, order_url).get("state") == state, f"a {state} mail", seconds=SECOND_TRY)
    return mail_row(shop, order_url)


def test_a_mail_with_amount_items_and_payment(quiet_shop: Shop) -> None:
    """What arrives is what docs promise: S$23.00, the title, the PaymentIntent, a link that works."""
    url, email = buy(quiet_shop)
    (mail,) = wait_until(lambda: quiet_shop.mails(email), "the mail")
    row = order_row(quiet_shop, url)
    for part in (mail["text"], mail["html"]):
        assert "S$23.00" in part
        assert "The Art of Doing Science and Engineering" in part
        assert row["payment_intent_id"] in part
        assert quiet_shop.url + url in part
    assert mail["message_id"] == f"<{row['id']}.confirmation@bookshop.example>"
    assert "paid" in mail["subject"]
    assert httpx.get(quiet_shop.url + url).status_code == 200
    assert wait_for_mail_state(quiet_shop, url, "sent")["attempts"] == 1


def test_later_means_later(quiet_shop: Shop) -> None:
    """A 4xx answer: tried again, sent once."""
    quiet_shop.misbehave("451 4.3.0 Try again later")
    url, email = buy(quiet_shop)
    row = wait_for_mail_state(quiet_shop, url, "sent")
    assert (row["attempts"], row["copies"]) == (2, 0)
    assert len(quiet_shop.mails(email)) == 1


def test_no_means_no(quiet_shop: Shop) -> None:
    """A 5xx answer: never tried again, noted for a person, and the order stays paid."""
    quiet_shop.misbehave("550 5.1.1 No such user")
    url, email = buy(quiet_shop)
    assert wait_for_mail_state(quiet_shop, url, "refused")["attempts"] == 1
    assert quiet_shop.mails(email) == []
    assert order_row(quiet_shop, url)["state"] == "paid"
    query = "SELECT status, output FROM dbos.workflow_status WHERE workflow_uuid LIKE %s"
    order_id = f"%{order_row(quiet_shop, url)['id']}"
    wait_until(
        lambda: [row["status"] for row in rows(quiet_shop.database_url, query, order_id)] == ["SUCCESS"],
        "the story to end",
    )


def test_an_answer_that_is_lost_makes_a_copy_that_can_be_told(quiet_shop: Shop) -> None:
    """The server kept the mail and the line broke: the second copy has the same Message-ID."""
    quiet_shop.misbehave(None)
    url, email = buy(quiet_shop)
    assert wait_for_mail_state(quiet_shop, url, "sent")["copies"] == 1
    ids = [mail["message_id"] for mail in quiet_shop.mails(email)]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_a_passing_trouble_of_the_database_does_not_lose_the_mail(quiet_shop: Shop) -> None:
    """The claim cannot be written at first; the workflow does not end in error but tries again."""
    rows(quiet_shop.database_url, "ALTER TABLE mails RENAME TO mails_away")
    try:
        url, email = buy(quiet_shop)
        order_id = str(order_row(quiet_shop, url)["id"])
        wait_until(
            lambda: any(
                "a follow-up waits" in line and order_id in line
                for line in quiet_shop.worker.log.read_text().splitlines()
            ),
            "a first try without the table",
        )
    finally:
        rows(quiet_shop.database_url, "ALTER TABLE mails_away RENAME TO mails")
    wait_for_mail_state(quiet_shop, url, "sent")
    assert len(quiet_shop.mails(email)) == 1


def test_the_mail_server_is_away_while_the_worker_restarts(own_shop: Shop) -> None:
    """A worker that waits for the mail server stops promptly; its successor sends the mail, once."""
    own_shop.mailbox.stop()
    url, email = buy(own_shop)
    wait_until(lambda: "mail not delivered yet" in own_shop.worker.log.read_text(), "a try in vain")
    own_shop.worker.ask_to_stop()
    assert own_shop.worker.wait(9), "the worker takes too long to stop"
    own_shop.start_mailbox()
    own_shop.start_worker()
    wait_for_mail_state(own_shop, url, "sent")
    assert len(own_shop.mails(email)) == 1
