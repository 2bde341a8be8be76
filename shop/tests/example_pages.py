"""One page of every kind, and an order in every state, as the doors would fill them.

Covers and links point at a book of the first catalogue, so that a running shop can serve what they refer to.
"""

from datetime import UTC, datetime
from typing import Any

from bookshop.money import Money
from bookshop.web.pages import (
    BookPage,
    BookView,
    CartLineView,
    CartPage,
    CheckoutPage,
    ErrorPage,
    HomePage,
    LineView,
    OrderPage,
    Page,
    ShopkeeperPage,
)
from bookshop.web.templating import Site

SITE = Site(shop_name="Owl & Sons", stripe_js_url="https://js.example/endive/stripe.js")
BOOK = BookView(
    slug="working-in-public",
    title='Zen: <b>"in"</b> the Art',
    author="A & B",
    description=("First.", "Second."),
    price=Money(2300, "sgd"),
    cover_url="/covers/working-in-public.svg",
    palette="moss",
)
LINE = LineView(
    slug="working-in-public",
    title=BOOK.title,
    author=BOOK.author,
    quantity=2,
    unit_price=Money(1150, "sgd"),
    total=Money(2300, "sgd"),
    cover_url=BOOK.cover_url,
    palette=BOOK.palette,
)
CHECKOUT = CheckoutPage(
    lines=(LINE,),
    total=Money(2300, "sgd"),
    checkout_key="key-1",
    publishable_key="pk_test_1",
)


def order_page(**facts: Any) -> OrderPage:
    """A paid order unless the facts say otherwise."""
    paid = {
        "number": "1042",
        "state": "paid",
        "payment_status": "succeeded",
        "total": Money(2300, "sgd"),
        "lines": (LINE,),
        "email": "ada@example.com",
        "status_url": "/orders/t/status",
        "buy_again_url": "/books/working-in-public",
        "is_final": True,
        "payment_intent_id": "pi_1",
        "method": "Visa •••• 4242",
        "paid_at": datetime(2026, 11, 22, 20, 17, tzinfo=UTC),
    }
    return OrderPage(**(paid | facts))


UNPAID = {"state": "awaiting_payment", "is_final": False, "paid_at": None, "method": None, "pay_url": "/pay"}
SCENES = {
    "waiting": order_page(**UNPAID, payment_status=None),
    "authorising": order_page(**UNPAID, payment_status="requires_action"),
    "failed": order_page(
        **UNPAID, payment_status="requires_payment_method", failure_message="Your card was declined."
    ),
    "on_its_way": order_page(state="processing", payment_status="processing", is_final=False),
    "paid": order_page(),
    "shipped": order_page(state="shipped"),
    "canceled": order_page(state="canceled", payment_status="canceled"),
    "expired": order_page(state="expired", payment_status="canceled"),
    "refunded": order_page(amount_refunded=Money(2300, "sgd"), is_fully_refunded=True),
    "partly_refunded": order_page(amount_refunded=Money(300, "sgd")),
}
CART_LINES = tuple(
    CartLineView(
        slug=LINE.slug,
        title=LINE.title,
        author=LINE.author,
        quantity=2,
        unit_price=Money(1150 if is_buyable else 0, "sgd"),
        total=Money(2300 if is_buyable else 0, "sgd"),
        cover_url=LINE.cover_url,
        palette=LINE.palette,
        is_buyable=is_buyable,
        is_withdrawn=is_withdrawn,
    )
    for is_buyable, is_withdrawn in [(True, False), (False, True), (False, False)]
)
PAGES: dict[str, Page] = {
    "home": HomePage(books=(BOOK,)),
    "empty home": HomePage(books=()),
    "book": BookPage(book=BOOK, other_books=(BOOK,)),
    "checkout": CHECKOUT,
    "empty cart": CartPage(lines=(), total=Money(0, "sgd")),
    "cart": CartPage(lines=CART_LINES[:1], total=Money(2300, "sgd"), added=BOOK.title),
    "cart with problems": CartPage(lines=CART_LINES, total=Money(2300, "sgd"), refusal="No more."),
    "error": ErrorPage(status=404, title="Not here", detail="Nothing.", request_id="req_1"),
    "sign-in": ShopkeeperPage(is_signed_in=False, problem="Wrong."),
    "signed in": ShopkeeperPage(is_signed_in=True, dashboard_url="https://dashboard.example"),
    **SCENES,
}
