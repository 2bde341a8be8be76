"""Made-up orders, one in every state at /orders/<scene>: `granian --factory example_shop:create_app`.

Styles, scripts and the content security policy (EXAMPLE_POLICY) are the real shop's; only the facts are made
up. States that no test can bring about in a moment, such as a refund, can be looked at here.
"""

import os
from dataclasses import replace

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bookshop import covers
from bookshop.web.reader import find_reader
from bookshop.web.templating import Site, render, static_routes
from example_pages import EXAMPLES, LINE


def create_app() -> Starlette:
    routes = [
        Route("/orders/{scene}", _order),
        Route("/orders/{scene}/status", _status),
        Route("/covers/{slug}.svg", _cover),
        Route("/health", _health),
        *static_routes(),
    ]
    app = Starlette(routes=routes)
    app.state.site = Site(shop_name="Bookshop", stripe_js_url=os.environ["STRIPE_JS_URL"])
    return app


async def _order(request: Request) -> Response:
    page = replace(EXAMPLES[request.path_params["scene"]], status_url=f"{request.url.path}/status")
    request.scope["reader"] = find_reader(request, {"sgd", "eur"}, language="en", currency="sgd")
    return render(request, page, headers={"Content-Security-Policy": os.environ["EXAMPLE_POLICY"]})


async def _status(request: Request) -> Response:
    page = EXAMPLES[request.path_params["scene"]]
    return JSONResponse(
        {"state": page.state, "scene": page.scene, "method": page.method, "is_final": page.is_final}
    )


async def _cover(_: Request) -> Response:
    svg = covers.draw(LINE.title, LINE.author, LINE.palette, "branches")
    return Response(svg, media_type="image/svg+xml")


async def _health(_: Request) -> Response:
    return Response(status_code=204)
