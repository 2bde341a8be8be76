"""A customer behind an address from which too much was tried: told so, and when to come back."""

import secrets
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from customer import PAYS, fill, open_checkout, pay
from processes import ADDRESS, Shop

# By language: the window's width, and what is said.
TOLD = {
    "en": (1280, "try again in 1 minute", "Nothing has been charged for it."),
    "de-DE": (390, "in 1 Minute noch einmal", "Dafür wurde nichts abgebucht."),
}


@pytest.mark.parametrize("language", ["en", "de-DE"])
def test_the_checkout_says_when_to_try_again(
    guarded_shop: Shop, new_page: Callable[..., Page], problems: Any, language: str
) -> None:
    """It stands above the button in the customer's language, and the form stays as it was filled."""
    width, when, comfort = TOLD[language]
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
    expect(page.locator("#message")).to_contain_text(when)
    expect(page.locator("#message")).to_contain_text(comfort)
    expect(page.locator("#pay")).to_be_enabled()
    expect(page.locator("#email")).to_have_value("ada@example.com")
