"""One page of every kind, and an order in every state, as the doors would fill them.

Covers and links point at a book of the first catalogue, so that a running shop can serve what they refer to.
"""

from dataclasses import replace
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
from bookshop.web.till_views import MovementView, TillView

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
    subtotal=Money(2300, "sgd"),
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
        "subtotal": Money(2300, "sgd"),
        "shipping": Money(0, "sgd"),
        "address": ("Ada Lovelace", "1 Raffles Place", "048616", "Singapore"),
        "payment_intent_id": "pi_1",
        "method": "Visa •••• 4242",
        "paid_at": datetime(2026, 11, 22, 20, 17, tzinfo=UTC),
    }
    return OrderPage(**(paid | facts))


UNPAID = {
    "state": "awaiting_payment",
    "is_final": False,
    "paid_at": None,
    "placed_at": datetime(2026, 11, 22, 20, 15, tzinfo=UTC),
    "method": None,
    "pay_url": "/pay",
    "cancel_url": "/cancel",
}
PAYNOW = {"method": "PayNow", "method_type": "paynow", "provider": "PayNow"}
GRABPAY = {"method": "GrabPay", "method_type": "grabpay", "provider": "GrabPay"}
MOVED = MovementView(
    amount=Money(300, "sgd"),
    state="Sent",
    reason="by the shopkeeper: damaged in the post",
    at=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
)
TILL = TillView(
    refunds=(MOVED, replace(MOVED, state="Came to nothing", reason="made at Stripe: declined")),
    disputes=(
        replace(
            MOVED,
            amount=Money(2300, "sgd"),
            state="Waits for your answer",
            reason="fraudulent",
            due_at=datetime(2026, 12, 2, 12, 0, tzinfo=UTC),
        ),
    ),
    notes=("refund re_3Qm1 of 3.00 SGD came to nothing: declined",),
    left=Money(2000, "sgd"),
    figure="20.00",
    key="7d2c1e52-1111-4222-8333-123456789012",
    refund_url="/orders/t/refund",
    call_off_url="/orders/t/call-off",
    is_paid=True,
)
REFUSED = {"payment_status": "requires_payment_method"}
EXAMPLES = {
    "waiting": order_page(**UNPAID, payment_status=None),
    "scanning": order_page(
        **UNPAID | PAYNOW, payment_status="requires_action", next_action="paynow_display_qr_code"
    ),
    "authorising": order_page(**UNPAID, payment_status="requires_action", next_action="use_stripe_sdk"),
    "authorising at GrabPay": order_page(
        **UNPAID | GRABPAY, payment_status="requires_action", next_action="redirect_to_url"
    ),
    "failed": order_page(
        **UNPAID | REFUSED | {"method": "Visa •••• 0002"},
        failure_code="card_declined",
        failure_message="Your card was declined.",
    ),
    "failed at GrabPay": order_page(
        **UNPAID | REFUSED | GRABPAY,
        failure_code="payment_intent_payment_attempt_failed",
        failure_message="GrabPay did not approve the payment.",
    ),
    "code_expired": order_page(
        **UNPAID | REFUSED | PAYNOW,
        failure_code="payment_intent_payment_attempt_expired",
        failure_message="PayNow had no approval from you in time.",
    ),
    "on_its_way": order_page(state="processing", payment_status="processing", is_final=False, paid_at=None),
    "too late to cancel": order_page(
        **GRABPAY | {"state": "processing", "is_final": False, "paid_at": None},
        payment_status="processing",
        was_too_late_to_cancel=True,
    ),
    "held": order_page(
        **UNPAID | {"pay_url": None, "method": "Visa •••• 4242"}, payment_status="requires_capture"
    ),
    "paid": order_page(),
    "paid by a wallet": order_page(method="Google Pay (Visa •••• 4242)", was_too_late_to_cancel=True),
    "shipped": order_page(state="shipped"),
    "canceled": order_page(state="canceled", payment_status="canceled", method=None, paid_at=None),
    "expired": order_page(state="expired", payment_status="canceled", method=None, paid_at=None),
    "under_review": order_page(state="canceled", is_under_review=True, paid_at=None),
    "refunded": order_page(amount_refunded=Money(2300, "sgd"), is_fully_refunded=True),
    "called off": order_page(amount_refunded=Money(2300, "sgd"), is_fully_refunded=True, is_called_off=True),
    "partly_refunded": order_page(amount_refunded=Money(300, "sgd")),
    "refund under way": order_page(
        amount_refunded=Money(2300, "sgd"),
        is_fully_refunded=True,
        is_refund_under_way=True,
        does_refund_ask=True,
    ),
    "part under way": order_page(amount_refunded=Money(300, "sgd"), is_refund_under_way=True),
    "refund failed": order_page(has_refund_failed=True, returned=Money(2300, "sgd")),
    "given_back": order_page(
        state="canceled", is_under_review=True, returned=Money(2300, "sgd"), paid_at=None, method=None
    ),
    "at the bank": order_page(is_disputed=True),
    "kept by the bank": order_page(amount_disputed=Money(2300, "sgd")),
    "the shopkeeper's": order_page(till=TILL, dashboard_url="/dashboard", amount_refunded=Money(300, "sgd")),
    "the shopkeeper's, not paid": order_page(
        **UNPAID,
        payment_status=None,
        till=replace(
            TILL,
            refunds=(),
            disputes=(),
            notes=(),
            is_paid=False,
            refund_url=None,
            problem="Its money is moving.",
        ),
    ),
}
SCENES = {name: page for name, page in EXAMPLES.items() if name == page.scene}
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
    **EXAMPLES,
}
