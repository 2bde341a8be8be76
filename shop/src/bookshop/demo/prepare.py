"""Makes the demo's database ready: tables, and on the very first start the books.

One process for both and started before the database answers, because importing is most of the work: what the
two commands need is imported meanwhile. A shelf that was filled before belongs to the shopkeeper.
"""

import os
import sys
import time

import psycopg

from bookshop import books, cli, database

SECONDS_TO_WAIT = 30
COUNTED, COPIES = "the-making-of-prince-of-persia", 20


def main() -> int:
    """0, or 1 with a sentence on standard error."""
    url = os.environ["DATABASE_URL"]
    try:
        _wait_for(url)
    except psycopg.OperationalError as error:
        sys.stderr.write(f"The database of DATABASE_URL does not answer: {error}\n")
        return 1
    return cli.main(["migrate"]) or (0 if _has_books(url) else _fill_the_shelf())


def _fill_the_shelf() -> int:
    """The first books, one of them counted, so that the demo shows how a shelf runs empty."""
    return cli.main(["catalog", "load"]) or cli.main(["stock", COUNTED, f"+{COPIES}"])


def _wait_for(url: str) -> None:
    """Return when the database takes connections; psycopg.OperationalError when it does not in time."""
    deadline = time.monotonic() + SECONDS_TO_WAIT
    while True:
        try:
            psycopg.connect(_plain(url), connect_timeout=5).close()
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _has_books(url: str) -> bool:
    with psycopg.connect(_plain(url)) as connection:
        return connection.execute(f"SELECT 1 FROM {books.Book.__tablename__} LIMIT 1").fetchone() is not None  # noqa: S608


def _plain(url: str) -> str:
    """The URL as libpq reads it, whatever driver it names."""
    return database.driver_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


if __name__ == "__main__":
    sys.exit(main())
