"""The workflow engine waits for a database that cannot be reached, whatever the driver calls it."""

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import ExceptionContext


def let_the_engine_wait(connections: sa.Engine | type[sa.Engine] = sa.Engine) -> None:
    """Let a connection that cannot be made count as a lost one: by default everywhere in this process.

    The engine tries again for as long as connections are lost, and ends a workflow in error at anything else.
    It knows the one from the other by psycopg's words "connection failed" (`dbos._utils`,
    `retriable_postgres_exception`). Those stand where a server refuses after a while; where nobody listens on
    a Unix socket, psycopg says "connection is bad" at once, and where a host's name is gone, "failed to
    resolve host": mails and refunds under way would end there.
    """
    sa.event.listen(connections, "handle_error", _count_as_lost)


def _count_as_lost(context: ExceptionContext) -> None:
    if context.connection is None and isinstance(context.original_exception, psycopg.OperationalError):
        context.is_disconnect = True
