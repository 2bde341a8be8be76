"""Identifiers in Stripe's shapes: a prefix and 24 alphanumerics, `3` first for what belongs to a payment."""

import os

_ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TABLE = bytes(_ALPHABET[byte % 62] for byte in range(256))


def alphanumeric(length: int) -> str:
    """Random letters and digits; a stand-in needs them unguessable, not perfectly uniform."""
    return os.urandom(length).translate(_TABLE).decode()


def payment_id(prefix: str) -> str:
    """An id for an object of a payment's life, such as `pi_3…`, `ch_3…` or `evt_3…`."""
    return f"{prefix}_3{alphanumeric(23)}"


def plain_id(prefix: str, length: int = 24) -> str:
    """An id for anything else, such as `pm_1…`; customers have 14 characters after their prefix."""
    return f"{prefix}_{alphanumeric(length)}" if length < 24 else f"{prefix}_1{alphanumeric(length - 1)}"
