"""Write the list of rules in docs/reliability.md from the audit's own: python tools/audit_rules.py.

It stands between `<!-- rules -->` and `<!-- end of rules -->`; a test fails when it is not current.
"""

import re
from pathlib import Path

from bookshop import audit
from bookshop.audit.rule import Source

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
_PLACE = re.compile(r"(<!-- rules -->\n).*?(<!-- end of rules -->)", re.DOTALL)


def written(page: str) -> str:
    """The page with the list made anew."""
    rows = "".join(
        f"| `{rule.name}` | {rule.sentence} | {'yes' if rule.source is Source.STRIPE else ''} |\n"
        for rule in audit.RULES
    )
    table = f"| rule | what must hold | asks Stripe |\n|---|---|---|\n{rows}"
    return _PLACE.sub(lambda place: f"{place[1]}{table}{place[2]}", page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
    print(f"{PAGE} is current")
