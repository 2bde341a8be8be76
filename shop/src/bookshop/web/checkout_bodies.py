"""What the checkout's script sends to the shop's doors."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bookshop import money
from bookshop.carts import MOST_COPIES, MOST_TITLES
from bookshop.quotes import Item
from bookshop.shipping import Address, Country

KEY = r"^[A-Za-z0-9_-]{16,64}$"


class OrderedItem(BaseModel):
    """So many copies of one book."""

    model_config = ConfigDict(extra="forbid")

    book: Annotated[str, StringConstraints(max_length=80)]
    quantity: int = Field(ge=1, le=MOST_COPIES, strict=True)


class Basket(BaseModel):
    """Which checkout is asking, and for what."""

    model_config = ConfigDict(extra="forbid")

    checkout_key: Annotated[str, StringConstraints(pattern=KEY)]
    items: list[OrderedItem] = Field(min_length=1, max_length=MOST_TITLES)
    currency: Annotated[str, StringConstraints(pattern="^[a-z]{3}$")]

    @property
    def wanted(self) -> tuple[Item, ...]:
        """The items as the nouns know them."""
        return tuple(Item(item.book, item.quantity) for item in self.items)


class Question(Basket):
    """What would it cost to send this to that country?"""

    country: Country


class NewOrder(Basket):
    """The press of Pay. `total` (minor units) is what the page shows: compared, never charged.

    With `cart` the items are what the page shows of the visitor's cart, and have to be all that is in it.
    """

    cart: bool = False
    email: Annotated[str, StringConstraints(max_length=320)]
    shipping_address: Address
    total: int = Field(ge=0, le=money.MOST, strict=True)


class Resumed(BaseModel):
    """The press of Pay for an order that exists: where to send it, and the total shown (minor units).

    A page that takes up an attempt under way sends no address: the order keeps its own.
    """

    model_config = ConfigDict(extra="forbid")

    shipping_address: Address | None = None
    total: int = Field(ge=0, le=money.MOST, strict=True)
