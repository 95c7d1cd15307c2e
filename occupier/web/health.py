"""`/healthz` and `/metrics`, for the supervisors and the monitoring of this machine: on loopback, and nothing else.

By the standard library alone: it stands beside a daemon that must stay small, and answers two addresses.
"""

from __future__ import annotations

import errno
import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, Generic, TypeVar

from occupier.bootstrap import House
from occupier.domain.errors import DatabaseError, FailedError

HOST = "127.0.0.1"
FRESH = 2.0
"""Seconds for which an answer is given again without another look."""
SHARE = 20
"""An answer that took long to find is good for so many times as long: asking often never slows the daemon down."""
AT_ONCE = 8
"""Connections; one more is closed unanswered."""
_PATIENCE = 5
_PLAIN = "text/plain; charset=utf-8"


Answer = tuple[HTTPStatus, str, bytes]
Found = TypeVar("Found")


@contextmanager
def answering(house: House, port: int) -> Iterator[str]:
    """Answer inside, on a thread; give the address. 0 is any free port. Raises FailedError if it is not free."""
    try:
        server = _Server((HOST, port), Answers(house))
    except OSError as error:
        text = (
            "{host}:{port} is taken already: choose another port, --health PORT."
            if error.errno == errno.EADDRINUSE
            else "{host}:{port} cannot be listened on ({detail}): choose another port, --health PORT."
        )
        detail = os.strerror(error.errno) if error.errno else type(error).__name__
        raise FailedError(text, host=HOST, port=port, detail=detail) from None
    with server:
        threading.Thread(target=server.serve_forever, args=(0.1,), name="health", daemon=True).start()
        try:
            yield f"http://{HOST}:{server.server_address[1]}"
        finally:
            server.shutdown()


class Kept(Generic[Found]):
    """What was found, given again for a while: however often it is asked, the journal is read now and then."""

    def __init__(self, look: Callable[[], Found], clock: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._clock = clock
        self._looking = threading.Lock()
        self._found: Found | None = None
        self._good_until = -math.inf

    def __call__(self) -> Found:
        """Return it; raises what looking raises, and looks again the next time."""
        with self._looking:
            began = self._clock()
            if self._found is None or began >= self._good_until:
                self._found = self._look()
                ended = self._clock()
                self._good_until = ended + max(FRESH, SHARE * (ended - began))
            return self._found


class Answers:
    """What is answered at each address."""

    def __init__(self, house: House) -> None:
        self._status = Kept(house.reviewing.status)
        self._ailments = Kept(house.vitals.ailments)

    def health(self) -> Answer:
        """Say `ok`, or what is wrong, a stable id a line."""
        ailments = self._wrong()
        status = HTTPStatus.SERVICE_UNAVAILABLE if ailments else HTTPStatus.OK
        return status, _PLAIN, ("\n".join(ailments or ("ok",)) + "\n").encode()

    def metrics(self) -> Answer:
        """Give the figures; none where the journal cannot be read."""
        from occupier.web.exposition import CONTENT_TYPE, exposition

        try:
            return HTTPStatus.OK, CONTENT_TYPE, exposition(self._status(), self._wrong())
        except DatabaseError:
            return HTTPStatus.SERVICE_UNAVAILABLE, _PLAIN, b"database\n"

    def _wrong(self) -> tuple[str, ...]:
        try:
            return self._ailments()
        except DatabaseError:
            return ("database",)


class _Server(ThreadingTCPServer):
    # not an HTTPServer, which asks the resolver for its own name first
    daemon_threads = allow_reuse_address = True

    def __init__(self, address: tuple[str, int], answers: Answers) -> None:
        super().__init__(address, _Handler)
        self.answers = answers
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._places.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._places.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's trouble."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = _PATIENCE

    def do_GET(self) -> None:
        self._answer(*self._found())

    do_HEAD = do_GET

    def _found(self) -> tuple[HTTPStatus, str, bytes]:
        # a name that was made to lead here is a web page of somebody else's, in a browser of this machine
        if self.headers.get("Host", "").rpartition(":")[0] not in (HOST, "localhost"):
            return HTTPStatus.MISDIRECTED_REQUEST, _PLAIN, b""
        pages = {"/healthz": self.server.answers.health, "/metrics": self.server.answers.metrics}
        found = pages.get(self.path.partition("?")[0])
        return found() if found else (HTTPStatus.NOT_FOUND, _PLAIN, b"/healthz /metrics\n")

    def _answer(self, status: HTTPStatus, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        return "occupier"

    def log_message(self, *_: object) -> None:
        """Write nothing: its lines would hold addresses."""
