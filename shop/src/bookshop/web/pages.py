"""What each page shows: one frozen dataclass a page, filled by the doors and drawn by the template it names.

Amounts are Money and become text in the template (`{{ page.total | money }}`), in the reader's language.
Sentences that a door adds, such as a refusal, are in the reader's language already. Nothing here reads a
database or asks Stripe.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol

from bookshop.money import Money
from bookshop.web.order_scenes import OrderScene, OrderState, scene_of
from bookshop.web.till_views import TillView

# From so many copies on, a page says how many are left.
FEW = 20

Scene = OrderScene | Literal["partly_refunded", "refunded"]


class Page(Protocol):
    """Anything with a template: the template receives it as `page`."""

    @property
    def template(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class BookView:
    """A book as the pages show it.

    `price` is of one copy in the reader's currency, None where the book is not sold in it; `sold_in` are the
    lower-case codes of the currencies that it is sold in. `description` is one string a paragraph; `palette`
    is a name from covers.PALETTES and chooses the page's accent; `cover_url` may carry a version. `left` are
    the copies that can be ordered now, None where the book never runs out.
    """

    slug: str
    title: str
    author: str
    description: tuple[str, ...]
    price: Money | None
    cover_url: str
    palette: str
    sold_in: tuple[str, ...] = ()
    left: int | None = None

    @property
    def is_in_stock(self) -> bool:
        return self.left is None or self.left > 0

    @property
    def few_left(self) -> int | None:
        """How many copies are left, where the reader had better know."""
        return self.left if self.left is not None and 0 < self.left <= FEW else None

    @property
    def url(self) -> str:
        return f"/books/{self.slug}"

    @property
    def checkout_url(self) -> str:
        return f"/checkout/{self.slug}"

    @property
    def short_title(self) -> str:
        """The title before its colon: what a heading or a sentence needs."""
        return self.title.split(":", 1)[0].strip()

    @property
    def subtitle(self) -> str:
        return self.title.partition(":")[2].strip()


@dataclass(frozen=True, kw_only=True)
class LineView:
    """One line of a receipt; `left` as in BookView, where it is not ordered yet."""

    slug: str
    title: str
    author: str
    quantity: int
    unit_price: Money
    total: Money
    cover_url: str
    palette: str
    left: int | None = None

    @property
    def few_left(self) -> int | None:
        return self.left if self.left is not None and 0 < self.left <= FEW else None

    @property
    def url(self) -> str:
        return f"/books/{self.slug}"


@dataclass(frozen=True, kw_only=True)
class HomePage:
    template: ClassVar[str] = "home.html"
    books: tuple[BookView, ...]


@dataclass(frozen=True, kw_only=True)
class BookPage:
    template: ClassVar[str] = "book.html"
    book: BookView
    other_books: tuple[BookView, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CartLineView(LineView):
    """One line of the cart.

    It cannot be bought where it was taken off the shelf, is not sold in the reader's currency (then its price
    is nothing), or is sold out. `left` are the copies that this cart can order.
    """

    is_withdrawn: bool = False
    is_buyable: bool = True

    @property
    def is_too_many(self) -> bool:
        return self.left is not None and self.quantity > self.left


@dataclass(frozen=True, kw_only=True)
class CartPage:
    """The cart. `added` is the title that has just been put in, `refusal` words on what was not done."""

    template: ClassVar[str] = "cart.html"
    lines: tuple[CartLineView, ...]
    total: Money
    is_too_much: bool = False
    added: str | None = None
    refusal: str | None = None

    @property
    def count(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def can_check_out(self) -> bool:
        return bool(self.lines) and not self.is_too_much and not self.has_problem

    @property
    def has_problem(self) -> bool:
        return any(line.is_too_many or not line.is_buyable for line in self.lines)


@dataclass(frozen=True, kw_only=True)
class CheckoutPage:
    """The payment form, for a first attempt and, with `order_url`, for paying an order that exists.

    With `order_url` ("/orders/<token>") the e-mail address is shown, not asked for. `shipping` is None
    while the country decides about it; `total` is then without it. `address` is what the order was to be sent
    to, as the Address Element takes it; `countries` are the ISO codes that it offers, none being all.
    `is_of_cart` for the checkout of the whole cart.
    """

    template: ClassVar[str] = "checkout.html"
    lines: tuple[LineView, ...]
    total: Money
    checkout_key: str
    publishable_key: str
    subtotal: Money
    shipping: Money | None = None
    countries: tuple[str, ...] = ()
    address: dict[str, Any] | None = None
    email: str = ""
    order_url: str | None = None
    is_of_cart: bool = False

    @property
    def items(self) -> list[dict[str, str | int]]:
        """The lines as `POST /orders` takes them."""
        return [{"book": line.slug, "quantity": line.quantity} for line in self.lines]


@dataclass(frozen=True, kw_only=True)
class OrderPage:
    """The confirmation, in every state of an order.

    `payment_status`, `next_action`, `failure_code` and `method_type` are Stripe's words (None where there is
    none yet). `method` names how it is or was last paid ("Visa •••• 4242"), `provider` who is asked to
    approve where that is not the customer's bank ("GrabPay"). `failure_message` is a sentence about a refused
    attempt; `action_until` ends an attempt under way. `pay_url` and `cancel_url` are given while the order
    can be paid and canceled; under `order_url` a script opens its payment, with `publishable_key`.
    `dashboard_url` and `till` are the signed-in shopkeeper's. `amount_refunded` is None when nothing of the
    payment went back, `amount_disputed` when no bank holds anything of it; `returned` is money that came for
    the order without paying it. `does_refund_ask`: Stripe asks the customer by mail for an account. `address`
    is what the books are sent to, line by line; an order without one has no `shipping` either.
    """

    number: str
    state: OrderState
    payment_status: str | None
    total: Money
    lines: tuple[LineView, ...]
    email: str
    status_url: str
    buy_again_url: str
    is_final: bool
    subtotal: Money | None = None
    shipping: Money | None = None
    address: tuple[str, ...] = ()
    payment_intent_id: str | None = None
    method: str | None = None
    method_type: str | None = None
    provider: str | None = None
    next_action: str | None = None
    action_until: datetime | None = None
    failure_code: str | None = None
    placed_at: datetime | None = None
    paid_at: datetime | None = None
    failure_message: str | None = None
    amount_refunded: Money | None = None
    is_fully_refunded: bool = False
    is_refund_under_way: bool = False
    does_refund_ask: bool = False
    has_refund_failed: bool = False
    returned: Money | None = None
    is_disputed: bool = False
    amount_disputed: Money | None = None
    is_called_off: bool = False
    is_under_review: bool = False
    was_too_late_to_cancel: bool = False
    pay_url: str | None = None
    cancel_url: str | None = None
    order_url: str = ""
    publishable_key: str = ""
    dashboard_url: str | None = None
    till: TillView | None = None

    @property
    def scene(self) -> Scene:
        """Which words and picture the order's facts call for."""
        if self.amount_refunded:
            return "refunded" if self.is_fully_refunded else "partly_refunded"
        return scene_of(
            self.state,
            payment_status=self.payment_status,
            next_action=self.next_action,
            failure_code=self.failure_code,
            method=self.method_type,
            is_under_review=self.is_under_review,
            is_given_back=self.returned is not None,
        )

    @property
    def template(self) -> str:
        return f"order_states/{self.scene}.html"

    @property
    def is_returned_by_bank(self) -> bool:
        """Whether a dispute is over, and was the customer's."""
        return self.amount_disputed is not None and not self.is_disputed


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    """An error in words for a person; `links` are further ways out, as (words, URL)."""

    template: ClassVar[str] = "error.html"
    status: int
    title: str
    detail: str
    request_id: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class ShopkeeperPage:
    """The shopkeeper's sign-in: fields `password`, or `action=sign-out`, posted to /shopkeeper."""

    template: ClassVar[str] = "shopkeeper.html"
    is_signed_in: bool
    problem: str | None = None
    dashboard_url: str | None = None
