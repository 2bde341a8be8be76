"""The commands of `bookshop`; what is imported for one command is not paid for by the others."""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bookshop import settings as shop_settings
from bookshop.errors import SettingsError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0, or 1 with sentences on standard error about what to do, or 2 for a wrong call."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.command(arguments) or 0)
    except SettingsError as error:
        for sentence in error.sentences:
            print(sentence, file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bookshop", description="A book shop that pays through Stripe.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: object, words: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=words, description=words)
        added.set_defaults(command=command)
        return added

    add("demo", _demo, "everything on this machine: database, shop, worker, mailbox, and Stripe's stand-in")
    add("serve", _serve, "the web server")
    add("worker", _worker, "the process that sends mails and reconciles with Stripe")
    add("migrate", _migrate, "bring the database to this release")
    reconcile = add("reconcile", _reconcile, "mend what lost webhooks left behind, from Stripe's own lists")
    reconcile.add_argument(
        "--since",
        type=_moment,
        metavar="WHEN",
        help="2026-11-20T00:00 (UTC) or 3d, 2h, 30m ago; else the last mark",
    )
    reconcile.add_argument("--now", action="store_true", help="also what is seconds old and on its way")
    add("expire", _expire, "close the orders that have waited too long for their payment")
    add("sweep", _sweep, "throw away carts that nobody has touched for a year")
    _add_audit(add("audit", _audit, "check what must always hold, in the database and at Stripe"))
    workflows = add(
        "workflows", _workflows, "the follow-ups that wait or failed; `restart` lets failed ones begin again"
    )
    workflows.add_argument("action", choices=["restart"], nargs="?")
    workflows.add_argument("id", nargs="?", help="the failed workflow to restart")
    which = workflows.add_mutually_exclusive_group()
    which.add_argument("--failed", action="store_true", help="show only those that failed")
    which.add_argument("--waiting", action="store_true", help="show only those that wait")
    which.add_argument("--all-failed", action="store_true", help="restart every one that failed")
    which_order = "the order's number, id, address or PaymentIntent"
    refund = add("refund", _refund, "give money of an order back")
    refund.add_argument("order", help=which_order)
    refund.add_argument("amount", nargs="?", help="such as 23.00; all that is left by default")
    refund.add_argument("--reason", default="", help="noted with the refund")
    cancel = add("cancel", _cancel, "cancel an order; one that is paid gets its money back")
    cancel.add_argument("order", help=which_order)
    add("mailbox", _mailbox, "an SMTP server that keeps what it gets and shows it in the browser")
    catalog = add("catalog", _load_catalog, "put the books of a catalogue file on the shelf")
    catalog.add_argument("action", choices=["load"])
    catalog.add_argument("file", type=Path, nargs="?", help="a TOML file; the three first books by default")
    stock = add("stock", _stock, "show the counted books, or count copies in and out")
    stock.add_argument("slug", nargs="?", help="a book; its first change begins the counting")
    stock.add_argument(
        "change", type=int, nargs="?", metavar="+N|-N", help="copies that came in or were lost"
    )
    return parser


def _moment(text: str) -> datetime:
    """A moment in ISO 8601, in UTC where it names no offset, or so many days, hours or minutes ago."""
    units = {"d": "days", "h": "hours", "m": "minutes"}
    if text[:-1].isdecimal() and text[-1] in units:
        return datetime.now(UTC) - timedelta(**{units[text[-1]]: int(text[:-1])})
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a moment like 2026-11-20T00:00, or 3d, 2h or 30m") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _serve(_arguments: argparse.Namespace) -> None:
    from granian import Granian  # noqa: PLC0415
    from granian.constants import Interfaces  # noqa: PLC0415

    settings = shop_settings.load()
    Granian(
        "bookshop.app:create_app",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        workers=settings.web_workers,
        log_access=False,
        log_level="warning",  # type: ignore[arg-type]
        respawn_failed_workers=True,
        # Granian's workers hear no signal while they start; supervisors like Docker lose patience after ten.
        workers_kill_timeout=6,
    ).serve()


def _worker(_arguments: argparse.Namespace) -> None:
    from bookshop import worker  # noqa: PLC0415

    worker.run(shop_settings.load())


def _migrate(_arguments: argparse.Namespace) -> None:
    from bookshop import database  # noqa: PLC0415

    database.migrate(shop_settings.load().database_url.get_secret_value())


def _reconcile(arguments: argparse.Namespace) -> int:
    from bookshop import telemetry  # noqa: PLC0415
    from bookshop.stripe_calls import WORKERS_PATIENCE  # noqa: PLC0415
    from bookshop.wiring import open_shop  # noqa: PLC0415
    from bookshop.workflows.reconcile import SETTLING_TIME, Report, reconcile  # noqa: PLC0415

    async def run() -> Report:
        settings = shop_settings.load()
        telemetry.configure(settings)
        async with open_shop(settings, patience=WORKERS_PATIENCE) as shop:
            settling = timedelta(0) if arguments.now else SETTLING_TIME
            return await reconcile(shop, since=arguments.since, settling=settling)

    report = asyncio.run(run())
    for line in report.lines():
        print(line)
    return 0 if report.is_whole else 1


