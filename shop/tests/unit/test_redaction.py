"""Log lines without secrets, and with everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import factories
from bookshop.telemetry import redact

CLIENT_SECRET = "pi_3QProof00_secret_AbCdEf0123456789"


def clean(**event: object) -> str:
    return repr(redact(None, "info", dict(event)))


@pytest.mark.parametrize(
    "secret",
    [
        factories.SECRET_KEY,
        "rk_live_51QmProofOfTheShop00",
        factories.WEBHOOK_SECRET,
        CLIENT_SECRET,
        "seti_1Proof_secret_AbCdEf0123456789",
        "src_client_secret_AbCdEf0123456789",
        "4242424242424242",
        "4242 4242 4242 4242",
        "4242-4242-4242-4242",
        "3782 822463 10005",
        "30569309025904",
        "4222222222222",
        4242424242424242,
    ],
)
def test_secrets_are_blanked_wherever_they_stand(secret: str | int) -> None:
    """In a value, inside text, in a mapping's key or value, a list, a tuple, bytes or an exception."""
    forms: list[object] = [
        secret,
        f"before {secret}, after",
        f"https://shop/orders/x?payment_intent_client_secret={secret}&a=b",
        {"deep": [{"deeper": (secret,)}]},
        {str(secret): 1},
        {str(secret)},
        str(secret).encode(),
        ValueError(f"broke at {secret}"),
    ]
    for form in forms:
        assert str(secret) not in clean(value=form, event=f"{form}"), form


@pytest.mark.parametrize(
    "text",
    [
        "pi_3QProof00AbCdEf0123456789",
        "evt_1QProof00AbCdEf0123456789",
        "req_0123456789012345",
        "risk_assessment_needed",
        "task_identifier_of_old",
        "2026-11-22T20:14:00.123456Z",
        "7d2c1e52-1111-4222-8333-123456789012",
        "1795380670",
        "/books/the-making-of-prince-of-persia",
    ],
)
def test_what_helps_in_the_night_stays(text: str) -> None:
    """Ids, times and addresses are what one searches logs by."""
    assert text in clean(value=text, other=[text], deep={"a": text})


def test_an_intent_is_still_recognisable() -> None:
    """Of a client secret only the secret part goes."""
    assert "pi_3QProof00" in clean(value=CLIENT_SECRET)


def test_numbers_and_flags_keep_their_kind() -> None:
    """Measures stay numbers, so that they can be added up."""
    event = {"milliseconds": 12.5, "count": 3, "is_final": True, "nothing": None}
    assert redact(None, "info", dict(event)) == event


@given(st.text(max_size=30), st.text(max_size=30))
def test_nothing_around_a_secret_lets_it_through(before: str, after: str) -> None:
    """Words before and after a key do not hide it."""
    assert factories.SECRET_KEY not in clean(value=f"{before} {factories.SECRET_KEY} {after}")
