"""A journal in the middle of a strike, its review page on a real socket, and visitors with cookies."""

from __future__ import annotations

import http.client
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from starlette.types import ASGIApp, Receive, Scope, Send

from occupier.bootstrap import House, open_house
from occupier.domain.action import Action, State
from occupier.domain.outcome import Uncertain
from occupier.domain.ports import Change
from occupier.settings import load_text
from occupier.web.app import make_app
from occupier.web.passwords import Passwords
from occupier.web.server import Place, options, running, serving
from tests.fakes import FakeClock
from tests.storage.journal import STRIKE, Journal, empty_journal_at

SETTINGS = """\
timezone = "Europe/Paris"
language = "fr"

[[feeds]]
name = "une"
url = "http://127.0.0.1:9/feed.xml"

[[accounts]]
name = "compte"
platform = "mastodon"
server = "https://piaille.fr"
access_token = { env = "TOKEN" }
"""
DATABASE = "occupier.db"
READING, ACTING = "a secret for reading", "a secret for acting"
CHEAP = 2
"""What a secret costs to try here: nothing. The product's own is held by tests of its own."""
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
FRONT = "registre.example.org"
_CSRF = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def location(self) -> str:
        return self.headers["Location"] or ""


@dataclass
class Visitor:
    """A browser, as far as cookies and forms go. `headers` are sent with everything."""

    port: int
    headers: dict[str, str] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path, body, {"Host": self.host, "Cookie": cookie, **self.headers, **named})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read().decode("utf-8", "replace"))
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, **headers)

    def token(self, path: str = "/login") -> str:
        """Return the token of the forms of a page."""
        found = _CSRF.search(self.get(path).text)
        assert found, path
        return found[1]

    def post(
        self, path: str, fields: Mapping[str, str] | None = None, token: str | None = None, **headers: str
    ) -> Answer:
        """Send a form with its token, as a page's own."""
        sent = {"csrf": self.token() if token is None else token, **(fields or {})}
        named = {"Content_Type": "application/x-www-form-urlencoded", **headers}
        return self.ask("POST", path, urlencode(sent).encode(), **named)

    def log_in(self, secret: str, back: str = "/", token: str | None = None) -> Answer:
        return self.post("/login", {"secret": secret, "back": back}, token)


@dataclass
class Door:
    """The one server of all these tests, which leads to the page of the test that is on."""

    listener: socket.socket
    app: ASGIApp | None = None

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None, "a request that no test made"
        await self.app(scope, receive, send)


@contextmanager
def standing() -> Iterator[Door]:
    """Serve, as `serving` does, while tests come and go."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        door = Door(listener)
        with running(door, listener):
            yield door


@cache
def _beginning() -> bytes:
    """Return a journal with a strike that is on and an account, made once."""
    with TemporaryDirectory() as folder:
        path = empty_journal_at(Path(folder) / DATABASE)
        journal = Journal(path, FakeClock())
        journal.strike()
        journal.target(remote_id="1")
        journal.store.close()
        return path.read_bytes()


@dataclass
class Newsdesk:
    """The journal, the services, and where they are served."""

    folder: Path
    door: Door
    clock: FakeClock = field(default_factory=FakeClock)

    def __post_init__(self) -> None:
        (self.folder / DATABASE).write_bytes(_beginning())
        settings = load_text(SETTINGS, self.folder, {}, datetime.now(UTC))
        self.house: House = open_house(settings, clock=self.clock, create=True)
        self.journal = Journal(self.house.store.path, self.clock)
        self.passwords = Passwords(self.house.store.path, work=CHEAP)
        with self.journal.store.reading() as tx:
            self.strike = tx.strikes.get(STRIKE.name)
            (self.target,) = tx.targets.all()

    def close(self) -> None:
        self.door.app = None
        self.house.store.close()
        self.journal.store.close()

    def secrets(self) -> None:
        """Set both."""
        self.passwords.write("read", READING)
        self.passwords.write("write", ACTING)

    def uncertain(self, title: str = "Un article") -> Action:
        """Have a post whose call was cut off."""
        action = self.journal.action(self.target, self.strike, article=self.journal.article(title=title))
        claimed = self.journal.claimed(action)
        self.journal.settle(claimed, Change(State.UNCERTAIN, "no_answer"), Uncertain(EVIL))
        return self.journal.get(action)

    def held(self, title: str = "Un article") -> Action:
        """Have a post that waits for a decision."""
        article = self.journal.article(title=title)
        return self.journal.action(self.target, self.strike, article=article, state=State.HELD)

    @contextmanager
    def open(self) -> Iterator[Visitor]:
        """Serve the page, and give a visitor of it."""
        self.door.app = make_app(self.house, options(Place(), self.door.port))
        yield Visitor(self.door.port)

    @contextmanager
    def open_in_front(self) -> Iterator[Visitor]:
        """Serve the page as behind a server that speaks https, and give a visitor who comes through that."""
        port = _free_port()
        with serving(self.house, Place(port=port, base_url=f"https://{FRONT}")):
            yield Visitor(port, {"Host": FRONT, "X-Forwarded-Proto": "https"})


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port
