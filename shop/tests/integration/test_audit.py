"""`bookshop audit` finds a healthy shop clean, and names what is damaged in its database."""

import pytest

from audited_shop import Audited


def test_a_healthy_shop_is_clean(audited: Audited) -> None:
    """Orders of every kind, made by the real programs, break no rule, without any patience."""
    report = audited.audit()
    assert report.findings == ()
    assert report.looked_at["orders"] == report.looked_at["payments at Stripe"] - 1
    assert report.looked_at["refunds"] > 0


DAMAGES = {
    "a total that was changed": (
        "UPDATE orders SET total = total + 1 WHERE email = 'open@example.com'",
        {"total-adds-up", "amount-agrees"},
    ),
    "a line that was deleted": (
        "DELETE FROM order_lines WHERE order_id = @canceled",
        {"total-adds-up"},
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damage_is_named(audited: Audited, damage: str) -> None:
    """Each rule finds what it is for, and no other rule cries with it unless it must."""
    statement, expected = DAMAGES[damage]
    audited.sql(statement)
    assert audited.broken() == expected
