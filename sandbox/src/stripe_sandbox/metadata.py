"""Metadata's limits and how an update merges it. Source: https://docs.stripe.com/metadata."""

from stripe_sandbox.errors import invalid_parameter

_MOST_KEYS = 50
_LONGEST_KEY = 40
_LONGEST_VALUE = 500


def merged(current: dict[str, str] | None, given: "dict[str, str] | str | None") -> dict[str, str]:
    """The metadata after a request: new keys added, keys with an empty value removed, `""` clearing all.

    Raises:
        StripeError: too many keys, or a key or value too long.
    """
    if given is None:
        return current or {}
    if isinstance(given, str):
        return {}
    for key, value in given.items():
        if len(key) > _LONGEST_KEY:
            raise invalid_parameter(
                f"Metadata keys can have up to {_LONGEST_KEY} characters, but you passed in '{key}'.",
                "metadata",
            )
        if len(value) > _LONGEST_VALUE:
            raise invalid_parameter(
                f"Metadata values can have up to {_LONGEST_VALUE} characters, but you passed in a value that "
                f"is {len(value)} characters. Invalid value: {value[:40]}…",
                f"metadata[{key}]",
            )
    result = {key: value for key, value in {**(current or {}), **given}.items() if value != ""}
    if len(result) > _MOST_KEYS:
        raise invalid_parameter(f"You can have up to {_MOST_KEYS} metadata keys.", "metadata")
    return result
