"""What the Payment Element went through in customers' browsers, as log lines and measures."""

from typing import Annotated

import structlog
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from bookshop import telemetry
from bookshop.errors import BadRequestError
from bookshop.web.bodies import read_json

log = structlog.get_logger()

Word = Annotated[str, StringConstraints(max_length=100, pattern=r"^[\w .:/-]*$")]

# A count or a code; nothing as long as a card number.
Small = Annotated[int, Field(ge=-(10**9), le=10**9)]

# The names that become measures of their own; a page of another release may send others.
KNOWN = frozenset(
    {
        "stripe_js_loaded",
        "stripe_js_failed",
        "loaderstart",
        "ready",
        "loaderror",
        "change",
        "submit",
        "refused",
        "declined",
        "exception",
    }
)


class BrowserEvent(BaseModel):
    """One moment. `milliseconds` since the page began; `detail`: flags and short codes, nothing personal."""

    model_config = ConfigDict(extra="forbid")

    name: Word
    milliseconds: int = Field(ge=0, le=86_400_000)
    checkout_key: Word | None = None
    detail: dict[Word, bool | Small | Word | None] = Field(default_factory=dict, max_length=8)


class BrowserEvents(BaseModel):
    """One delivery of the page's queue."""

    model_config = ConfigDict(extra="forbid")

    events: list[BrowserEvent] = Field(max_length=50)


async def receive(request: Request) -> Response:
    """Write the events down. 204, whatever they say, as long as they have the form that our page sends."""
    try:
        body = await read_json(request, BrowserEvents)
    except ValidationError as error:
        raise BadRequestError("That is not a list of browser events.") from error
    for event in body.events:
        telemetry.payment_element.labels(event.name if event.name in KNOWN else "other").inc()
        if event.name == "ready":
            telemetry.payment_element_ready.observe(event.milliseconds / 1000)
        level = log.warning if event.name in {"loaderror", "stripe_js_failed"} else log.info
        level(
            "payment element",
            name=event.name,
            milliseconds=event.milliseconds,
            checkout=event.checkout_key,
            detail=event.detail,
        )
    return Response(status_code=204)
