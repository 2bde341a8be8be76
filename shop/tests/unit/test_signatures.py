"""The webhook's signature: a genuine event of ours or UnsignedEventError, whatever arrives."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import factories
from bookshop.errors import UnsignedEventError
from bookshop.payments import VerifiedEvent, verify_event
from factories import WEBHOOK_SECRET, signature

BODY = factories.event(factories.intent("an order"))
OTHER_SECRET = "whsec_anotherSecretAltogether00"


def refused(body: bytes, header: str | None, *secrets: str) -> bool:
    try:
        verify_event(body, header, secrets or (WEBHOOK_SECRET,))
    except UnsignedEventError:
        return True
    return False


def test_a_genuine_event_is_taken() -> None:
    """The whole event comes out as it was signed."""
    event = verify_event(BODY, signature(BODY), (WEBHOOK_SECRET,))
    assert event.payload == json.loads(BODY)
    assert (event.type, event.livemode) == ("payment_intent.succeeded", False)
    assert event.object["object"] == "payment_intent"


def test_each_of_several_secrets_is_good() -> None:
    """While a secret is rotated both the old and the new one sign."""
    both = (OTHER_SECRET, WEBHOOK_SECRET)
    assert verify_event(BODY, signature(BODY), both) == verify_event(BODY, signature(BODY), both[::-1])
    assert verify_event(BODY, signature(BODY, OTHER_SECRET), both).id


def test_stripe_may_sign_with_both_secrets_in_one_header() -> None:
    """During a rotation the header carries one v1 for each secret."""
    now, _, ours = signature(BODY).partition(",")
    theirs = signature(BODY, OTHER_SECRET).partition(",")[2]
    assert verify_event(BODY, f"{now},{theirs},{ours},v0=abc", (WEBHOOK_SECRET,)).id
    many = ",".join(["v1=" + "0" * 64] * 1000)
    assert verify_event(BODY, f"{now},{many},{ours}", (WEBHOOK_SECRET,)).id
    assert refused(BODY, f"{now},{many}")


def test_without_a_secret_nothing_is_accepted() -> None:
    """No secret, an empty one and a blank one accept no event, also none signed with that very secret."""
    for nothing in ("", " ", "\t\n"):
        assert refused(BODY, signature(BODY, nothing), nothing)
    with pytest.raises(UnsignedEventError):
        verify_event(BODY, signature(BODY), ())


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "t=",
        "v1=",
        "t=,v1=",
        "=",
        ",,,",
        "t=99999999999999999999999999,v1=00",
        "t=-1,v1=00",
        "t=" + "9" * 5000 + ",v1=00",
        "v1=\N{SNOWMAN},t=1",
        "t=\N{SUPERSCRIPT TWO},v1=00",
        pytest.param(signature(BODY, scheme="v0"), id="another scheme"),
        pytest.param(signature(BODY, OTHER_SECRET), id="another secret"),
        pytest.param(signature(BODY).upper(), id="capitals"),
        pytest.param(signature(BODY).replace("t=", "t=1"), id="another time"),
        pytest.param(signature(BODY).partition(",")[0], id="time alone"),
        pytest.param(signature(BODY).partition(",")[2], id="no time"),
    ],
)
def test_headers_that_prove_nothing(header: str | None) -> None:
    """Missing, broken, foreign and older-scheme signatures are all the same refusal."""
    assert refused(BODY, header)


@pytest.mark.parametrize(("age", "is_taken"), [(290, True), (310, False), (-290, True), (-310, False)])
def test_five_minutes_in_both_directions(age: int, is_taken: bool) -> None:  # noqa: FBT001
    """A captured event is worthless after five minutes, and one dated ahead never becomes a stock of them."""
    assert refused(BODY, signature(BODY, age=age)) is not is_taken


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b'"text"',
        b"not json",
        b"1" * 5000,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"id":"evt_1","type":"a","created":1,"livemode":false}',
        b'{"id":"evt_1","type":"a","created":1,"livemode":false,"data":[]}',
        b'{"id":"evt_1","type":"a","created":1,"livemode":false,"data":{}}',
        b'{"id":"evt_1","type":"a","created":1,"livemode":false,"data":{"object":[]}}',
        b'{"id":"evt_1","type":"a","created":1e999,"livemode":false,"data":{"object":{}}}',
        b'{"id":"evt_1","type":"a","created":NaN,"livemode":false,"data":{"object":{}}}',
        b'{"id":"evt_1","type":"a","created":null,"livemode":false,"data":{"object":{}}}',
        b'{"id":"evt_1","type":"a","created":' + b"9" * 30 + b',"livemode":false,"data":{"object":{}}}',
        b'{"id":["evt_1"],"type":{"a":1},"created":1,"livemode":false,"data":{"object":{}}}',
        b'{"id":"","type":"a","created":1,"livemode":false,"data":{"object":{}}}',
        b'{"id":"evt_1","type":"a","created":1,"livemode":"false","data":{"object":{}}}',
    ],
    ids=lambda body: repr(body[:70]),
)
def test_signed_bodies_that_are_no_event(body: bytes) -> None:
    """Even with a good signature a body that is no event is refused, and no parser breaks on it."""
    assert refused(body, signature(body))
    assert refused(body, signature(BODY))


@given(
    position=st.integers(min_value=0, max_value=len(BODY) - 1), byte=st.integers(min_value=0, max_value=255)
)
def test_one_changed_byte_is_noticed(position: int, byte: int) -> None:
    """Any byte of the body changed makes it somebody else's event."""
    changed = BODY[:position] + bytes([byte]) + BODY[position + 1 :]
    if changed != BODY:
        assert refused(changed, signature(BODY))


@given(st.data())
def test_no_mutation_of_a_header_passes_for_another_event(data: st.DataObject) -> None:
    """Cutting, doubling, inserting: the outcome is the genuine event or a refusal, never anything else."""
    header = signature(BODY)
    start = data.draw(st.integers(0, len(header)))
    end = data.draw(st.integers(start, len(header)))
    mutated = header[:start] + data.draw(st.text(max_size=20)) + header[end:]
    try:
        event = verify_event(BODY, mutated, (WEBHOOK_SECRET,))
    except UnsignedEventError:
        return
    assert event.payload == json.loads(BODY)


@given(st.binary(max_size=200), st.text(max_size=100))
@example(b"\xed\xa0\x80", "t=1,v1=\ud800")
def test_noise_is_refused(body: bytes, header: str) -> None:
    """Random bytes under random headers never raise anything but the refusal."""
    assert refused(body, header)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(["id", "type", "created", "livemode", "data", "object"]), json_values)
def test_signed_events_with_strange_fields(field: str, value: object) -> None:
    """A signed event whose fields are of other kinds is refused, or is an event whose parts are of ours."""
    body = json.dumps(json.loads(BODY) | {field: value}).encode()
    try:
        event = verify_event(body, signature(body), (WEBHOOK_SECRET,))
    except UnsignedEventError:
        return
    assert isinstance(event, VerifiedEvent)
    assert isinstance(event.object, dict)
    assert isinstance(event.livemode, bool)
    assert 0 <= event.created < 2**40
