"""Ports that nobody else takes before the program that they are meant for listens on them.

A port that the system gives out and gets back may be anybody's a moment later: another test's, or that of a
connection on its way out. And the shop's server shares its port with whoever wants it, too: both would get
requests. So these ports are from below those that systems give out by themselves, and each is kept by a UDP
socket of the same number, which is nobody's business and ends with this process.
"""

import os
import secrets
import socket
from collections import deque

HOST = "127.0.0.1"

# Linux gives out ports from 32768 on, macOS and Windows from 49152 on.
FIRST, LAST = 12_000, 32_000

# As many as are in use at the same time, and more: who wants another by then has stopped long ago.
KEPT = 300
_kept: deque[int] = deque()


def free_port() -> int:
    """A port of this machine's own address for a server over TCP."""
    while True:
        port = FIRST + secrets.randbelow(LAST - FIRST)
        keeper = socket.socket(type=socket.SOCK_DGRAM)
        try:
            keeper.bind((HOST, port))
            with socket.socket() as listener:
                listener.bind((HOST, port))
        except OSError:
            keeper.close()
            continue
        _kept.append(keeper.detach())
        if len(_kept) > KEPT:
            os.close(_kept.popleft())
        return port
