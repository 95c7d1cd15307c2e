"""A network that lies: a TCP proxy before the sandbox, and a resolver, that break a call at every point of its way.

Connections are lied about by the resolver (no such host, refused, a broken TLS handshake), requests by the proxy
(before they reach the network, or after it has accepted them). What was said and what really happened is kept, by the
same controlled clock that the daemon and the networks have.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import re
import socket
import ssl
import struct
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote_plus, urlsplit

from tests.fakes import FakeClock
from tests.loopback import AUTHORITY, DATA

PLATFORMS = ("mastodon", "x", "facebook")
REFUSING_PORT = 9
"""Nobody listens on the discard port of a loopback."""
CONNECTION_LIES = ("dns", "refused", "tls", "slow_dns")
BEFORE = ("reset_before_body", "reset", "closed", "5xx", "5xx_page", "page", "error_inside", "redirect", "silence")
AFTER = ("reset", "closed", "truncated", "5xx", "5xx_page", "page", "error_inside", "no_id", "redirect", "silence",
         "drip")  # fmt: skip
WAITS = ("seconds", "date", "epoch", "iso", "day", "usage", "none", "nonsense", "past")
"""The forms in which a 429 says when to come back, or does not."""
REFUSALS = ("content", "credentials", "money", "permission")
_TIMELINE = re.compile(r"/accounts/\d+/statuses|/users/\d+/tweets|/published_posts")
PAGE = b"<!DOCTYPE html><title>504</title><h1>504 Gateway Time-out</h1>"


@dataclass(frozen=True)
class Lie:
    """What happens to one request. `accepted`: the network took it first."""

    kind: str
    accepted: bool = False
    form: str = ""

    def __str__(self) -> str:
        where = "after" if self.accepted else "before"
        return f"{self.kind}:{self.form}" if self.form else f"{self.kind} {where}"


HONEST = Lie("honest", accepted=True)


@dataclass(frozen=True)
class Call:
    """A request to publish that arrived, by the controlled clock; `article` is the number in its link."""

    platform: str
    article: int
    at: datetime
    lie: Lie
    taken: bool = False


@dataclass(frozen=True)
class Silence:
    """What a network asked for: no request to publish in `[since, until)`."""

    platform: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Reading:
    """A timeline that was asked for; `shows` is the instant that it was shown as of, None where it was not shown."""

    platform: str
    at: datetime
    shows: datetime | None


Chooser = Callable[[str, str], Lie | None]
"""Says what happens, given the platform and the stage (connect, read, write or feed)."""


class Liar:
    """The proxy and the resolver; use it as a context. `choose` decides about every stage of every call."""

    def __init__(self, target: str, clock: FakeClock, chance: random.Random, choose: Chooser) -> None:
        self._host = urlsplit(target).netloc
        self._clock, self._chance, self._choose = clock, chance, choose
        self.calls: list[Call] = []
        self.readings: list[Reading] = []
        self.silences: list[Silence] = []
        self.lookups: list[tuple[str, datetime, str]] = []
        self._broken: set[str] = set()
        self._told: dict[tuple[str, str], list[tuple[datetime, Reply]]] = defaultdict(list)
        self._listeners = {name: socket.create_server(("127.0.0.1", 0), backlog=64) for name in (*PLATFORMS, "feed")}
        self._stopping = threading.Event()
        self._busy = threading.Condition()
        self._under_way = 0
        self._real = socket.getaddrinfo
        port = int(self._host.rpartition(":")[2])
        # X signs the address that it is asked for, so its own is kept, and led here by the resolver
        self._led = {
            ("127.0.0.1", port): "x",
            ("localhost", port): "feed",
            ("localhost", self._port("mastodon")): "mastodon",
            ("localhost", self._port("facebook")): "facebook",
        }

    def _port(self, name: str) -> int:
        return int(self._listeners[name].getsockname()[1])

    def url(self, name: str) -> str:
        """Return the address at which a daemon finds this network."""
        port = self._host.rpartition(":")[2]
        plain = {"x": f"http://127.0.0.1:{port}/x", "feed": f"http://localhost:{port}"}
        return plain.get(name, f"https://localhost:{self._port(name) if name in PLATFORMS else 0}")

    def __enter__(self) -> Self:
        self._bundle = os.environ.get("REQUESTS_CA_BUNDLE")
        os.environ["REQUESTS_CA_BUNDLE"] = str(AUTHORITY)
        socket.getaddrinfo = self._resolve
        for name, listener in self._listeners.items():
            threading.Thread(target=self._accept, args=(name, listener), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        socket.getaddrinfo = self._real
        os.environ.pop("REQUESTS_CA_BUNDLE")
        if self._bundle is not None:
            os.environ["REQUESTS_CA_BUNDLE"] = self._bundle
        self._stopping.set()
        for listener in self._listeners.values():
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.wait_idle()

    def wait_idle(self) -> None:
        """Wait until nothing is under way: the controlled clock must not run ahead of a call."""
        with self._busy:
            self._busy.wait_for(lambda: self._under_way == 0, timeout=20)

    # --- names and connections ----------------------------------------------------------------------------------------

    def _resolve(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        name = self._led.get((host, port))
        if name is None:
            return self._real(host, port, *args, **kwargs)
        lie = self._choose(name, "connect") or HONEST
        self.lookups.append((name, self._clock.now(), lie.kind))
        if lie.kind == "dns":
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if lie.kind == "slow_dns":
            self._clock.advance(self._chance.uniform(1, 20))
        if lie.kind == "tls":
            self._broken.add(name)
        there = REFUSING_PORT if lie.kind == "refused" else self._port(name)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", there))]

    def _accept(self, name: str, listener: socket.socket) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with self._busy:
                self._under_way += 1
            threading.Thread(target=self._serve, args=(name, connection), daemon=True).start()

    def _serve(self, name: str, connection: socket.socket) -> None:
        try:
            with contextlib.suppress(OSError, http.client.HTTPException):
                self._answer(name, self._secured(name, connection))
        finally:
            with self._busy:
                self._under_way -= 1
                self._busy.notify_all()

    def _secured(self, name: str, connection: socket.socket) -> socket.socket:
        connection.settimeout(10)
        if name not in ("mastodon", "facebook"):
            return connection
        if name in self._broken:
            self._broken.discard(name)
            connection.recv(1024)
            connection.sendall(b"HTTP/1.0 400 This is no TLS\r\n\r\n")
            connection.close()
            raise ConnectionError
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(AUTHORITY, DATA / "localhost.key")
        return context.wrap_socket(connection, server_side=True)

    # --- requests -----------------------------------------------------------------------------------------------------

    def _answer(self, name: str, connection: socket.socket) -> None:
        try:
            head = _head(connection)
            if head:
                self._lie(name, connection, head)
        finally:
            connection.close()

    def _lie(self, name: str, connection: socket.socket, head: tuple[str, dict[str, str], bytes]) -> None:
        line, headers, body = head
        writes = line.startswith(("POST", "PUT")) and name in PLATFORMS
        lie = self._choose(name, "write" if writes else "feed" if name == "feed" else "read") or HONEST
        if lie.kind == "reset_before_body":
            self._note(name, line, body + _rest(connection, headers, body), lie, writes=writes)
            _tear(connection)
            return
        body += _rest(connection, headers, body)
        self._clock.advance(self._chance.uniform(0.01, 1.5))
        begun = self._clock.now()
        if lie.kind == "drops_media":
            headers, body = _without_media(headers, body)
        reply = self._forward(line, headers, body) if lie.accepted else None
        self._note(name, line, body, lie, at=begun, writes=writes, taken=reply is not None and reply.status < 300)
        if not writes:
            reply = self._remember(name, line, begun, lie, reply)
        self._say(name, connection, lie, reply)

    def _note(
        self, name: str, line: str, body: bytes, lie: Lie, *, writes: bool, at: datetime | None = None,
        taken: bool = False,
    ) -> None:  # fmt: skip
        found = re.search(r"/articles/(\d+)", unquote_plus(body.decode("utf-8", "replace")))
        if writes and found:
            self.calls.append(Call(name, int(found[1]), at or self._clock.now(), lie, taken))

    def _remember(self, name: str, line: str, begun: datetime, lie: Lie, reply: Reply | None) -> Reply | None:
        """Keep what was told, and note which timelines were; return an older answer where the lie is an old copy."""
        target = line.split(" ")[1]
        is_first_page = not re.search(r"max_id|pagination_token|after=", target)
        told, shows = self._told[name, target.partition("?")[0]], begun
        if lie.kind == "old" and told and is_first_page:
            shows, reply = told[-1]
        elif reply is not None and reply.status == 200 and is_first_page:
            told[:] = [*told[-1:], (begun, reply)]
        if _TIMELINE.search(target) and is_first_page:
            shown = reply is not None and reply.status == 200 and lie.kind in ("honest", "old", "drip")
            empty = begun - timedelta(days=365) if lie.kind == "stale" else None
            self.readings.append(Reading(name, begun, shows if shown else empty))
        return reply

    def _forward(self, line: str, headers: Mapping[str, str], body: bytes) -> Reply:
        method, target, _ = line.split(" ")
        there = http.client.HTTPConnection(self._host)
        address, _, port = self._host.rpartition(":")
        there.sock = socket.socket()  # connected by hand: names are lied about, to this process too
        there.sock.settimeout(10)
        there.sock.connect((address, int(port)))
        there.request(method, target, body or None, {**headers, "host": self._host})
        answer = there.getresponse()
        reply = Reply(answer.status, dict(answer.getheaders()), answer.read())
        there.close()
        return reply

    def _say(self, name: str, connection: socket.socket, lie: Lie, reply: Reply | None) -> None:
        match lie.kind:
            case "reset":
                _tear(connection)
            case "closed":
                pass
            case "silence":
                self._silent(connection)
            case "drip" if reply:
                self._drip(connection, reply.wire())
            case "truncated" if reply:
                connection.sendall(reply.wire()[: -max(1, len(reply.body) // 2)])
            case "throttled":
                connection.sendall(self._throttled(name, lie.form).wire())
            case "honest" | "old" | "drops_media" if reply:
                connection.sendall(reply.wire())
            case _:
                connection.sendall(self._false(name, lie).wire())

    def _silent(self, connection: socket.socket) -> None:
        """Say nothing until the other gives up."""
        with contextlib.suppress(OSError):
            connection.settimeout(8)
            while connection.recv(1024):
                pass

    def _drip(self, connection: socket.socket, said: bytes) -> None:
        connection.sendall(said[:20])
        for byte in said[20:]:
            connection.sendall(bytes([byte]))
            if self._stopping.wait(0.05):
                return

    def _false(self, name: str, lie: Lie) -> Reply:
        date = {"Date": format_datetime(self._clock.now(), usegmt=True)}
        if lie.kind == "refusal":
            status, value = refusal(name, lie.form)
            return Reply(status, date, json.dumps(value).encode())
        if lie.kind == "stale":
            nothing = {"mastodon": [], "x": {"meta": {"result_count": 0}}, "facebook": {"data": []}}[name]
            return Reply(200, date, json.dumps(nothing).encode())
        if lie.kind == "redirect":
            return Reply(307, date | {"Location": f"https://localhost:{self._port('mastodon')}/elsewhere"}, b"")
        if lie.kind in ("page", "5xx_page"):
            status = 200 if lie.kind == "page" else self._chance.choice((500, 502, 503, 504, 520))
            return Reply(status, date | {"Content-Type": "text/html"}, PAGE)
        if lie.kind == "no_id":
            return Reply(200, date, json.dumps({"data": {}} if name == "x" else {}).encode())
        status = 200 if lie.kind == "error_inside" else self._chance.choice((500, 502, 503, 504))
        return Reply(status, date, json.dumps(outage(name)).encode())

    def _throttled(self, name: str, form: str) -> Reply:
        now, seconds = self._clock.now(), self._chance.choice((7, 45, 300, 900, 3600))
        if form == "usage":
            seconds = 60 * max(1, seconds // 60)
        until = now.replace(microsecond=0) + timedelta(seconds=seconds)
        stamp = str(int(until.timestamp()))
        headers = {
            "seconds": {"Retry-After": str(seconds)},
            "date": {"Retry-After": format_datetime(until, usegmt=True)},
            "epoch": {"x-rate-limit-reset": stamp},
            "iso": {"X-RateLimit-Reset": until.strftime("%Y-%m-%dT%H:%M:%S.000Z")},
            "day": {"x-user-limit-24hour-remaining": "0", "x-user-limit-24hour-reset": stamp},
            "usage": {"X-Business-Use-Case-Usage": json.dumps(
                {"1": [{"type": "pages", "estimated_time_to_regain_access": seconds // 60}]})},
            "none": {},
            "nonsense": {"Retry-After": "soon", "x-rate-limit-reset": "-1"},
            "past": {"x-rate-limit-reset": str(int(now.timestamp()) - 60)},
        }[form]  # fmt: skip
        if form not in ("none", "nonsense", "past"):
            self.silences.append(Silence(name, now, until))
        status, value = refusal(name, "throttled")
        date = {"Date": format_datetime(now, usegmt=True)}
        return Reply(status, {**date, **headers}, json.dumps(value).encode())


@dataclass(frozen=True)
class Reply:
    """An answer, and the bytes of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def wire(self) -> bytes:
        """Return the whole answer."""
        skipped = {"content-length", "connection", "transfer-encoding"}
        kept = {name: value for name, value in self.headers.items() if name.lower() not in skipped}
        lines = [f"HTTP/1.1 {self.status} X", *(f"{n}: {v}" for n, v in kept.items())]
        lines += [f"Content-Length: {len(self.body)}", "Connection: close", "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


def outage(name: str) -> dict[str, Any]:
    """Return how a network says that it is in trouble."""
    words = "Service temporarily unavailable"
    if name == "facebook":
        return {"error": {"message": words, "type": "OAuthException", "code": 2, "is_transient": True}}
    if name == "x":
        return {"errors": [{"title": "Service Unavailable", "detail": words}], "title": "Service Unavailable"}
    return {"error": words}


_STATUSES = {"content": 422, "credentials": 401, "money": 402, "permission": 403, "throttled": 429}
_CODES = {"content": 100, "credentials": 190, "money": 200, "permission": 10, "throttled": 32}


def refusal(name: str, kind: str) -> tuple[int, dict[str, Any]]:
    """Return how a network says no, in its own words."""
    if name == "facebook":
        return 400, {"error": {"message": f"(#{_CODES[kind]}) No", "type": "OAuthException", "code": _CODES[kind]}}
    status = 400 if name == "x" and kind == "content" else _STATUSES[kind]
    if name == "x":
        return status, {"title": "No", "detail": "Your client app is not configured.", "status": status}
    return status, {"error": "This is not allowed"}


def _head(connection: socket.socket) -> tuple[str, dict[str, str], bytes] | None:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return None
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    line, *rest = head.decode("latin-1").split("\r\n")
    pairs = (entry.partition(":") for entry in rest)
    return line, {name.strip().lower(): value.strip() for name, _, value in pairs}, body


def _rest(connection: socket.socket, headers: Mapping[str, str], body: bytes) -> bytes:
    rest, length = b"", int(headers.get("content-length", "0"))
    while len(body) + len(rest) < length:
        piece = connection.recv(65536)
        if not piece:
            break
        rest += piece
    return rest


def _without_media(headers: Mapping[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    """Return a request to edit without what it says of media, as a server understands it that drops them."""
    with contextlib.suppress(ValueError):  # where there are media, it is JSON
        kept = {name: value for name, value in json.loads(body).items() if not name.startswith("media")}
        body = json.dumps(kept).encode()
    return {**headers, "content-length": str(len(body))}, body


def _tear(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def utc(text: str) -> datetime:
    """Read an instant as the log writes it."""
    return datetime.fromisoformat(text).astimezone(UTC)
