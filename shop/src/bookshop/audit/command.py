"""The command: what to look at, what to print, and the exit status."""

import argparse
import asyncio
from datetime import UTC, datetime, timedelta

import psycopg

from bookshop import audit
from bookshop.audit.report import as_json, in_words
from bookshop.audit.stripe_lists import StripeAccount, StripeSilentError
from bookshop.audit.workspace import Scope
from bookshop.settings import Settings

# Exit statuses: all rules hold; some are broken; one side did not answer, so nobody knows.
CLEAN, BROKEN, BLIND = 0, 1, 2

# How long it may take until somebody closes an order whose time is over.
CLOSING = timedelta(minutes=15)


def run(settings: Settings, arguments: argparse.Namespace) -> tuple[str, int]:
    """The report, or a sentence about who did not answer; and the exit status."""
    scope = Scope(
        live=settings.live,
        since=_with_zone(arguments.since),
        patience=timedelta(seconds=arguments.patience),
        open_limit=timedelta(minutes=settings.order_lifetime) + CLOSING,
    )
    account = StripeAccount(settings.stripe_api_base, settings.stripe_secret_key.get_secret_value())
    try:
        report = asyncio.run(
            audit.run(_libpq(settings), None if arguments.without_stripe else account, scope)
        )
    except StripeSilentError as error:
        return f"Stripe at {settings.stripe_api_base} did not answer, so nothing was checked: {error}", BLIND
    except psycopg.errors.UndefinedTable as error:
        return (
            f"The database lacks a table; run `bookshop migrate` first: {error.diag.message_primary}",
            BLIND,
        )
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        return f"The database did not answer, so nothing was checked: {str(error).strip()}", BLIND
    except psycopg.Error as error:
        return f"The database could not be read, so nobody knows: {str(error).strip()}", BLIND
    told = as_json(report) if arguments.json else in_words(report)
    return told, BROKEN if report.findings else CLEAN


def _libpq(settings: Settings) -> str:
    return settings.database_url.get_secret_value().replace("postgresql+psycopg://", "postgresql://", 1)


def _with_zone(moment: datetime | None) -> datetime | None:
    """A moment without a zone is meant in UTC, as everything in the logs is."""
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment
