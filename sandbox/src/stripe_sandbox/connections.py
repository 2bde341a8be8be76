"""Closing a client's connection without an answer, as a broken network does.

ASGI offers no such thing (Granian answers 500 when an application ends without an answer), so the socket is
found among this process's own by its peer's address and shut down.
"""

import os
import socket
from pathlib import Path


def close(client: "tuple[str, int | str] | list[int | str]") -> bool:
    """Shut down the connection whose other end is `client` (host, port); tell whether one was found."""
    peer = (str(client[0]), int(client[1]))
    for entry in Path("/dev/fd").iterdir():
        try:
            duplicate = os.dup(int(entry.name))
        except OSError:
            continue
        try:
            connection = socket.socket(fileno=duplicate)
        except OSError:
            os.close(duplicate)
            continue
        with connection:
            try:
                if connection.getpeername()[:2] == peer:
                    connection.shutdown(socket.SHUT_RDWR)
                    return True
            except (OSError, TypeError):
                continue
    return False
