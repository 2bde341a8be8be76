"""Who is counted for an address, and which proxies are believed about it."""

import asyncio
import ipaddress

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

import factories
from bookshop.network import parse_networks, subject_of
from bookshop.web.client_address import ClientAddress, counted_as


@pytest.mark.parametrize(
    ("address", "subject"),
    [
        ("81.2.69.160", "81.2.69.160"),
        (" 81.2.69.160:44321", "81.2.69.160"),
        ("::ffff:81.2.69.160", "81.2.69.160"),
        ("2a02:26f7::1", "2a02:26f7::/64"),
        ("2a02:26f7:0:0:dead:beef:0:7", "2a02:26f7::/64"),
        ("[2a02:26f7::1]:443", "2a02:26f7::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", None),
        ("_hidden", None),
        ("", None),
        ("81.2.69.160.5", None),
    ],
)
def test_who_is_counted(address: str, subject: str | None) -> None:
    """An IPv4 address, a home's IPv6 network, or nobody."""
    assert subject_of(address) == subject


@given(st.ip_addresses(v=6), st.integers(0, 2**64 - 1))
def test_one_home_is_one_subject(address: ipaddress.IPv6Address, machine: int) -> None:
    """Whatever a home's machines call themselves, they are counted together."""
    other = ipaddress.IPv6Address(int(address) >> 64 << 64 | machine)
    if address.ipv4_mapped is None and other.ipv4_mapped is None:
        assert subject_of(str(address)) == subject_of(str(other))


@given(st.text(max_size=60))
def test_any_text_may_be_an_address(text: str) -> None:
    """A proxy that writes nonsense breaks nothing, and what is counted fits the table."""
    subject = subject_of(text)
    assert subject is None or len(subject) <= 64


def test_networks_of_the_setting() -> None:
    """Several, each also as a server sees it that listens to IPv4 and IPv6."""
    networks = parse_networks("10.0.0.0/8, ::1,, 10.0.0.0/8")
    assert networks == ("10.0.0.0/8", "::ffff:10.0.0.0/104", "::1/128")
    with pytest.raises(ValueError, match="is no address"):
        parse_networks("proxy.local")


async def _say(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(counted_as(request)))


def counted(trusted: str, sender: str, *forwarded: str) -> str:
    """Who is counted when `sender` connects and sends these X-Forwarded-For headers."""
    settings = factories.settings(trusted_proxies=trusted)
    app = Starlette(routes=[Route("/", _say)], middleware=[Middleware(ClientAddress, settings=settings)])
    transport = httpx.ASGITransport(app, client=(sender, 50_000))

    async def ask() -> str:
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            headers = [("X-Forwarded-For", value) for value in forwarded]
            return (await client.get("/", headers=headers)).text

    return asyncio.run(ask())


CUSTOMER, FORGED, PROXY = "81.2.69.160", "6.6.6.6", "10.0.0.7"


@pytest.mark.parametrize(
    ("trusted", "sender", "forwarded", "expected"),
    [
        ("", CUSTOMER, [], CUSTOMER),
        ("10.0.0.0/8", PROXY, [CUSTOMER], CUSTOMER),
        ("10.0.0.0/8", PROXY, [f"{FORGED}, {CUSTOMER}"], CUSTOMER),
        ("10.0.0.0/8", PROXY, [f"{FORGED}, {CUSTOMER}, 10.0.0.9"], CUSTOMER),
        ("10.0.0.0/8", PROXY, [FORGED, CUSTOMER], CUSTOMER),
        ("10.0.0.0/8", f"::ffff:{PROXY}", [CUSTOMER], CUSTOMER),
        ("10.0.0.0/8", PROXY, ["10.0.0.3"], "10.0.0.3"),
        ("10.0.0.0/8", CUSTOMER, [FORGED], CUSTOMER),
        ("", CUSTOMER, [FORGED], CUSTOMER),
        ("10.0.0.0/8", PROXY, ["nonsense"], "None"),
        ("", PROXY, [CUSTOMER], "None"),
    ],
)
def test_proxies_are_believed_as_far_as_they_are_trusted(
    trusted: str, sender: str, forwarded: list[str], expected: str
) -> None:
    """What customers write into the header counts for nothing; behind an unnamed proxy none is counted."""
    assert counted(trusted, sender, *forwarded) == expected
