"""Serving strike feeds to the tools that are pointed at them, and to nobody a trace of who they are."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from occupier.bootstrap import House, make_offering
from occupier.domain.errors import DatabaseError
from occupier.domain.handing import agent_of
from occupier.services.kiosk.offering import Edition, Offering
from occupier.web.server import Place, bracketed, listening_at, running

PATH = "/feeds/{name}.xml"
MOST_AT_ONCE = 2000
_ADDRESS = re.compile(r"/feeds/([a-z0-9-]{1,32})\.xml")
_COME_AGAIN = b"60"
_log = logging.getLogger(__name__)

Scope = Mapping[str, Any]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Header = tuple[bytes, bytes]


class Kiosk:
    """An ASGI application: `GET /feeds/NAME.xml`, conditional, compressed where that is understood."""

    def __init__(self, offering: Offering) -> None:
        self._offering = offering
        self._turn = threading.Lock()

    async def __call__(self, scope: Scope, _receive: object, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        status, headers, body = self.answer(scope["method"], scope["path"], dict(scope["headers"]))
        headers = [*headers, (b"content-length", str(len(body)).encode())] if status != 304 else headers
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def answer(self, method: str, path: str, headers: Mapping[bytes, bytes]) -> tuple[int, list[Header], bytes]:
        """Return status, headers and body."""
        found = _ADDRESS.fullmatch(path)
        if method not in ("GET", "HEAD"):
            return 405, [(b"allow", b"GET, HEAD")], b""
        if found is None or found[1] not in self._offering.feeds():
            return 404, [], b""
        agent = agent_of(headers.get(b"user-agent", b"").decode("latin-1"))
        try:
            with self._turn:
                # a HEAD brings nobody anything, so nothing is new to who asks for it
                edition = self._offering.edition(found[1], agent, is_read=method == "GET")
                seconds = int(self._offering.believed_for(found[1]).total_seconds())
        except DatabaseError:
            _log.warning("a strike feed could not be answered: the journal cannot be used")
            edition = None
        if edition is None:
            return 503, [(b"retry-after", _COME_AGAIN), (b"cache-control", b"no-store")], b""
        return _told(edition, seconds, headers)


def _told(edition: Edition, seconds: int, headers: Mapping[bytes, bytes]) -> tuple[int, list[Header], bytes]:
    zipped = b"gzip" in headers.get(b"accept-encoding", b"")
    tag = f'"{edition.tag}{"-gzip" if zipped else ""}"'.encode()
    told = [
        (b"etag", tag),
        (b"cache-control", f"private, max-age={max(0, seconds)}, must-revalidate".encode()),
        # what one reader may have already, another must not see yet
        (b"vary", b"User-Agent, Accept-Encoding"),
    ]
    if _has(headers.get(b"if-none-match", b""), tag):
        return 304, told, b""
    told.append((b"content-type", f"{edition.media_type}; charset=utf-8".encode()))
    if zipped:
        return 200, [*told, (b"content-encoding", b"gzip")], edition.zipped
    return 200, told, edition.body


def _has(asked: bytes, tag: bytes) -> bool:
    # RFC 9110, 13.1.2: compared without regard to weakness
    return any(one.strip().removeprefix(b"W/") in (tag, b"*") for one in asked.split(b","))


@contextmanager
def serving_feeds(house: House, host: str, port: int, flag: str = "--port") -> Iterator[dict[str, str]]:
    """Serve the strike feeds of a house inside; give the address of each. `flag` is what is typed for a port.

    Raises:
        FailedError: the address is not free, or not one of this machine.
        DatabaseError: the journal cannot be used.
    """
    offering, store = make_offering(house.live.settings, house.clock, house.live.setup)
    try:
        offering.prepare()
        with listening_at(Place(host, port, flag=flag)) as listener:
            root = f"http://{bracketed(host)}:{listener.getsockname()[1]}"
            with running(Kiosk(offering), listener, at_once=MOST_AT_ONCE):
                yield {name: root + PATH.format(name=name) for name in offering.feeds()}
        offering.write_notes()
    finally:
        store.close()
