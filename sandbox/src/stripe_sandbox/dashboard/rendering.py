"""Pages from templates: strict headers, no inline script or style, an ETag so that following costs little."""

from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stripe_sandbox.currencies import written
from stripe_sandbox.dashboard.event_words import sentence
from stripe_sandbox.dashboard.json_view import json_view
from stripe_sandbox.dashboard.same_origin import Door
from stripe_sandbox.dashboard.switches import Switch, switched_on
from stripe_sandbox.ids import alphanumeric
from stripe_sandbox.sandbox import Sandbox

_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    # Not `no-referrer`, which turns the Origin of this dashboard's own forms into "null".
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Renderer:
    """Renders the dashboard's templates; each gets a typed `page`."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.root = urlsplit(sandbox.public_url).path
        self._sandbox = sandbox
        # Counts begin anew with each process; its answers are not to be taken for those of another.
        self._process = alphanumeric(8)
        self._templates = Environment(
            loader=PackageLoader("stripe_sandbox.dashboard"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        self._templates.globals |= {
            "root": self.root,
            "public_url": sandbox.public_url,
            "account": sandbox.account.display_name,
        }
        self._templates.filters |= {
            "money": money,
            "moment": moment,
            "clock": clock,
            "spaced": spaced,
            "sentence": sentence,
            "pairs": partial(parse_qsl, keep_blank_values=True),
            "as_json": lambda value: json_view(value, self.root),
        }

    def followed(self, door: Door) -> Door:
        """A page that is asked for every second: 304 without making it while nothing at all has changed."""

        async def unless_unchanged(request: Request) -> Response:
            known = request.headers.get("if-none-match", "")
            if known.startswith(f'"{self._stamp(self._switched(request))}.'):
                return Response(status_code=304, headers=_HEADERS | {"ETag": known})
            return await door(request)

        return unless_unchanged

    def answer(self, request: Request, template: str, page: Any, status: int = 200) -> Response:
        """The page, or 304 when the browser has exactly this one already."""
        switched = self._switched(request)
        body = self._templates.get_template(template).render(page=page, switched=switched).encode()
        digest = blake2b(body, digest_size=16).hexdigest()
        headers = _HEADERS | {"ETag": f'"{self._stamp(switched)}.{digest}"'}
        if status == 200 and request.headers.get("if-none-match", "").endswith(f'.{digest}"'):
            return Response(status_code=304, headers=headers)
        return HTMLResponse(body, status, headers)

    def _switched(self, request: Request) -> list[Switch]:
        """What is switched on, worked out once for a request: it may mean a walk through payments."""
        if not hasattr(request.state, "switched"):
            request.state.switched = switched_on(self._sandbox)
        switched: list[Switch] = request.state.switched
        return switched

    def _stamp(self, switches: list[Switch]) -> str:
        """Differs whenever anything that a page may show has changed, but for the time."""
        requests = self._sandbox.requests
        logged = requests[-1].id if requests else ""
        switched = "".join(switch.sentence for switch in switches)
        state = f"{self._sandbox.store.changes} {logged} {switched} {len(self._sandbox.webhooks.waiting)}"
        return f"{self._process}-{blake2b(state.encode(), digest_size=8).hexdigest()}"

    def not_found(self, request: Request, noun: str) -> Response:
        """404 in words: what was looked for, by its kind, and the id from the address."""
        return self.answer(
            request, "not_found.html", {"noun": noun, "id": request.path_params.get("id", "")}, status=404
        )


def money(amount: int, currency: str) -> str:
    """An amount of minor units as `23.00 SGD`, with the decimals that its currency has."""
    return f"{written(amount, currency).lstrip('$')} {currency.upper()}"


def moment(seconds: int) -> str:
    """Unix seconds as the machine-readable UTC text of a `time` element."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock(seconds: int) -> str:
    """Unix seconds as words in UTC; the page's script turns them into the reader's own time."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%d %b %Y, %H:%M:%S UTC")


def spaced(number: str) -> str:
    """A card number in the groups that cards print: fours, or 4-6-5 and 4-6-4 for 15 and 14 digits."""
    if len(number) in (14, 15):
        return f"{number[:4]} {number[4:10]} {number[10:]}"
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))
