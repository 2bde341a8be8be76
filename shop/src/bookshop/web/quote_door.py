"""The door that says what a checkout comes to, for the country chosen on its page."""

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bookshop import quotes
from bookshop.quotes import Quote
from bookshop.web import refusals
from bookshop.web.bodies import read_json
from bookshop.web.checkout_bodies import Question
from bookshop.wiring import Shop


async def quote(request: Request) -> Response:
    """200 `subtotal`, `shipping` and `total`, each as amount (minor units) and text; 422 what cannot be sold.

    Nothing is promised: the price is compared again when the order is placed.
    """
    shop: Shop = request.app.state.shop
    try:
        body = await read_json(request, Question)
    except ValidationError as error:
        return refusals.malformed(request, error)
    async with shop.sessions() as session:
        quoted = await quotes.quote(
            session,
            shop.settings,
            checkout_key=body.checkout_key,
            items=body.wanted,
            currency=body.currency,
            country=body.country,
        )
    if not isinstance(quoted, Quote):
        return refusals.refused(request, quoted)
    answer = {
        "subtotal": refusals.shown(request, quoted.subtotal),
        "shipping": refusals.shown(request, quoted.shipping),
        "total": refusals.shown(request, quoted.total),
    }
    return JSONResponse(answer, headers={"Cache-Control": "no-store"})
