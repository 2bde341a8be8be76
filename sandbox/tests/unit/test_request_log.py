"""What the log of requests must never keep."""

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stripe_sandbox import cards
from stripe_sandbox.request_log import masked

numbers = st.sampled_from([card.number for card in cards.CARDS])
names = st.sampled_from(
    ["card[number]", "payment_method_data[card][number]", "description", "metadata[note]"]
)


@given(numbers, names, st.sampled_from(["", " ", "-"]))
def test_no_card_number_wherever_it_stands(number: str, name: str, separator: str) -> None:
    """In its own field or slipped into another, in one piece or in groups."""
    typed = separator.join(number[start : start + 4] for start in range(0, len(number), 4))
    kept = masked(urlencode({"amount": "2300", name: typed, "currency": "sgd"}))
    assert dict(parse_qsl(kept)) == {"amount": "2300", name: "***", "currency": "sgd"}


@pytest.mark.parametrize(
    "parameters",
    [
        "key=pk_test_abc",
        "card[cvc]=123",
        "card%5Bcvc%5D=123",
        "payment_method_data%5bcard%5d%5Bcvc%5d=123",
        "payment_method_data[sepa_debit][iban]=DE89370400440532013000",
    ],
)
def test_no_key_and_no_security_code(parameters: str) -> None:
    """Nor an IBAN, however the brackets are written."""
    assert masked(f"a=1&{parameters}&b=2") == f"a=1&{parameters.partition('=')[0]}=***&b=2"


@given(
    st.dictionaries(
        st.from_regex(r"\A[a-z_]{1,12}\Z").filter(lambda name: name != "key"),
        st.from_regex(r"\A[a-z0-9 ]{0,11}\Z"),
    )
)
def test_everything_else_is_kept(parameters: dict[str, str]) -> None:
    """A log that hides what it need not is no use."""
    assert masked(urlencode(parameters)) == urlencode(parameters)
