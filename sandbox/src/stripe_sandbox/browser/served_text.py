"""Text that changes only with the program: asked for anew each time, sent only when it differs."""

from hashlib import sha256

from starlette.requests import Request
from starlette.responses import Response

JAVASCRIPT = "text/javascript; charset=utf-8"
HTML = "text/html; charset=utf-8"


class ServedText:
    """One text with its type and further headers; `answer` is its endpoint."""

    def __init__(self, text: str, media_type: str, headers: dict[str, str] | None = None) -> None:
        self._body = text.encode()
        self._media_type = media_type
        self._headers = {
            "ETag": f'"{sha256(self._body).hexdigest()[:32]}"',
            "Cache-Control": "no-cache",
            # Pages of other origins load it, also those that are isolated from other origins.
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }

    def answer(self, request: Request) -> Response:
        if request.headers.get("if-none-match") == self._headers["ETag"]:
            return Response(status_code=304, headers=self._headers)
        return Response(self._body, media_type=self._media_type, headers=self._headers)
