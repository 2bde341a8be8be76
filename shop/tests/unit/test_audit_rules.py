"""The rules of the audit as a list: named, documented, each with a damage that shows it can fail."""

import audit_rules

from bookshop import audit


def test_names_are_unique_and_searchable() -> None:
    """An alarm's text leads to one rule."""
    names = [rule.name for rule in audit.RULES]
    assert len(set(names)) == len(names) > 30
    assert all(name == name.lower() and " " not in name for name in names)


def test_the_documented_list_is_current() -> None:
    """After a change to a rule, run python tools/audit_rules.py; a stale page is noticed."""
    page = audit_rules.PAGE.read_text()
    assert audit_rules.written(page) == page
    assert all(f"| `{rule.name}` | {rule.sentence} |" in page for rule in audit.RULES)
    assert audit_rules.written(page.replace("`paid-once`", "`gone`")) == page
