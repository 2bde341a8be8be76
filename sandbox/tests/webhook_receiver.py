"""A shop's webhook door for tests: it records what comes and answers what it was told to."""

import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any, Self

_SECONDS = 30


@dataclass(frozen=True)
class Delivery:
    """One post: its headers, its exact bytes, and the event in them."""

    headers: dict[str, str]
    body: bytes
    event: dict[str, Any]


class Receiver:
    """Listens on a free port; `answers` holds the statuses of the next answers, 200 when it is empty.

    `before_answering` runs once a delivery is recorded, in that delivery's own thread.
    """

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.answers: deque[int] = deque()
        self.before_answering: Callable[[], object] = lambda: None
        self._arrived = Condition()
        receiver = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = receiver.answers.popleft() if receiver.answers else 200
                with receiver._arrived:
                    receiver.deliveries.append(Delivery(dict(self.headers), body, json.loads(body)))
                    receiver._arrived.notify_all()
                receiver.before_answering()
                answer = b'{"received": true}'
                self.send_response(status)
                if status in (301, 302, 307):
                    self.send_header("Location", receiver.url)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self._server.server_port}/webhook"
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    def wait_for(self, count: int) -> list[Delivery]:
        """Wait until that many deliveries have come, and give all."""
        with self._arrived:
            enough = self._arrived.wait_for(lambda: len(self.deliveries) >= count, _SECONDS)
            assert enough, f"{len(self.deliveries)} of {count}: {self.types}"
            return list(self.deliveries)

    def wait_for_type(self, event_type: str) -> Delivery:
        """Wait until an event of a type has come, and give its first delivery."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: event_type in self.types, _SECONDS), self.types
            return next(delivery for delivery in self.deliveries if delivery.event["type"] == event_type)

    @property
    def types(self) -> list[str]:
        return [delivery.event["type"] for delivery in self.deliveries]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(_SECONDS)
