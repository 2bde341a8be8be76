"""Disturbances of the shared shop that end with the test which asked for them."""

import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from audited_shop import Audited, Purchases, copied_sandbox
from processes import Sandbox, Shop
from shop_records import mend_stripe, new_book, rows


@pytest.fixture
def quiet_shop(shop: Shop) -> Iterator[Shop]:
    """The shared shop, whose webhooks from the sandbox are lost."""
    shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
    yield shop
    shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=0)


@pytest.fixture(scope="module")
def _shop_without_worker(start_shared_shop: Callable[..., Shop]) -> Shop:
    shop = start_shared_shop()
    shop.worker.ask_to_stop()
    shop.worker.stop()
    del shop.worker
    return shop


@pytest.fixture
def still_shop(_shop_without_worker: Shop) -> Iterator[Shop]:
    """A shop of the module's own in which nothing happens by the clock, and whose webhooks are lost."""
    control = _shop_without_worker.sandbox.control
    control("PUT", "/_sandbox/webhooks", lose=-1)
    yield _shop_without_worker
    control("DELETE", "/_sandbox/faults")
    control("PUT", "/_sandbox/payments")
    control("PUT", "/_sandbox/clock", offset=0)


@pytest.fixture
def breakable_shop(shop: Shop) -> Iterator[Shop]:
    """The shared shop, whose calls to the sandbox a test may let fail (`break_stripe`)."""
    yield shop
    mend_stripe(shop)


@pytest.fixture
def own_book(shop: Shop) -> Iterator[str]:
    """A book for S$23.00 whose price and place on the shelf a test may change."""
    slug = new_book(shop.database_url)
    yield slug
    rows(shop.database_url, "UPDATE books SET on_sale = false WHERE slug = %s", slug)


@pytest.fixture(scope="session")
def healthy_shop(cluster: Callable[[str], str], migrated: str, data_dir: Path) -> Shop:
    """A shop with something of everything in its books, stopped: to be copied, damaged and audited."""
    directory = Path(tempfile.mkdtemp(dir=data_dir))
    name = f"healthy_{secrets.token_hex(4)}"
    with psycopg.connect(cluster("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {migrated}")
    shop = Shop(directory, cluster(name))
    try:
        shop.start()
        Purchases(shop).make_all()
    finally:
        shop.stop()
    return shop


@pytest.fixture(scope="session")
def stripe_of_healthy_shop(healthy_shop: Shop, data_dir: Path) -> Iterator[Sandbox]:
    sandbox = copied_sandbox(healthy_shop.sandbox, Path(tempfile.mkdtemp(dir=data_dir)))
    sandbox.start()
    yield sandbox
    sandbox.child.stop()


@pytest.fixture
def audited(
    cluster: Callable[[str], str], healthy_shop: Shop, stripe_of_healthy_shop: Sandbox
) -> Iterator[Audited]:
    """A copy of the healthy shop's database, beside what Stripe knows of it: leave Stripe as it is."""
    yield from _copy(cluster, healthy_shop, stripe_of_healthy_shop)


@pytest.fixture
def audited_with_stripe(
    cluster: Callable[[str], str], healthy_shop: Shop, tmp_path: Path
) -> Iterator[Audited]:
    """The same with a Stripe of its own, to do something at behind the shop's back."""
    sandbox = copied_sandbox(healthy_shop.sandbox, tmp_path)
    sandbox.start()
    yield from _copy(cluster, healthy_shop, sandbox)
    sandbox.child.stop()


def _copy(cluster: Callable[[str], str], original: Shop, sandbox: Sandbox) -> Iterator[Audited]:
    name, template = f"audited_{secrets.token_hex(8)}", conninfo_to_dict(original.database_url)["dbname"]
    with psycopg.connect(cluster("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield Audited(cluster(name), sandbox)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
