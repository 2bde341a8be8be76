"""Disturbances of the shared shop that end with the test which asked for them."""

import secrets
from collections.abc import Iterator

import pytest

from processes import Shop
from shop_records import mend_stripe, rows


@pytest.fixture
def quiet_shop(shop: Shop) -> Iterator[Shop]:
    """The shared shop, whose webhooks from the sandbox are lost."""
    shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
    yield shop
    shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=0)


@pytest.fixture
def breakable_shop(shop: Shop) -> Iterator[Shop]:
    """The shared shop, whose calls to the sandbox a test may let fail (`break_stripe`)."""
    yield shop
    mend_stripe(shop)


@pytest.fixture
def own_book(shop: Shop) -> Iterator[str]:
    """A book for S$23.00 whose price and place on the shelf a test may change."""
    slug = f"book-{secrets.token_hex(4)}"
    rows(
        shop.database_url,
        """WITH book AS (
               INSERT INTO books (slug, title, author, description, palette, motif, position, on_sale)
               VALUES (%s, 'A book', 'Somebody', 'Words', 'ink', 'rule', 9, true) RETURNING id)
           INSERT INTO prices (book_id, currency, amount) SELECT id, 'sgd', 2300 FROM book""",
        slug,
    )
    yield slug
    rows(shop.database_url, "UPDATE books SET on_sale = false WHERE slug = %s", slug)
