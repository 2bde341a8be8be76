"""The HTTP server: Granian inside this process's event loop, one worker, since state lives in memory."""

import asyncio
import errno
import signal
import socket
from collections.abc import Callable

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server as GranianServer

from stripe_sandbox.app import create_app
from stripe_sandbox.sandbox import Sandbox

# How many connections are heard at once. Clients keep theirs for later calls, and those count: beyond the
# limit, of which Granian's default is 128, nobody new is heard, without a word, until somebody hangs up.
# A process may usually have 1,024 files open.
CONNECTIONS = 960


class PortTakenError(Exception):
    """The address cannot be listened on; the message says which and why."""


class Server:
    """Reserves an address at once, so that a port of 0 has its number before anything is printed or built."""

    def __init__(self, host: str, port: int) -> None:
        self._reserved = _reserve(host, port)
        self._host = host
        self.port: int = self._reserved.getsockname()[1]
        shown = f"[{host}]" if ":" in host else "127.0.0.1" if host == "0.0.0.0" else host
        self.address = f"http://{shown}:{self.port}"

    async def serve(self, sandbox: Sandbox, when_ready: Callable[[], None]) -> None:
        """Serve until SIGINT or SIGTERM; `when_ready` runs once connections are accepted."""
        granian = GranianServer(
            create_app(sandbox),
            address=self._host,
            port=self.port,
            interface=Interfaces.ASGI,
            http=HTTPModes.http1,
            websockets=False,
            backlog=CONNECTIONS,
            backpressure=CONNECTIONS,
            log_enabled=False,
        )
        loop = asyncio.get_running_loop()
        for stop in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(stop, granian.stop)
        announcing = asyncio.create_task(self._when_accepting(when_ready))
        try:
            await granian.serve()
        finally:
            announcing.cancel()
            self._reserved.close()

    async def _when_accepting(self, when_ready: Callable[[], None]) -> None:
        host = "127.0.0.1" if self._host == "0.0.0.0" else self._host
        while True:
            try:
                _, writer = await asyncio.open_connection(host, self.port)
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            when_ready()
            return


def _reserve(host: str, port: int) -> socket.socket:
    """Hold the port without listening; Granian, which shares ports, then listens beside us.

    A first plain bind finds out whether anybody else listens, which a shared bind would hide.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            port = probe.getsockname()[1]
        held = socket.socket(family, socket.SOCK_STREAM)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.bind((host, port))
    except OSError as error:
        reason = "something else is listening there" if error.errno == errno.EADDRINUSE else error.strerror
        raise PortTakenError(
            f"cannot listen on {host}:{port}: {reason}. Choose another with --port, or --port 0 for a free "
            "one."
        ) from error
    return held
