"""What every door under `/_sandbox/` needs: a checked body, JSON answers, and no pages of other sites."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from stripe_sandbox.dashboard.same_origin import sent_by_another_site

Body = TypeVar("Body", bound=BaseModel)


class Strict(BaseModel):
    """A body that may hold nothing but its fields."""

    model_config = ConfigDict(extra="forbid")


def switch(path: str, door: Callable[[Request], Awaitable[Response]], method: str) -> Route:
    """A door that changes something, shut to pages of other sites that a browser on this machine shows."""

    async def guarded(request: Request) -> Response:
        if sent_by_another_site(request):
            return json_answer({"errors": ["The sandbox's switches are not for pages of other sites."]}, 403)
        return await door(request)

    return Route(path, guarded, methods=[method])


def json_answer(value: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(value), status, media_type="application/json")


async def read(request: Request, model: type[Body]) -> Body | Response:
    """The body, or the 400 that says what is wrong with it."""
    body = await request.body()
    try:
        return model.model_validate_json(body or b"{}")
    except ValidationError as error:
        return json_answer(
            {"errors": error.errors(include_url=False, include_context=False, include_input=False)}, 400
        )
