"""For those who keep the shop running: is it alive, can it work, how is it doing."""

import sqlalchemy as sa
import structlog
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bookshop import telemetry
from bookshop.database import TROUBLE
from bookshop.wiring import Shop
from bookshop.workflows import overview

log = structlog.get_logger()


async def live(_request: Request) -> Response:
    """The process answers; nothing else is asked."""
    return JSONResponse({"status": "alive"})


async def ready(request: Request) -> Response:
    """The database answers and holds the shop's tables; 503 otherwise, so that no customer is sent here."""
    shop: Shop = request.app.state.shop
    try:
        async with shop.engine.connect() as connection:
            await connection.execute(sa.text("SELECT 1 FROM orders LIMIT 1"))
    except (sa.exc.SQLAlchemyError, OSError, TimeoutError) as error:
        log.warning("not ready", error=type(error).__name__)
        return JSONResponse({"status": "waiting for the database"}, status_code=503)
    return JSONResponse({"status": "ready"})


async def metrics(request: Request) -> Response:
    """This process's measures in Prometheus's text format, and what the database knows of the follow-ups."""
    shop: Shop = request.app.state.shop
    try:
        async with shop.sessions() as session:
            counts = await overview.count(session)
            telemetry.living_workers.set(await overview.count_workers(session))
    except TROUBLE as error:
        log.warning("measures without the follow-ups", error=type(error).__name__)
        counts = []
    telemetry.workflows.clear()
    telemetry.oldest_workflow.clear()
    for count in counts:
        telemetry.workflows.labels(count.name, count.state).set(count.workflows)
        telemetry.oldest_workflow.labels(count.name, count.state).set(count.oldest)
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})
