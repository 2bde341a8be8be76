"""A customer behind an address from which too much was tried: told so, and when to come back."""

import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from customer import PAYS, fill, open_checkout, pay
from processes import ADDRESS, Shop


@pytest.mark.parametrize(
    ("language", "width", "sentence"),
    [
        ("en", 1280, "There have been many attempts within a short time"),
        ("de-DE", 390, "Dafür wurde nichts abgebucht."),
    ],
)
def test_the_checkout_says_when_to_try_again(
    guarded_shop: Shop, new_page: Callable[..., Page], problems: Any, language: str, width: int, sentence: str
) -> None:
    """The sentence stands above the button in the customer's language, and the form stays as it was filled."""
    address = f"81.3.{secrets.randbelow(256)}.{secrets.randbelow(256)}"
    order = {
        "items": [{"book": "working-in-public", "quantity": 1}],
        "currency": "sgd",
        "email": "tester@example.com",
        "shipping_address": ADDRESS,
        "total": 2800,
    }
    while (
        httpx.post(
            f"{guarded_shop.url}/orders",
            json=order | {"checkout_key": secrets.token_urlsafe(16)},
            headers={"X-Forwarded-For": address},
            timeout=60,
        ).status_code
        == 201
    ):
        pass
    problems.expect("429 .*/orders")
    page = new_page(viewport={"width": width, "height": 900}, locale=language)
    page.route(
        f"{guarded_shop.url}/orders",
        lambda route: route.continue_(headers=route.request.headers | {"x-forwarded-for": address}),
    )
    open_checkout(page, guarded_shop)
    fill(page, "ada@example.com", PAYS)
    pay(page)
    expect(page.locator("#message")).to_contain_text(sentence)
    expect(page.locator("#message")).to_contain_text("1 Minute" if language == "de-DE" else "in 1 minute")
    expect(page.locator("#pay")).to_be_enabled()
    expect(page.locator("#email")).to_have_value("ada@example.com")
