"""The shop's clock beside Stripe's: a minute apart is an alarm."""

import pytest

from bookshop.workflows.watch_clock import ALARM, check_clock
from opened_shop import OpenedShop
from processes import Shop, wait_until

ALARM_WORDS = "this machine's clock is wrong"


def seconds_ahead(shop: Shop) -> float:
    with OpenedShop(shop.database_url, shop.sandbox) as opened:
        return opened.run(check_clock(opened.shop))


@pytest.mark.parametrize("offset", [0, -3600, 3600, 400])
def test_the_difference_is_measured(still_shop: Shop, offset: int) -> None:
    """Stripe's clock is moved; ours is so much ahead of it, or behind."""
    still_shop.sandbox.control("PUT", "/_sandbox/clock", offset=offset)
    assert seconds_ahead(still_shop) == pytest.approx(-offset, abs=5)


def test_a_wrong_clock_is_an_alarm_at_the_start(own_shop: Shop) -> None:
    """A web server and a worker that start six minutes off say so; those that were right said nothing."""
    assert ALARM_WORDS not in own_shop.web.log.read_text() + own_shop.worker.log.read_text()
    own_shop.sandbox.control("PUT", "/_sandbox/clock", offset=6 * ALARM)
    own_shop.web.kill()
    own_shop.worker.kill()
    own_shop.start_web()
    own_shop.start_worker()
    for child in (own_shop.web, own_shop.worker):
        wait_until(lambda log=child.log: ALARM_WORDS in log.read_text(), f"the alarm of {child.name}")
