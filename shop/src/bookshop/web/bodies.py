"""Reading what scripts send: never more than a door wants, checked against a pydantic model."""

import asyncio
from typing import TypeVar
from urllib.parse import parse_qs

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from bookshop.errors import BadRequestError, TooLargeError, TooSlowError

Model = TypeVar("Model", bound=BaseModel)

# Seconds for a whole body: none of ours is longer than a phone sends in a few, and who sends none holds a
# connection for nothing.
PATIENCE = 15.0

# Bytes and fields; the largest form of ours has three fields and an address.
LONGEST_FORM = 4096
MOST_FIELDS = 20


async def read_bytes(request: Request, *, limit: int) -> bytes:
    """The raw body, of at most `limit` bytes.

    Raises:
        TooLargeError: there is more; the rest was not read.
        TooSlowError: it was not there within `PATIENCE`.
        BadRequestError: the caller went away in the middle.
    """
    if int_header(request, "content-length") > limit:
        raise TooLargeError
    body = bytearray()
    try:
        async with asyncio.timeout(PATIENCE):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise TooLargeError
    except TimeoutError as error:
        raise TooSlowError from error
    except ClientDisconnect as error:
        raise BadRequestError("The request ended in the middle.") from error
    return bytes(body)


async def read_json(request: Request, model: type[Model], *, limit: int = 16_384) -> Model:
    """The JSON body as this model; a ValidationError of the model itself is let through for the door to word.

    Raises:
        BadRequestError: the body is no JSON object.
        TooLargeError: it is longer than `limit` bytes.
    """
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise BadRequestError("This address takes JSON (Content-Type: application/json).")
    body = await read_bytes(request, limit=limit)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        if any(not detail["loc"] for detail in error.errors()):
            raise BadRequestError("The body is not a JSON object.") from error
        raise


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a small form, the last of each name; what is no form at all has none.

    Raises:
        BadRequestError: the caller went away in the middle, or sends more fields than any form of ours has.
        TooLargeError: it is longer than `LONGEST_FORM`.
    """
    body = await read_bytes(request, limit=LONGEST_FORM)
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise BadRequestError("That is no form of ours.") from error
    return {name: values[-1] for name, values in fields.items()}


def int_header(request: Request, name: str) -> int:
    """A header's number, 0 where it is missing or no number."""
    value = request.headers.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else 0
