"""The confirmation mail: what it says, and that nobody can make it say something else."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

import factories
from bookshop import mail
from bookshop.orders import Order, OrderLine, State
from bookshop.workflows.until_done import LONGEST_PAUSE, pauses
from processes import ADDRESS


def paid(**changes: object) -> Order:
    lines = [
        OrderLine(
            position=0, book_id=1, slug="a", title="Science & <Engineering>", quantity=2, unit_amount=2300
        ),
        OrderLine(position=1, book_id=2, slug="b", title="Working in Public", quantity=1, unit_amount=2800),
    ]
    paid_at = datetime(2026, 11, 22, 20, 14, tzinfo=UTC)
    values = {"lines": lines, "total": 7400, "state": State.PAID, "paid_at": paid_at}
    return factories.order(**(values | changes))


def received(order: Order, **settings: str) -> EmailMessage:
    """The mail as it reads after travelling as bytes."""
    sent = mail.confirmation(order, factories.settings(**settings))
    message = message_from_bytes(sent.as_bytes(policy=SMTP), policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body(preferencelist=(kind,))
    assert body is not None
    return str(body.get_content())


def test_it_says_what_was_bought_for_how_much_by_which_payment() -> None:
    """Lines, total, PaymentIntent and the order's address stand in both parts."""
    order = paid()
    message = received(order, public_url="https://books.shop")
    for kind in ("plain", "html"):
        text = part(message, kind)
        assert "S$46.00" in text
        assert "S$28.00" in text
        assert "S$74.00" in text
        assert "pi_ours" in text
        assert f"https://books.shop/orders/{order.token}" in text
    assert "2 x Science & <Engineering>" in part(message, "plain")
    assert "Science &amp; &lt;Engineering&gt;" in part(message, "html")


def test_it_says_nothing_that_pays() -> None:
    """No checkout key and no database id beyond the Message-ID: a forwarded mail gives nothing away."""
    order = paid()
    assert order.checkout_key not in received(order).as_string()


def test_the_same_order_makes_the_same_mail() -> None:
    """A second copy, sent days later by another process, is recognised by its Message-ID and date."""
    order = paid()
    first, second = received(order), received(order)
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].strip() == f"<{order.id}.confirmation@bookshop.example>"
    assert first["Date"] == second["Date"]
    assert received(paid())["Message-ID"] != first["Message-ID"]


@pytest.mark.parametrize(
    ("locale", "tag", "subject", "line", "thanks"),
    [
        ("zh_Hans", "zh-Hans", "已付 S$74.00", "S$46.00", "您的付款已收到"),
        (
            "de",
            "de",
            "Ihre Bestellung bei Bookshop: 74,00\u00a0S$ bezahlt",
            "46,00\u00a0S$",
            "eingegangen",
        ),
        ("ja", "ja", "S$74.00 お支払い済み", "S$46.00", "お支払いを確認し"),
        ("tlh", "en", "Your order at Bookshop: S$74.00 paid", "S$46.00", "Your payment has arrived"),
    ],
)
def test_it_is_written_in_the_orders_language(
    locale: str, tag: str, subject: str, line: str, thanks: str
) -> None:
    """Subject, words and amounts; in English where an order's language is no longer spoken here."""
    message = received(paid(locale=locale))
    assert subject in message["Subject"]
    assert f'<html lang="{tag}">' in part(message, "html")
    assert line in part(message, "html")
    assert line in part(message, "plain")
    assert thanks in part(message, "plain")


def test_the_address_of_an_order_whose_language_is_no_longer_spoken() -> None:
    """A language that went away takes neither the mail nor the address in it away."""
    message = received(paid(locale="tlh", shipping_address=ADDRESS | {"country": "DE"}))
    for kind in ("plain", "html"):
        assert "1 Raffles Place" in part(message, kind)
        assert "Germany" in part(message, kind)


def test_names_with_letters_of_all_kinds() -> None:
    """The shop's and the sender's names arrive as they were written."""
    message = received(paid(), shop_name="Bücher, Co. 書店", mail_from='"Bücher, Co." <orders@books.example>')
    assert message["Subject"] == "Your order at Bücher, Co. 書店: S$74.00 paid"
    assert message["From"].addresses == (Address("Bücher, Co.", "orders", "books.example"),)


@given(
    st.emails() | st.text(max_size=40) | st.from_regex(r"[a-z]+@[a-z]+\.(com|org)[\r\n].*", fullmatch=True)
)
def test_no_address_adds_a_header_or_a_recipient(text: str) -> None:
    """Whatever address the checkout lets through, the mail has its headers and goes to that one address."""
    try:
        address = mail.deliverable(text)
    except ValueError:
        return
    message = mail.confirmation(paid(email=address), factories.settings())
    assert len(message["To"].addresses) == 1
    assert message["To"].addresses[0].addr_spec == mail.in_ascii(address)
    names = {"From", "To", "Subject", "Message-ID", "Date", "Auto-Submitted", "MIME-Version", "Content-Type"}
    assert set(message.keys()) == names
    head = message.as_bytes(policy=SMTP).partition(b"\r\n\r\n")[0]
    assert all(
        line[:1] in {b" ", b"\t"} or line.split(b":")[0].decode() in names for line in head.split(b"\r\n")
    )


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("o'hara+books@example.com", "o'hara+books@example.com"),
        (" ada@Example.COM ", "ada@example.com"),
        ("ada@bücher.com", "ada@xn--bcher-kva.com"),
        ("ada@例え.jp", "ada@xn--r8jz45g.jp"),
    ],
)
def test_an_address_that_is_accepted_can_be_written_to(address: str, written: str) -> None:
    """Every mail server takes the address as it stands in the header: it is ASCII."""
    message = received(paid(email=mail.deliverable(address)))
    assert message["To"].addresses[0].addr_spec == written


@pytest.mark.parametrize(
    "address", ["josé@example.com", "用户@例え.jp", "ada", "a@b", "ada@example.com\r\nBcc: x@y.com"]
)
def test_an_address_that_cannot_be_written_to_is_refused(address: str) -> None:
    """Letters beyond ASCII before the @ need a mail server that most people do not have."""
    with pytest.raises(ValueError, match=r".+"):
        mail.deliverable(address)


@given(st.text(min_size=1, max_size=60).filter(str.isprintable))
def test_no_title_breaks_out_of_its_line(title: str) -> None:
    """A title is text, in the plain part and in the HTML part."""
    order = paid()
    order.lines[1].title = title
    message = mail.confirmation(order, factories.settings())
    assert "<script" not in part(message, "html").lower()
    assert len(message.keys()) == 8


def test_pauses_double_up_to_a_quarter_of_an_hour_for_three_days() -> None:
    """A mail server that is away for a weekend still gets the mail."""
    everything = list(pauses())
    assert list(islice(pauses(), 4)) == [5, 10, 20, 40]
    assert max(everything) == LONGEST_PAUSE == 900
    assert sorted(everything) == everything
    assert sum(everything) > 3 * 86_400 - 3600
