"""Hostile requests to every door of a real server: never a 5xx, the caller's format, nothing written.

Hypothesis rather than a tool that reads an OpenAPI schema: half of the doors are pages, cookies and forms,
and what must hold of all (nothing written, the caller's format) no schema says.
"""

import re
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from psycopg import sql
from starlette.routing import Mount, Route

import hostile
from bookshop.routes import routes
from bookshop.web.bodies import PATIENCE
from bookshop.web.reader import SCRIPT_PATHS
from hostile import DOORS, HTML, JSON, Door, Hostile
from processes import Shop
from shop_records import token_of

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "ODD")
SERVER_PROBLEMS = re.compile(rb"Traceback|psycopg|sqlalchemy|asyncio|/shop/src")

many = settings(
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass
class Target:
    """A web server alone, with one order and one cart: nothing but our requests writes."""

    shop: Shop
    known: dict[str, list[str]]
    browser: httpx.Client

    def send(self, request: Hostile) -> httpx.Response:
        url = httpx.URL(self.shop.url).copy_with(raw_path=request.path.encode())
        headers = [(name.encode(), value) for name, value in request.headers]
        self.browser.cookies.clear()
        return self.browser.request(request.method, url, headers=headers, content=request.body)

    def written(self) -> dict[str, object]:
        """Each table's number of rows and a sum over their contents; of carts the number alone."""
        with psycopg.connect(self.shop.database_url) as connection:
            tables = connection.execute(
                "SELECT schemaname, tablename FROM pg_tables"
                " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
            ).fetchall()
            # A cart that somebody tried to order counts as touched, so that it is not swept.
            untouched = sql.SQL("coalesce(sum(hashtextextended(t::text, 0)), 0)")
            sums = [
                sql.SQL("SELECT {name}, count(*), {contents} FROM {table} t").format(
                    name=f"{schema}.{table}",
                    contents=sql.Literal(0) if table == "carts" else untouched,
                    table=sql.Identifier(schema, table),
                )
                for schema, table in tables
            ]
            query = sql.SQL(" UNION ALL ").join(sums)
            return {row[0]: row[1:] for row in connection.execute(query)}


@pytest.fixture(scope="module")
def target(start_shared_shop: Callable[..., Shop]) -> Iterator[Target]:
    shop = start_shared_shop()
    shop.worker.stop()
    shop.sandbox.control("PUT", "/_sandbox/webhooks", lose=-1)
    token = token_of(shop.order().json()["order_url"])
    with httpx.Client(base_url=shop.url, timeout=60) as browser:
        browser.post("/cart", data={"book": hostile.BOOK})
        known = {
            "slug": [hostile.BOOK],
            "token": [token],
            "build": ["0" * 12],
            "cart": [browser.cookies["cart"]],
        }
        browser.post("/shopkeeper", data={"password": shop.environment["SHOPKEEPER_PASSWORD"]})
        known["shopkeeper"] = [browser.cookies["shopkeeper"]]
        yield Target(shop, known, browser)


def assert_answer(answer: httpx.Response, formats: set[str]) -> None:
    """No 5xx, no insides shown; an error in the caller's format, a redirection to an address of ours."""
    assert answer.status_code < 500, answer.text
    assert not SERVER_PROBLEMS.search(answer.content)
    assert answer.headers["x-content-type-options"] == "nosniff"
    if answer.status_code >= 400:
        assert answer.headers["content-type"] in formats
        assert answer.headers["x-request-id"]
    if 300 <= answer.status_code < 400 and "location" in answer.headers:
        where = urlsplit(answer.headers["location"])
        assert not where.netloc, "nobody is sent to another host"


def formats(door: Door, accept: str) -> set[str]:
    """In which formats this caller may be told of an error."""
    page, problem = "text/html; charset=utf-8", "application/problem+json"
    if door.path.startswith(SCRIPT_PATHS):
        return {problem}
    wants_page = accept == HTML or (door.method in {"GET", "HEAD"} and JSON not in accept)
    # Whoever sends JSON is a script, whatever it accepts; the shopkeeper is told on a page, whoever asks.
    is_on_page = door.path == "/shopkeeper" or door.is_shopkeepers
    also = {problem} if door.json is not None else {page} if is_on_page else set()
    return {page if wants_page else problem} | also


def test_every_route_is_attacked() -> None:
    """A door that is added to routes.py is described in hostile.py too, with each of its methods."""
    described = {(door.method, door.path) for door in DOORS}
    served = {("GET", route.path) for route in routes if isinstance(route, Mount)}
    for route in routes:
        if isinstance(route, Route):
            served |= {(method, route.path) for method in (route.methods or set()) - {"HEAD"}}
    assert described == served


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_hostile_requests(target: Target, door: Door) -> None:
    """Whatever stands in address, query, headers, cookies and body, and whatever is missing there."""
    # A wrong password costs its sender a second, and us too.

    @settings(many, max_examples=15 if door.method == "POST" and door.path == "/shopkeeper" else 60)
    @given(hostile.requests(door, target.known))
    def attack(request: Hostile) -> None:
        before = target.written()
        answer = target.send(request)
        accept = dict(request.headers)["Accept"].decode()
        assert_answer(answer, formats(door, accept))
        # The page of an order that exists notes what Stripe says of it.
        if answer.status_code >= 400 or (door.method == "GET" and "{token}" not in door.path):
            assert target.written() == before

    attack()


@pytest.mark.parametrize("accept", [HTML, JSON])
def test_methods_that_a_door_does_not_know(target: Target, accept: str) -> None:
    """405 with what it knows, in the caller's format, for every door and method; nothing is written."""
    before = target.written()
    paths = {door.path for door in DOORS if not door.path.startswith("/static")}
    for path in sorted(paths):
        known = {door.method for door in DOORS if door.path == path}
        for method in METHODS:
            if method in known or (method == "HEAD" and "GET" in known):
                continue
            filled = path.replace("{slug}", hostile.BOOK).replace("{token}", target.known["token"][0])
            answer = target.browser.request(method, filled, headers={"Accept": accept})
            assert answer.status_code == 405, f"{method} {path}"
            assert set(answer.headers["allow"].split(", ")) - {"HEAD"} == known
            if method != "HEAD":
                assert_answer(answer, formats(Door(method, path), accept))
    assert target.written() == before


def posts() -> list[Door]:
    return [door for door in DOORS if door.method == "POST"]


def speak(target: Target, door: Door, framing: str) -> socket.socket:
    """A connection on which the head of a request to this door was sent."""
    path = door.path.replace("{slug}", hostile.BOOK).replace("{token}", target.known["token"][0])
    kind = JSON if door.json is not None else hostile.FORM
    connection = socket.create_connection(("127.0.0.1", target.shop.port), timeout=60)
    cookie = f"shopkeeper={target.known['shopkeeper'][0]}" if door.is_shopkeepers else "a=b"
    head = (
        f"POST {path} HTTP/1.1\r\nHost: shop\r\nContent-Type: {kind}\r\nCookie: {cookie}\r\n{framing}\r\n\r\n"
    )
    connection.sendall(head.encode())
    return connection


def status_of(connection: socket.socket) -> int:
    answer = b""
    while b"\r\n" not in answer:
        piece = connection.recv(4096)
        assert piece, f"the connection ended without an answer: {answer!r}"
        answer += piece
    return int(answer.split()[1])


def reads_its_body(door: Door) -> bool:
    return door.json is not None or bool(door.form)


@pytest.mark.parametrize("door", [door for door in posts() if reads_its_body(door)], ids=str)
def test_chunked_bodies_without_end(target: Target, door: Door) -> None:
    """The door answers 413 while the sender still sends, and keeps none of it."""
    before = target.written()
    with speak(target, door, "Transfer-Encoding: chunked") as connection:
        connection.settimeout(0.01)
        deadline = time.monotonic() + 60
        answered = False
        while not answered and time.monotonic() < deadline:
            try:
                connection.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            except TimeoutError:
                pass
            except (BrokenPipeError, ConnectionResetError):
                answered = True
            try:
                answered = answered or bool(connection.recv(1, socket.MSG_PEEK))
            except TimeoutError:
                continue
            except ConnectionResetError:
                answered = True
        assert answered
        connection.settimeout(60)
        assert status_of(connection) == 413
    assert target.written() == before


def test_bodies_that_never_come(target: Target) -> None:
    """A sender that falls silent gets 408 after a while from every door; the others are served meanwhile."""
    before = target.written()
    doors = [door for door in posts() if reads_its_body(door)]
    with ThreadPoolExecutor(len(doors)) as pool:

        def wait(door: Door) -> tuple[int, float]:
            with speak(target, door, "Content-Length: 1000") as connection:
                connection.sendall(b'{"')
                started = time.monotonic()
                return status_of(connection), time.monotonic() - started

        waiting = [pool.submit(wait, door) for door in doors]
        assert target.browser.get("/").status_code == 200
        for door, answer in zip(doors, waiting, strict=True):
            status, seconds = answer.result()
            assert status == 408, str(door)
            assert PATIENCE * 0.9 <= seconds <= PATIENCE + 20
    assert target.written() == before


@pytest.mark.parametrize("length", ["-1", "x", "9" * 30, "1, 2", "0x10"])
def test_lengths_that_are_none(target: Target, length: str) -> None:
    """Refused by the server itself, before any door: 400 or the end of the connection, and it lives on."""
    with speak(target, Door("POST", "/orders", json={}), f"Content-Length: {length}") as connection:
        connection.settimeout(10)
        try:
            answer = connection.recv(64)
        except ConnectionResetError:
            answer = b""
        assert answer == b"" or int(answer.split()[1]) in {400, 413}
    assert target.browser.get("/health/live").status_code == 200


@given(length=st.integers(16_385, 10**12))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_announced_bodies_are_refused_unread(target: Target, length: int) -> None:
    """Who announces more than a door takes is answered before a byte of it is sent."""
    with speak(target, Door("POST", "/orders", json={}), f"Content-Length: {length}") as connection:
        assert status_of(connection) == 413


def test_forged_tokens_open_nothing(target: Target) -> None:
    """A genuine order's token with one letter changed is no order, under each of its addresses."""
    (token,) = target.known["token"]
    before = target.written()
    for position in range(len(token)):
        forged = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
        for suffix in ("", "/status", "/pay"):
            assert target.browser.get(f"/orders/{forged}{suffix}").status_code == 404
        for suffix in ("/cancel", "/payment"):
            answer = target.browser.post(f"/orders/{forged}{suffix}", json=hostile.RESUMED)
            assert answer.status_code == 404
    assert target.written() == before


def test_control_a_write_is_seen(target: Target) -> None:
    """What `written` compares changes with one more row and with one changed row."""
    before = target.written()
    target.browser.post("/cart", data={"book": hostile.BOOK})
    added = target.written()
    assert added != before
    target.browser.post(f"/cart/{hostile.BOOK}", data={"quantity": "7"})
    assert target.written() != added
