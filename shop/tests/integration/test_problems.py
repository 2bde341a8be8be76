"""Errors over HTTP: in the format of who asks, with the id that the logs carry, and without the exception."""

import json
import re
from collections.abc import Callable

import httpx
import pytest

from processes import ADDRESS, Shop, wait_until
from shop_records import break_stripe, rows

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCRIPT = {"Accept": "application/json"}
PROTECTING = {"content-security-policy", "x-content-type-options", "referrer-policy", "x-frame-options"}
KEY = "0123456789abcdef0123456789abcdef"
ORDER = {
    "checkout_key": KEY,
    "items": [{"book": "the-art-of-doing-science-and-engineering", "quantity": 1}],
    "currency": "sgd",
    "email": "ada@example.com",
    "shipping_address": ADDRESS,
    "total": 2300,
}


def assert_page(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    return assert_identified(answer)


def assert_problem(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "detail", "status", "request_id"} <= body.keys()
    assert body["status"] == status
    return assert_identified(answer)


def assert_identified(answer: httpx.Response) -> str:
    """The id is in header and body; the answer is protected and says nothing of our insides."""
    request_id: str = answer.headers["x-request-id"]
    assert re.fullmatch(r"req_[0-9a-f]{16}", request_id)
    assert request_id in answer.text
    assert answer.headers.keys() >= PROTECTING
    assert not re.search(r"Traceback|psycopg|sqlalchemy|asyncio|Error\(|/shop/src", answer.text)
    return request_id


@pytest.mark.parametrize(
    "path", ["/nowhere", "/books/no-such-book", "/books/%00", "/covers/%00.svg", "/covers/x.svg"]
)
def test_what_is_not_there(shop: Shop, path: str) -> None:
    """404 as a page for people and as a problem for scripts."""
    assert_page(httpx.get(shop.url + path, headers=BROWSER), 404)
    assert_problem(httpx.get(shop.url + path, headers=SCRIPT), 404)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/orders"),
        ("DELETE", "/orders"),
        ("PUT", "/"),
        ("POST", "/books/x"),
        ("GET", "/stripe/webhook"),
    ],
)
def test_methods_that_a_door_does_not_know(shop: Shop, method: str, path: str) -> None:
    """405 with the methods that it knows."""
    answer = httpx.request(method, shop.url + path, headers=SCRIPT)
    assert_problem(answer, 405)
    assert answer.headers["allow"]
    if not path.startswith("/stripe/"):
        german = httpx.request(method, shop.url + path, headers=SCRIPT | {"Accept-Language": "de"})
        assert german.json()["title"].endswith("nicht")


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"null", b"[]", b'"x"', b"5", b"\xff", b"[" * 10_000, b'{"a":' * 2_000, b"\0", b"NaN"],
)
@pytest.mark.parametrize("path", ["/orders", "/browser-events"])
def test_bodies_that_are_no_object(shop: Shop, path: str, content: bytes) -> None:
    """400, whatever the parser thinks of it."""
    headers = {"Content-Type": "application/json"}
    assert_problem(httpx.post(shop.url + path, content=content, headers=headers), 400)


def test_other_kinds_of_bodies(shop: Shop) -> None:
    """A form or plain text is refused, so that no other site's form can be an order."""
    for kind in ("application/x-www-form-urlencoded", "text/plain", "", "application/json-seq"):
        answer = httpx.post(f"{shop.url}/orders", content=json.dumps(ORDER), headers={"Content-Type": kind})
        assert_problem(answer, 400)


def test_bodies_beyond_the_limit(shop: Shop) -> None:
    """413, announced or not, and before the body is read as JSON."""
    long = json.dumps(ORDER | {"email": "x" * 20_000}).encode()
    headers = {"Content-Type": "application/json"}
    assert_problem(httpx.post(f"{shop.url}/orders", content=long, headers=headers), 413)
    chunked = httpx.post(f"{shop.url}/orders", content=iter([long]), headers=headers)
    assert_problem(chunked, 413)


