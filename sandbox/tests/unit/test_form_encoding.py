"""Form text into nested values, as the SDKs write it and as curl does."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from stripe_sandbox.errors import StripeError
from stripe_sandbox.form_encoding import decode


@pytest.mark.parametrize(
    ("encoded", "form"),
    [
        ("", {}),
        ("amount=2300&currency=sgd", {"amount": "2300", "currency": "sgd"}),
        ("metadata[a+b]=c%26d", {"metadata": {"a b": "c&d"}}),
        ("metadata%5Border_id%5D=1", {"metadata": {"order_id": "1"}}),
        ("expand[]=a&expand[]=b", {"expand": {"0": "a", "1": "b"}}),
        ("expand[1]=b&expand[0]=a", {"expand": {"1": "b", "0": "a"}}),
        ("metadata=", {"metadata": ""}),
        (
            "items[][a]=1&items[][b]=2&items[][a]=3",
            {"items": {"0": {"a": "1", "b": "2"}, "1": {"a": "3"}}},
        ),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("a=1&a=2", {"a": "2"}),
    ],
)
def test_text_becomes_nested_values(encoded: str, form: dict[str, Any]) -> None:
    """Brackets escaped or not, indexes given or not, the last of two equal names wins."""
    assert decode(encoded) == form


@pytest.mark.parametrize(
    "encoded", ["a[b=1", "[a]=1", "a[b]c=1", "a=1&a[b]=2", "a[b]=1&a=2", f"a{'[b]' * 20}=1"]
)
def test_malformed_names_are_refused(encoded: str) -> None:
    """A name that is no name, or a value used as an object."""
    with pytest.raises(StripeError):
        decode(encoded)


NAMES = st.text("abcdefghij_", min_size=1, max_size=8)
VALUES = st.recursive(
    st.text(max_size=12),
    lambda children: st.dictionaries(NAMES, children, min_size=1, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_what_the_sdk_encodes_comes_back(form: dict[str, Any]) -> None:
    """Any nested parameters survive the SDK's own encoder and this decoder."""
    assert decode(urlencode(list(_api_encode(form)))) == form