def _expire(_arguments: argparse.Namespace) -> None:
    from bookshop import telemetry  # noqa: PLC0415
    from bookshop.stripe_calls import WORKERS_PATIENCE  # noqa: PLC0415
    from bookshop.wiring import open_shop  # noqa: PLC0415
    from bookshop.workflows.expire_orders import expire_orders  # noqa: PLC0415

    async def run() -> None:
        settings = shop_settings.load()
        telemetry.configure(settings)
        async with open_shop(settings, patience=WORKERS_PATIENCE) as shop:
            told = await expire_orders(shop)
        print(f"{told.total()} orders had waited too long")
        for words, count in told.most_common():
            print(f"  {count} {words}")

    asyncio.run(run())


def _sweep(_arguments: argparse.Namespace) -> None:
    from bookshop.wiring import open_shop  # noqa: PLC0415
    from bookshop.workflows.sweep_carts import sweep_carts  # noqa: PLC0415

    async def run() -> None:
        async with open_shop(shop_settings.load()) as shop:
            swept = await sweep_carts(shop)
        print(f"threw away {swept} carts")

    asyncio.run(run())


def _add_audit(audit: argparse.ArgumentParser) -> None:
    audit.add_argument("--without-stripe", action="store_true", help="look at the database alone")
    audit.add_argument(
        "--since", type=datetime.fromisoformat, help="only orders placed since, 2026-11-23T08:00"
    )
    audit.add_argument(
        "--patience",
        type=float,
        default=600,
        metavar="SECONDS",
        help="how long a webhook, a mail or a refund may be on its way (600)",
    )
    audit.add_argument("--json", action="store_true", help="the report for machines")


def _audit(arguments: argparse.Namespace) -> int:
    from bookshop.audit import command  # noqa: PLC0415

    told, status = command.run(shop_settings.load(), arguments)
    print(told, file=sys.stderr if status == command.BLIND else sys.stdout)
    return status


def _workflows(arguments: argparse.Namespace) -> int:
    from bookshop import workflow_commands  # noqa: PLC0415

    if arguments.action is None:
        show = workflow_commands.show(
            shop_settings.load(), failed=not arguments.waiting, waiting=not arguments.failed
        )
        return asyncio.run(show)
    if (arguments.id is None) is not arguments.all_failed:
        print("which one? bookshop workflows restart ID, or restart --all-failed", file=sys.stderr)
        return 2
    return asyncio.run(workflow_commands.restart(shop_settings.load(), arguments.id))


def _refund(arguments: argparse.Namespace) -> int:
    from bookshop import order_commands  # noqa: PLC0415

    settings = shop_settings.load()
    asked = order_commands.refund(settings, arguments.order, arguments.amount, arguments.reason)
    return _tell(*asyncio.run(asked))


def _cancel(arguments: argparse.Namespace) -> int:
    from bookshop import order_commands  # noqa: PLC0415

    return _tell(*asyncio.run(order_commands.cancel(shop_settings.load(), arguments.order)))


def _tell(sentence: str, status: int) -> int:
    print(sentence, file=sys.stderr if status else sys.stdout)
    return status


def _load_catalog(arguments: argparse.Namespace) -> int:
    from bookshop import books, database  # noqa: PLC0415

    try:
        catalog = books.read_catalog(arguments.file or books.FIRST_CATALOG)
    except books.CatalogError as error:
        print(error, file=sys.stderr)
        return 1

    async def load() -> books.CatalogReport:
        engine = database.connect(shop_settings.load().database_url.get_secret_value())
        async with database.sessions(engine).begin() as session:
            report = await books.load_catalog(session, catalog)
        await engine.dispose()
        return report

    report = asyncio.run(load())
    print(f"{report.on_sale} books on sale, {report.withdrawn} taken off the shelf")
    return 0


def _stock(arguments: argparse.Namespace) -> int:
    from bookshop import database, shelf_counts  # noqa: PLC0415

    async def run() -> list[str]:
        engine = database.connect(shop_settings.load().database_url.get_secret_value())
        try:
            async with database.sessions(engine).begin() as session:
                return await shelf_counts.run(session, arguments.slug, arguments.change)
        finally:
            await engine.dispose()

    try:
        lines = asyncio.run(run())
    except shelf_counts.CountError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _demo(_arguments: argparse.Namespace) -> int:
    from bookshop import demo  # noqa: PLC0415

    return demo.run()


def _mailbox(_arguments: argparse.Namespace) -> int:
    from bookshop.demo import mailbox  # noqa: PLC0415

    return mailbox.run()
