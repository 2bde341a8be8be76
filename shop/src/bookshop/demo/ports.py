"""Whether the ports are free, told in one sentence before anything starts."""

import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass

import psutil


class PortError(RuntimeError):
    """A port cannot be had; the text is a sentence that names the variable to set."""


@dataclass(frozen=True, slots=True)
class Port:
    """A port, what wants it, and the environment variable that moves it."""

    host: str
    number: int
    purpose: str
    variable: str


def require_free(ports: Sequence[Port]) -> None:
    """Raise PortError for the first of `ports` that cannot be listened on."""
    by_number: dict[int, Port] = {}
    for port in ports:
        if other := by_number.get(port.number):
            raise PortError(
                f"{other.variable} and {port.variable} are both {port.number}: give each a port of its own."
            )
        by_number[port.number] = port
        _try_to_listen(port)


def _try_to_listen(port: Port) -> None:
    family = socket.AF_INET6 if ":" in port.host else socket.AF_INET
    with socket.socket(family) as listener:
        # As servers do: connections that are closing do not keep a port from being used again.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((port.host, port.number))
        except OSError as error:
            raise PortError(_sentence(port, error)) from None


def _sentence(port: Port, error: OSError) -> str:
    remedy = f"set {port.variable} to another, in .env or as in `make run {port.variable}=…`"
    if error.errno == errno.EADDRINUSE:
        return f"Port {port.number}, for {port.purpose}, is in use{_by_whom(port.number)}: {remedy}."
    if error.errno == errno.EACCES:
        return f"Port {port.number}, for {port.purpose}, is reserved for the system: {remedy}."
    return f"{port.purpose} cannot listen on {port.host}:{port.number} ({error.strerror}): {remedy}."


def _by_whom(number: int) -> str:
    """The program behind the port, when the system lets us know it."""
    try:
        for connection in psutil.net_connections(kind="tcp"):
            here = connection.laddr
            if connection.status == psutil.CONN_LISTEN and connection.pid and here and here.port == number:
                process = psutil.Process(connection.pid)
                return f" by {process.name()} (process {process.pid})"
    except psutil.Error:
        pass
    return ""
