"""The embedded PostgreSQL: started and stopped as `make run` does it, by every kind of end."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from bookshop.demo import postgres
from bookshop.demo.postgres import PostgresError, embedded_postgres
from processes import wait_until

# A program that owns a server and then waits for its end.
OWNER = """
import sys
from pathlib import Path
from bookshop.demo.postgres import embedded_postgres
with embedded_postgres(Path(sys.argv[1]), durable=False) as url:
    print(url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def where(data_dir: Path, request: pytest.FixtureRequest) -> Path:
    return data_dir / f"{request.node.name}-{os.getpid()}"


def postmaster(where: Path) -> psutil.Process:
    return psutil.Process(int((where / "postmaster.pid").read_text().splitlines()[0]))


def count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
        assert row is not None
        return int(row[0])


def fill(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 3)")


def test_data_outlives_the_server(where: Path) -> None:
    """A second start finds what the first one committed, and the server is gone between them."""
    with embedded_postgres(where) as url:
        fill(url)
        server = postmaster(where)
    assert not server.is_running()
    with embedded_postgres(where) as url:
        assert count(url) == 3


def test_a_long_path_has_a_short_socket(where: Path) -> None:
    """Data below a path longer than a Unix socket's may be is reached, at an address known beforehand."""
    deep = where / ("d" * 120) / "postgres"
    address = postgres.url(deep)
    with embedded_postgres(deep, durable=False) as url:
        assert url == address
        socket_dir = Path(url.partition("host=")[2])
        assert len(str(socket_dir)) < 100
        fill(url)
        assert count(url) == 3
    assert not socket_dir.exists(), "nothing is left in the machine's temporary directory"


def test_folders_above_the_data_stay_private(where: Path) -> None:
    """Nobody else is let into a private folder for the server's sake, root's or not."""
    private = where / "private"
    private.mkdir(parents=True)
    private.chmod(0o700)
    with embedded_postgres(private / "postgres", durable=False) as url:
        fill(url)
        assert private.stat().st_mode & 0o777 == 0o700
        assert (private / "postgres").stat().st_mode & 0o777 == 0o700


def test_another_program_with_the_number_in_a_stale_pid_file_is_left_alone(where: Path) -> None:
    """After a restart of the machine the number in the pid file may be anybody's, here our own."""
    with embedded_postgres(where, durable=False) as url:
        fill(url)
        lines = (where / "postmaster.pid").read_text().splitlines()
    (where / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]))
    with embedded_postgres(where, durable=False) as url:
        assert count(url) == 3


def test_a_directory_with_other_things_in_it_is_refused(where: Path) -> None:
    """DATA_DIR set to somebody's home must not become a database."""
    where.mkdir()
    (where / "letter.txt").write_text("Dear Ada")
    with pytest.raises(PostgresError, match=r"letter\.txt"), embedded_postgres(where):
        raise AssertionError("it must not start")
    assert (where / "letter.txt").read_text() == "Dear Ada"


@pytest.fixture
def owner(where: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, where], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        yield process, process.stdout.readline().strip()
        process.kill()


def test_the_server_ends_when_its_owner_is_killed(
    where: Path, owner: tuple[subprocess.Popen[str], str]
) -> None:
    """kill -9 of the owner leaves no server behind, and what was committed is there at the next start."""
    process, url = owner
    fill(url)
    server = postmaster(where)
    process.send_signal(signal.SIGKILL)
    wait_until(lambda: not server.is_running(), "PostgreSQL to end with its owner")
    with embedded_postgres(where, durable=False) as again:
        assert count(again) == 3


def test_a_left_over_server_is_stopped_before_the_next_start(
    where: Path, owner: tuple[subprocess.Popen[str], str]
) -> None:
    """Where the system cannot end a child with its parent, the next start ends it."""
    process, url = owner
    fill(url)
    server = postmaster(where)
    with embedded_postgres(where, durable=False) as again:
        assert server.status() == psutil.STATUS_ZOMBIE, "ended; its owner has not asked about it"
        assert count(again) == 3
    assert process.poll() is None, "only the server was stopped, not its owner"
