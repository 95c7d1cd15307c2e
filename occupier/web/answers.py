"""The way out: what every answer carries, whoever made it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

_log = logging.getLogger("occupier.web")

STATIC = "/static/"
"""Below it are files that are the same for everybody."""
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # not `no-referrer`: browsers then send `Origin: null` with our own forms (Fetch, "append a request Origin header")
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Answer:
    """The way out: every answer gets the headers, and the cookies that were asked for on its way."""

    def __init__(self, scope: Scope, send: Send, cookies: Callable[[Scope], Iterable[str]]) -> None:
        self._scope, self._send, self._cookies = scope, send, cookies
        self.begun = False

    async def __call__(self, message: Message) -> None:
        """Send a piece of the answer."""
        if message["type"] == "http.response.start":
            self.begun = True
            _log.info("%s %s %s", self._scope["method"], place(self._scope), message["status"])
            headers = MutableHeaders(scope=message)
            kept = self._scope["path"].startswith(STATIC) and message["status"] in (200, 304)
            headers.update(HEADERS | ({"Cache-Control": "no-cache"} if kept else {}))
            for cookie in self._cookies(self._scope):
                headers.append("Set-Cookie", cookie)
        await self._send(message)


def place(scope: Scope) -> str:
    """Return the path for our log, which holds no query, no address of a person and no control character."""
    return ascii(scope["path"][:200])[1:-1]
