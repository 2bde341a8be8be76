"""One page of every kind, and an order in every state, as the doors would fill them.

Covers and links point at a book of the first catalogue, so that a running shop can serve what they refer to.
"""

from datetime import UTC, datetime
from typing import Any

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
    price="S$23.00",
    cover_url="/covers/working-in-public.svg",
    palette="moss",
)
LINE = LineView(
    slug="working-in-public",
    title=BOOK.title,
    author=BOOK.author,
    quantity=2,
    unit_price="S$11.50",
    total="S$23.00",
    cover_url=BOOK.cover_url,
    palette=BOOK.palette,
)
CHECKOUT = CheckoutPage(
    lines=(LINE,),
    total="S$23.00",
    amount=2300,
    currency="sgd",
    checkout_key="key-1",
    publishable_key="pk_test_1",
)


def order_page(**facts: Any) -> OrderPage:
    """A paid order unless the facts say otherwise."""
    paid = {
        "number": "1042",
        "state": "paid",
        "payment_status": "succeeded",
        "total": "S$23.00",
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
    "refunded": order_page(amount_refunded="S$23.00", is_fully_refunded=True),
    "partly_refunded": order_page(amount_refunded="S$3.00"),
}
CART_LINES = tuple(
    CartLineView(
        slug=LINE.slug,
        title=LINE.title,
        author=LINE.author,
        quantity=2,
        unit_price="S$11.50" if is_buyable else "",
        total="S$23.00" if is_buyable else "",
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
    "empty cart": CartPage(lines=(), total=""),
    "cart": CartPage(lines=CART_LINES[:1], total="S$23.00", added=BOOK.title),
    "cart with problems": CartPage(lines=CART_LINES, total="S$23.00", refusal="No more."),
    "error": ErrorPage(status=404, title="Not here", detail="Nothing.", request_id="req_1"),
    "sign-in": ShopkeeperPage(is_signed_in=False, problem="Wrong."),
    "signed in": ShopkeeperPage(is_signed_in=True, dashboard_url="https://dashboard.example"),
    **SCENES,
}
