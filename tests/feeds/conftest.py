"""A newsroom's server on loopback that misbehaves as told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from occupier.feeds.fetch import HttpFetcher

NOW = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
FEED = (
    b'<rss version="2.0"><channel><title>F</title>'
    b"<item><title>Un</title><link>https://f.example/1</link></item></channel></rss>"
)


class Frozen:
    """A clock that stands still."""

    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0


Answer = Callable[["Handler"], None]


@dataclass
class Site:
    """Answers by path, the requests that came, and how many connections they came on."""

    address: str = "127.0.0.1"
    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str) -> str:
        return f"http://{self.address}:{self.port}{path}"


class Handler(BaseHTTPRequestHandler):
    """Asks its site what to do."""

    protocol_version = "HTTP/1.1"
    site: Site

    def setup(self) -> None:
        self.site.connections += 1
        super().setup()

    def do_GET(self) -> None:
        self.site.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
        answer = self.site.answers.get(self.path)
        if answer:
            answer(self)
        else:
            self.say(404)

    def say(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if status != 304:
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    """Return an answer that is always the same."""
    return lambda handler: handler.say(status, body, **headers)


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def handle_error(self, *args: object) -> None:
        """Clients that leave are what these tests are about."""


@pytest.fixture
def open_site() -> Iterator[Callable[[str], Site]]:
    servers: list[tuple[_Server, Site]] = []

    def opened(address: str = "127.0.0.1") -> Site:
        site = Site(address)
        server = _Server((address, 0), type("Bound", (Handler,), {"site": site}))
        site.port = server.server_port
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append((server, site))
        return site

    yield opened
    for server, site in servers:
        site.over.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def site(open_site: Callable[[str], Site]) -> Site:
    return open_site("127.0.0.1")


@pytest.fixture
def fetcher() -> Iterator[HttpFetcher]:
    made = HttpFetcher(Frozen())
    yield made
    made.close()
