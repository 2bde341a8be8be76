"""Logs as one JSON object a line, metrics for Prometheus; neither ever holds a secret."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics

from bookshop.settings import Settings

# Keys and signing secrets; client secrets, of which what stands before `_secret_` is an id and may stay; and
# numbers as long as a card's, also in groups, that are no part of a longer word such as an id.
SECRETS = re.compile(
    r"(?P<kind>(?:sk|rk)_(?:test|live)|whsec)_[0-9A-Za-z_+/=]{6,}"
    r"|(?P<owner>[a-z]{2,8}_[0-9A-Za-z]{1,64})_secret_[0-9A-Za-z]{6,}"
    r"|(?<![\w-])(?:\d[ -]?){12,18}\d(?![\w-])"
)

# A second series for each counter, which nothing of ours reads.
disable_created_metrics()  # type: ignore[no-untyped-call]

SHORTEST_CARD_NUMBER = 10**12

requests = Histogram(
    "bookshop_request_seconds",
    "Time to answer a request, by route and status.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
orders_placed = Counter("bookshop_orders_placed_total", "Orders placed, by currency.", ["currency"])
settlements = Counter(
    "bookshop_settlements_total",
    "What became of a PaymentIntent's news, by who brought it.",
    ["cause", "outcome"],
)
webhook_events = Counter("bookshop_webhook_events_total", "Events at the webhook door.", ["type", "outcome"])
repairs = Counter("bookshop_repairs_total", "What the reconciler had to mend.", ["what"])
stripe_failures = Counter(
    "bookshop_stripe_failures_total", "Calls to Stripe without a usable answer.", ["doing"]
)
clock_ahead = Gauge(
    "bookshop_clock_ahead_seconds", "How far this machine's clock is ahead of Stripe's, looked at every hour."
)
payment_element = Counter(
    "bookshop_payment_element_events_total", "The Payment Element's life in customers' browsers.", ["name"]
)
payment_element_ready = Histogram(
    "bookshop_payment_element_ready_seconds",
    "From the page's start until the customer could type a card.",
    buckets=(0.25, 0.5, 1, 2, 3, 5, 8, 13, 30),
)
workflows = Gauge(
    "bookshop_workflows", "Follow-ups and scheduled runs that wait or failed, by state.", ["name", "state"]
)
oldest_workflow = Gauge(
    "bookshop_oldest_workflow_seconds", "Age of the oldest of them, by state.", ["name", "state"]
)
living_workers = Gauge("bookshop_living_workers", "Workers that gave a sign of life in the last seconds.")
follow_ups_owed_again = Counter(
    "bookshop_follow_ups_owed_again_total", "Follow-ups that were missing and are owed again.", ["workflow"]
)
workflows_taken_over = Counter(
    "bookshop_workflows_taken_over_total", "Workflows of dead workers that this worker queued again."
)
limited = Counter(
    "bookshop_limited_total",
    "Attempts beyond an allowance, by allowance and level of the limits.",
    ["allowance", "level"],
)
mail_copies = Counter(
    "bookshop_mail_copies_total",
    "Mails that may have arrived once more, with the same Message-ID.",
    ["purpose"],
)
refunds = Counter("bookshop_refunds_total", "Refunds by the state that they came to.", ["state"])
disputes = Counter("bookshop_disputes_total", "News of disputes, by Stripe's status.", ["status"])
fraud_warnings = Counter("bookshop_fraud_warnings_total", "Payments that a card's bank reported as fraud.")
mails = Counter("bookshop_mails_total", "Mails by purpose and outcome.", ["purpose", "outcome"])


def configure(settings: Settings) -> None:
    """Send every log of this process, libraries' included, through one pipeline to standard error."""
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    # DBOS gives a logger without handlers one of its own, which would go past the pipeline above.
    logging.getLogger("dbos").addHandler(logging.NullHandler())
    for chatty in ("dbos", "stripe", "asyncio", "_granian", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(settings.log_level)))


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank out keys, client secrets and card numbers wherever a log line might carry one."""
    # Keys with an underscore are structlog's own and never printed.
    return {key: value if key.startswith("_") else _clean(value) for key, value in event.items()}


def _clean(value: object) -> object:
    match value:
        case str():
            return SECRETS.sub(lambda match: f"{match['owner'] or match['kind'] or ''}_[hidden]", value)
        case bool() | float() | None:
            return value
        case int():
            return value if abs(value) < SHORTEST_CARD_NUMBER else _clean(str(value))
        case dict():
            return {_clean(key): _clean(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_clean(item) for item in value]
        case _:
            # What the renderer would do with it anyway, before somebody has looked at it.
            return _clean(repr(value))
