"""The demo's mailbox in a browser: mails appear by themselves, and what strangers wrote stays harmless."""

import secrets
import smtplib
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from conftest import Problems
from processes import HOST, Shop


def send(shop: Shop, subject: str) -> None:
    message = EmailMessage()
    message["From"] = "Somebody <somebody@example.com>"
    message["To"] = "ada@example.com"
    message["Subject"] = subject
    message.set_content("The plain words.")
    html = "<p id=said>The painted words.</p><script>document.title = 'taken over'</script>"
    message.add_alternative(html, subtype="html")
    with smtplib.SMTP(HOST, shop.smtp_port) as server:
        server.send_message(message)


def test_a_mail_appears_by_itself_and_can_be_read(shop: Shop, page: Page, problems: Problems) -> None:
    """Subject in the list without a reload by hand; both parts on its page; its scripts do not run."""
    problems.expect("Blocked script execution")
    subject = f"News <b>{secrets.token_hex(6)}</b> of ümlauts"
    page.goto(f"http://{HOST}:{shop.mailbox_port}/")
    send(shop, subject)
    page.get_by_role("link", name=subject).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(subject)
    expect(page.locator("pre")).to_have_text("The plain words.")
    expect(page.frame_locator("iframe").locator("#said")).to_have_text("The painted words.")
    assert page.frames[1].title() != "taken over"
