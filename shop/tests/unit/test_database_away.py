"""What the workflow engine makes of a database that cannot be reached."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from dbos._utils import retriable_postgres_exception
from sqlalchemy.exc import OperationalError

from bookshop.workflows.database_away import let_the_engine_wait


def is_waited_for(connections: sa.Engine) -> bool:
    """Whether the engine tries again for as long as connecting fails like this."""
    with pytest.raises(OperationalError) as refused:
        connections.execution_options(schema_translate_map={None: "dbos"}).connect()
    return retriable_postgres_exception(refused.value)


def test_a_server_whose_socket_is_gone_is_waited_for(tmp_path: Path) -> None:
    """PostgreSQL was killed a moment ago; by itself, the engine would end in error what it was at."""
    connections = sa.create_engine(f"postgresql+psycopg:///bookshop?host={tmp_path}")
    assert not is_waited_for(connections)
    let_the_engine_wait(connections)
    assert is_waited_for(connections)
