"""A visitor with a cart, as one browser without a window: for tests of what the doors answer."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from processes import Shop
from shop_records import rows

HAMMING = "the-art-of-doing-science-and-engineering"
MECHNER = "the-making-of-prince-of-persia"
EGHBAL = "working-in-public"
PRICES = {HAMMING: 2300, MECHNER: 2500, EGHBAL: 2800}


class Visitor:
    """Somebody with a cart, in one browser."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.browser = httpx.Client(base_url=shop.url, timeout=30)

    def put(self, slug: str, quantity: int = 1) -> None:
        self.browser.post("/cart", data={"book": slug, "quantity": str(quantity)})

    def set(self, slug: str, quantity: int) -> None:
        self.browser.post(f"/cart/{slug}", data={"quantity": str(quantity)})

    def key(self, address: str = "/checkout") -> str:
        """The key under which this address shows the checkout."""
        answer = self.browser.get(address)
        while answer.status_code == 303:
            address = answer.headers["location"]
            answer = self.browser.get(address)
        return parse_qs(urlsplit(address).query)["key"][0]

    def order(self, key: str, **copies: int) -> httpx.Response:
        """Press the button of a page that shows so many copies of hamming, mechner and eghbal."""
        shown = {{"hamming": HAMMING, "mechner": MECHNER, "eghbal": EGHBAL}[n]: q for n, q in copies.items()}
        return self.shop.order(
            cookies=dict(self.browser.cookies),
            checkout_key=key,
            cart=True,
            items=[{"book": slug, "quantity": quantity} for slug, quantity in shown.items()],
            total=sum(PRICES[slug] * quantity for slug, quantity in shown.items()),
        )

    @property
    def cart(self) -> dict[str, int]:
        query = """SELECT slug, quantity FROM cart_lines JOIN carts ON carts.id = cart_id
                   JOIN books ON books.id = book_id WHERE token = %s"""
        found = rows(self.shop.database_url, query, self.browser.cookies["cart"])
        return {row["slug"]: row["quantity"] for row in found}

    @property
    def orders(self) -> list[dict[str, Any]]:
        """The orders of this cart, oldest first."""
        query = """SELECT orders.* FROM orders JOIN carts ON carts.id = cart_id
                   WHERE carts.token = %s ORDER BY orders.created_at"""
        return rows(self.shop.database_url, query, self.browser.cookies["cart"])
