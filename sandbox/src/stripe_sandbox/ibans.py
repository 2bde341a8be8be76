# ruff: noqa: E501  a table is read row by row
"""Test bank accounts for SEPA Direct Debit, and the tokens that stand for them on a server.

Source: https://docs.stripe.com/testing. Every debit passes through `processing`; a delayed one stays there for
three minutes of the sandbox's clock.
"""

import hashlib
import re
from dataclasses import dataclass

DELAY_SECONDS = 3 * 60


@dataclass(frozen=True, slots=True)
class Iban:
    """One row. `outcome`: succeeds, fails, disputed; `reason` is the failed charge's code."""

    number: str
    does: str
    outcome: str = "succeeds"
    delayed: bool = False
    reason: str = "generic_could_not_process"

    @property
    def country(self) -> str:
        return self.number[:2]

    @property
    def last4(self) -> str:
        return self.number[-4:]

    @property
    def bank_code(self) -> str:
        return self.number[4:12] if self.country == "DE" else self.number[4:9]

    @property
    def fingerprint(self) -> str:
        """The same for the same account."""
        return hashlib.blake2b(self.number.encode(), digest_size=8).hexdigest()


# fmt: off
IBANS = (
    Iban("DE89370400440532013000", "succeeds"),
    Iban("DE08370400440532013003", "succeeds after three minutes", delayed=True),
    Iban("DE62370400440532013001", "fails", "fails"),
    Iban("DE78370400440532013004", "fails after three minutes", "fails", delayed=True),
    Iban("DE35370400440532013002", "succeeds and is disputed at once", "disputed"),
    Iban("AT611904300234573201",   "succeeds"),
    Iban("AT321904300235473204",   "succeeds after three minutes", delayed=True),
    Iban("AT861904300235473202",   "fails", "fails"),
)
# fmt: on
_BY_NUMBER = {iban.number: iban for iban in IBANS}
_OF_TOKEN = {
    "success": ("succeeds", False, ""),
    "successDelayed": ("succeeds", True, ""),
    "failed": ("fails", False, "generic_could_not_process"),
    "failedDelayed": ("fails", True, "generic_could_not_process"),
    "disputed": ("disputed", False, ""),
    "exceedsWeeklyVolumeLimit": ("fails", False, "charge_exceeds_weekly_limit"),
    "exceedsWeeklyTransactionLimit": ("fails", False, "charge_exceeds_transaction_limit"),
    "insufficientFunds": ("fails", False, "insufficient_funds"),
}
_TOKEN = re.compile(r"pm_sepaDebit_([A-Za-z]+)_([a-z]{2})")


def iban_for(number: str) -> Iban | None:
    """The table's row, a plain success for another IBAN with right check digits, None for a wrong one."""
    number = number.replace(" ", "").upper()
    if number in _BY_NUMBER:
        return _BY_NUMBER[number]
    return Iban(number, "succeeds") if _has_right_check_digits(number) else None


def of_token(token: str) -> Iban | None:
    """The account behind `pm_sepaDebit_<behaviour>_<country>`, None for anything else."""
    match = _TOKEN.fullmatch(token)
    if match is None or match[1] not in _OF_TOKEN:
        return None
    outcome, delayed, reason = _OF_TOKEN[match[1]]
    number = f"{match[2].upper()}00{token.encode().hex()[:8].upper()}3000"
    listed = [
        row for row in IBANS if (row.country, row.outcome, row.delayed) == (number[:2], outcome, delayed)
    ]
    return Iban(listed[0].number if listed else number, token, outcome, delayed, reason)


def tokens_of(iban: Iban) -> list[str]:
    """The test tokens that stand for a row of the table."""
    names = [
        name
        for name, (outcome, delayed, reason) in _OF_TOKEN.items()
        if (outcome, delayed) == (iban.outcome, iban.delayed) and reason in ("", iban.reason)
    ]
    return [f"pm_sepaDebit_{name}_{iban.country.lower()}" for name in names]


def _has_right_check_digits(number: str) -> bool:
    """ISO 13616: read as a number with letters as 10 to 35, an IBAN leaves 1 when divided by 97."""
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", number):
        return False
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 == 1
