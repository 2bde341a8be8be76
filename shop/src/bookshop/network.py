"""Network addresses: which proxies are believed, and who is counted for an address."""

import ipaddress


def parse_networks(value: object) -> object:
    """The networks in a setting's text, separated by commas: "127.0.0.1, 10.0.0.0/8, ::1".

    Raises:
        ValueError: naming what is no address or network.
    """
    if not isinstance(value, str):
        return value
    parts = [part.strip() for part in value.split(",") if part.strip()]
    return tuple(dict.fromkeys(network for part in parts for network in _spellings(part)))


def subject_of(address: str) -> str | None:
    """Who is counted for an IP address, None for what is no address.

    IPv6 is counted by /64, because every home has as many; an IPv4 address inside of one as what it is.
    """
    found = _parsed(address.strip())
    if found is None:
        # Some proxies add the port.
        host, _, port = address.strip().rpartition(":")
        found = _parsed(host.removeprefix("[").removesuffix("]")) if port.isdecimal() else None
    if isinstance(found, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(found), 64), strict=False))
    return str(found) if found else None


def is_public(address: str) -> bool:
    """Whether somebody on the internet can have this address."""
    found = _parsed(address)
    return found is not None and found.is_global


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _spellings(text: str) -> tuple[str, ...]:
    """An IPv4 network also as a server sees it that listens to both kinds."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        raise ValueError(f"{text:.50} is no address or network such as 10.0.0.0/8") from None
    if network.version == 6:
        return (str(network),)
    return str(network), f"::ffff:{network.network_address}/{96 + network.prefixlen}"
