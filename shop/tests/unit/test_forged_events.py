"""Forgers with a genuine event in their hands: of tens of thousands of changes none passes for genuine."""

import json
import random
from collections.abc import Callable, Iterator

import pytest

import factories
from bookshop.errors import UnsignedEventError
from bookshop.payments import verify_event
from factories import WEBHOOK_SECRET, signature

MUTATIONS = 40_000
SEED = 20_261_123
BODY = factories.event(factories.intent("an order"))

# What a forger may have: secrets of other endpoints, none at all, and what stands where ours should.
OTHER_SECRETS = (
    "whsec_anotherEndpoint0000000000",
    "",
    " ",
    "whsec_",
    WEBHOOK_SECRET[:-1],
    WEBHOOK_SECRET + "0",
)

Mutation = Callable[[random.Random, bytes], bytes]


def seeded() -> random.Random:
    return random.Random(SEED)  # noqa: S311  a red run can be run again


def another_byte(chance: random.Random, text: bytes) -> bytes:
    place = chance.randrange(len(text))
    return text[:place] + bytes([text[place] ^ chance.randrange(1, 256)]) + text[place + 1 :]


def cut(chance: random.Random, text: bytes) -> bytes:
    start, end = sorted(chance.sample(range(len(text) + 1), 2))
    return text[:start] + text[end:]


def doubled(chance: random.Random, text: bytes) -> bytes:
    start, end = sorted(chance.sample(range(len(text) + 1), 2))
    return text[:end] + text[start:]


def inserted(chance: random.Random, text: bytes) -> bytes:
    place = chance.randrange(len(text) + 1)
    return text[:place] + chance.randbytes(chance.randrange(1, 9)) + text[place:]


def swapped(chance: random.Random, text: bytes) -> bytes:
    place = chance.randrange(len(text) - 1)
    return text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :]


def another_amount(chance: random.Random, text: bytes) -> bytes:
    """The event as a forger would like it, well-formed."""
    event = json.loads(text)
    event["data"]["object"]["amount_received"] = chance.randrange(10**9)
    event["id"] = f"evt_{chance.randrange(10**12)}"
    return json.dumps(event).encode()


def written_otherwise(chance: random.Random, text: bytes) -> bytes:
    """The same event in other bytes."""
    event = json.loads(text)
    return json.dumps(event, indent=chance.randrange(4), sort_keys=chance.random() < 0.5).encode()


BODIES: tuple[Mutation, ...] = (
    another_byte,
    cut,
    doubled,
    inserted,
    swapped,
    another_amount,
    written_otherwise,
)


def is_accepted(body: bytes, header: str) -> bool:
    try:
        verify_event(body, header, (WEBHOOK_SECRET,))
    except UnsignedEventError:
        return False
    return True


def forgeries(chance: random.Random) -> Iterator[tuple[bytes, str]]:
    """Bodies and headers of which none is Stripe's."""
    genuine = signature(BODY)
    for number in range(MUTATIONS):
        body = BODIES[number % len(BODIES)](chance, BODY)
        if number % 3 == 0 and body != BODY:
            yield body, genuine
        elif number % 3 == 1:
            yield body, signature(body, chance.choice(OTHER_SECRETS), age=chance.randrange(-300, 300))
        else:
            age = chance.choice((-1, 1)) * chance.randrange(302, 10**6)
            yield (BODY, signature(BODY, age=age)) if chance.random() < 0.5 else (body, _bent(chance, body))


def _bent(chance: random.Random, body: bytes) -> str:
    """A header of another scheme, of many guesses, or of a good one that lost a digit."""
    good = signature(BODY)
    match chance.randrange(3):
        case 0:
            return signature(body, scheme="v0")
        case 1:
            time = good.partition(",")[0]
            return ",".join([time, *(f"v1={chance.randrange(16**64):064x}" for _ in range(20))])
        case _:
            place = chance.randrange(good.index("v1=") + 3, len(good))
            digit = chance.choice([digit for digit in "0123456789abcdef" if digit != good[place]])
            return good[:place] + digit + good[place + 1 :]


def test_story_20_forged_events_are_never_taken() -> None:
    """Forty thousand forgeries, each refused by the one error that the door answers with 400."""
    accepted = [forgery for forgery in forgeries(seeded()) if is_accepted(*forgery)]
    assert accepted == []


def test_control_the_same_changes_under_our_signature_are_read() -> None:
    """The forgeries fail for their signature: signed by us, what is still an event is taken."""
    chance = seeded()
    for mutation in (another_amount, written_otherwise):
        body = mutation(chance, BODY)
        assert is_accepted(body, signature(body))
    assert is_accepted(BODY, signature(BODY))


@pytest.mark.parametrize("mutation", BODIES, ids=lambda mutation: mutation.__name__)
def test_signed_mutations_break_no_parser(mutation: Mutation) -> None:
    """Whatever is signed is an event or a refusal, never another exception."""
    chance = seeded()
    for _ in range(1000):
        body = mutation(chance, BODY)
        is_accepted(body, signature(body))
