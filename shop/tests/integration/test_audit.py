"""`bookshop audit` finds a healthy shop clean, and names what is damaged in its database."""

import pytest

from audited_shop import Audited
from damages import INVOICES_AND_STOCK, ORDERS
from damages_to_money import DISPUTES, FOLLOW_UPS, MONEY, SECRETS

DAMAGES = {
    damage.what: damage for damage in (*ORDERS, *INVOICES_AND_STOCK, *MONEY, *DISPUTES, *FOLLOW_UPS, *SECRETS)
}


def test_a_healthy_shop_is_clean(audited: Audited) -> None:
    """Orders of every kind, made by the real programs, break no rule, without any patience."""
    report = audited.audit()
    assert report.findings == ()
    assert report.looked_at["orders"] == report.looked_at["payments at Stripe"] - 1
    assert {row["state"] for row in audited.sql("SELECT state FROM orders")} == {
        "awaiting_payment",
        "paid",
        "canceled",
        "expired",
    }
    assert report.looked_at["refunds"] == 3
    assert report.looked_at["disputes"] == 3


@pytest.mark.parametrize("what", DAMAGES)
def test_a_damage_is_named(audited: Audited, what: str) -> None:
    """Each rule finds what it is for, and no other rule cries with it unless it must."""
    damage = DAMAGES[what]
    audited.sql(damage.sql)
    assert audited.broken() == damage.rules