def test_orders_to_correct(shop: Shop) -> None:
    """422 names each field in words; strange types and surrogates are no 500."""
    for changes in (
        {"email": 5},
        {"items": "x"},
        {"total": "2300"},
        {"checkout_key": "\0" * 20},
        {"extra": 1},
    ):
        answer = httpx.post(f"{shop.url}/orders", json=ORDER | changes)
        assert_problem(answer, 422)
        assert answer.json()["errors"].keys() == changes.keys()
    odd = json.dumps(ORDER).replace("ada@", "\\ud800@").encode()
    answer = httpx.post(f"{shop.url}/orders", content=odd, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1"},
    ],
)
@pytest.mark.parametrize("path", ["/orders", "/shopkeeper", "/browser-events"])
def test_posts_of_other_sites_are_refused(shop: Shop, path: str, headers: dict[str, str]) -> None:
    """403 before anything is read or changed."""
    assert_problem(httpx.post(shop.url + path, json=ORDER, headers=headers | SCRIPT), 403)
    assert rows(shop.database_url, "SELECT id FROM orders WHERE checkout_key = %s", KEY) == []


def test_our_own_pages_may_post(shop: Shop) -> None:
    """Same origin by either header passes; so do programs without them."""
    for headers in ({"Origin": shop.url}, {"Sec-Fetch-Site": "same-origin"}, {}):
        answer = httpx.post(f"{shop.url}/browser-events", json={"events": []}, headers=headers)
        assert answer.status_code == 204


def test_stripe_does_not_answer(breakable_shop: Shop) -> None:
    """503 with its own type: nothing was charged and pressing again is safe."""
    break_stripe(breakable_shop, path="/v1/payment_intents", status=500, times=0)
    answer = breakable_shop.order()
    assert_problem(answer, 503)
    assert answer.json()["type"] == "/problems/payment-unavailable"


def test_something_breaks(start_shop: Callable[..., Shop]) -> None:
    """500 as page and as problem, under an id whose log line tells the story, protected like all answers."""
    shop = start_shop(LOG_FORMAT="json")
    rows(shop.database_url, "ALTER TABLE books RENAME TO books_away")
    page_id = assert_page(httpx.get(shop.url, headers=BROWSER), 500)
    problem_id = assert_problem(shop.order(), 500)
    for request_id in (page_id, problem_id):
        lines = wait_until(lambda wanted=request_id: logged(shop, wanted), "the log lines")
        assert {"unforeseen error", "request"} <= {line["event"] for line in lines}
        assert any("UndefinedTable" in line.get("exception", "") for line in lines)
    rows(shop.database_url, "ALTER TABLE books_away RENAME TO books")
    assert httpx.get(shop.url, headers=BROWSER).status_code == 200


def logged(shop: Shop, request_id: str) -> list[dict[str, str]]:
    lines = [json.loads(line) for line in shop.web.log.read_text().splitlines() if line.startswith("{")]
    found = [line for line in lines if line.get("request_id") == request_id]
    return found if any(line["event"] == "request" for line in found) else []


def test_readiness_follows_the_database(shop: Shop, start_shop: Callable[..., Shop]) -> None:
    """Ready with a database, 503 without; alive in both cases; a page then is a 500 page, and it heals."""
    assert httpx.get(f"{shop.url}/health/ready").json() == {"status": "ready"}
    own = start_shop()
    rows(own.database_url, "ALTER TABLE orders RENAME TO orders_away")
    answer = httpx.get(f"{own.url}/health/ready", timeout=30)
    assert (answer.status_code, answer.json()) == (503, {"status": "waiting for the database"})
    assert httpx.get(f"{own.url}/health/live").status_code == 200
    rows(own.database_url, "ALTER TABLE orders_away RENAME TO orders")
    assert httpx.get(f"{own.url}/health/ready").status_code == 200


def test_odd_requests_do_not_grow_the_metrics(shop: Shop) -> None:
    """Invented methods and addresses share one row each: a stranger cannot fill the memory of Prometheus."""
    for number in range(5):
        httpx.request(f"ODD{number}", f"{shop.url}/odd-{number}")
        httpx.get(f"{shop.url}/nowhere-{number}")
        httpx.get(f"{shop.url}/books/odd-{number}")
    text = httpx.get(f"{shop.url}/metrics").text
    assert "odd-" not in text.lower()
    assert "nowhere-" not in text
    assert "ODD" not in text
    assert 'route="/books/{slug}"' in text
