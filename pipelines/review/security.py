"""Who may ask the review page anything: the person at this machine who has the address, and nobody else.

Medical papers and a curator's decisions stand behind it, and any web page open in the same browser can send requests to
127.0.0.1. So every request must

- name this machine as its host (a page elsewhere that lets its own name point to 127.0.0.1, "DNS rebinding", does not);
- carry the token: once in the address (`?token=...`), from then on in a cookie that scripts cannot read and that no other
  site's page makes the browser send (HttpOnly, SameSite=Strict);
- when it changes something, come from a page of this very server (Origin, as every browser tells).

Answers carry a Content-Security-Policy under which nothing from outside is loaded and no script but ours runs, so text of
a paper that looks like a script stays text.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: names under which a browser on this machine (or at the near end of an ssh tunnel) reaches the server
HOSTS = ("127.0.0.1", "localhost", "[::1]")

#: most bytes of a request's body
MAX_BODY = 1_000_000

_SAFE = ("GET", "HEAD")

HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}

_NO_TOKEN = (
    "This page is for the person who started `casesift review`: open the address that it printed, with its token.\n"
    "After a restart the address is a new one.\n"
)

#: a link from a mail or a report is followed once more from a page of ours: only then does the browser send the cookie
_ONCE_MORE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>casesift review</title>"
    '<meta http-equiv=refresh content="0"><p>Opening the review page ...</p></html>'
)


class Guard:
    """Lets through what may come through, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, *, token: str) -> None:
        self.app, self.token = app, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request (ASGI)."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # we have no web sockets
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        answer = self._refusal(scope) or self._entry(scope)
        await (answer or self.app)(scope, receive, with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if host.rpartition(":")[0] not in HOSTS and host not in HOSTS:
            return _no("This server answers only to 127.0.0.1 and localhost.", 421)
        if scope["method"] not in _SAFE:
            if headers.get("origin") != f"http://{host}":
                return _no("Refused: the request does not come from a page of this server.", 403)
            if not headers.get("content-type", "").startswith("application/json"):
                return _no("Refused: JSON is expected.", 415)
            if not headers.get("content-length", "").isdigit() or int(headers["content-length"]) > MAX_BODY:
                return _no("Refused: too much at once.", 413)
        elif headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            return _no("Refused: another site's page asks for this.", 403)
        return None

    def _entry(self, scope: Scope) -> Response | None:
        """The answer to somebody without the cookie; None for one who has it."""
        headers = Headers(scope=scope)
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        name = cookie_name(scope)
        given = dict(query).get("token")
        if given is not None and scope["method"] in _SAFE:
            if not self._right(given):
                return _no(_NO_TOKEN, 403)
            rest = urlencode([(k, v) for k, v in query if k != "token"])
            path = "/" + scope["path"].lstrip("/\\")  # "//elsewhere" would lead away from here
            to = RedirectResponse(path + (f"?{rest}" if rest else ""), status_code=303)
            to.set_cookie(name, self.token, httponly=True, samesite="strict", path="/")
            return to
        if self._right(cookie_parser(headers.get("cookie", "")).get(name, "")):
            return None
        from_elsewhere = headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") == "navigate"
        return HTMLResponse(_ONCE_MORE) if from_elsewhere and scope["method"] == "GET" else _no(_NO_TOKEN, 403)

    def _right(self, token: str) -> bool:
        return secrets.compare_digest(token.encode("utf-8", "replace"), self.token.encode())


def cookie_name(scope: Scope) -> str:
    """The cookie that holds the token. Cookies know no ports, so two servers on one machine need two names."""
    return f"casesift-{Headers(scope=scope).get('host', '').rpartition(':')[2]}"


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


def _no(text: str, status: int) -> Response:
    return PlainTextResponse(text, status_code=status)
