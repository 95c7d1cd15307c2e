"""What the sandbox answers to the adapters, written down on the way through a proxy."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from occupier.domain.action import Payload, Verb
from occupier.domain.errors import NetworkError
from occupier.domain.ports import Order
from occupier.platforms.registry import build
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from tests.campaigns.mutations import Recorded
from tests.fakes import FakeClock
from tests.loopback import Loopback

FAULTS: tuple[dict[str, Any], ...] = (
    {},
    {"kind": FaultKind.STATUS, "status": 401, "verb": "any"},
    {"kind": FaultKind.STATUS, "status": 403, "verb": "any"},
    {"kind": FaultKind.STATUS, "status": 422, "verb": "any"},
    {"kind": FaultKind.STATUS, "status": 429, "retry_after": 30, "reset_in": 30, "verb": "any"},
    {"kind": FaultKind.STATUS, "status": 503, "body": "html", "verb": "any"},
    {"kind": FaultKind.ERROR_INSIDE, "verb": "any"},
    {"kind": FaultKind.CREDITS},
    {"kind": FaultKind.PERMISSION},
    {"kind": FaultKind.AUTOMATION},
    {"kind": FaultKind.NO_ID},
)


class Proxy:
    """Passes requests on to the sandbox, and keeps the answers."""

    def __init__(self, url: str, kept: list[Recorded]) -> None:
        parts = urlsplit(url)
        self._address = (str(parts.hostname), int(parts.port or 80))
        self._kept = kept
        self.platform = self.call = ""

    def behave(self, connection: socket.socket, request: bytes) -> None:
        """Pass one request on, and its answer back."""
        answer = b""
        with socket.create_connection(self._address, timeout=10) as onward:
            head, _, body = request.partition(b"\r\n\r\n")
            lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
            onward.sendall(b"\r\n".join([*lines, b"Connection: close", b"", b""]) + body)
            while piece := onward.recv(65536):
                answer += piece
        self._kept.append(_recorded(self.platform, self.call, answer))
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_RDWR)


def _recorded(platform: str, call: str, answer: bytes) -> Recorded:
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.split(": ", 1) for line in lines)
    headers = tuple((name, value) for name, value in pairs if name.lower() not in ("content-length", "connection"))
    return Recorded(platform, call, int(first.split()[1]), headers, body)


def record() -> list[Recorded]:
    """Return what the sandbox answers to every call of every adapter, in good days and in bad ones."""
    kept: list[Recorded] = []
    with Sandbox() as box:
        proxy = Proxy(box.url, kept)
        with Loopback(proxy.behave) as server:
            url = server.url.replace("localhost", "127.0.0.1")
            for fault in FAULTS:
                for platform in ("mastodon", "x", "facebook"):
                    if fault:
                        box.fault(platform, Fault(**fault))
                    _calls(proxy, platform, url, dict(box.credentials[platform]))
                    box.clear()
    return kept


def _calls(proxy: Proxy, platform: str, url: str, secrets: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    where: dict[str, dict[str, Any]] = {
        "mastodon": {"server": url},
        "x": {"api_url": f"{url}/x"},
        "facebook": {"api_url": f"{url}/graph", "api_version": "v26.0"},
    }
    network = build(platform, **where[platform], **secrets, clock=FakeClock(now))
    order = Order(Verb.PUBLISH, Payload(f"En grève {now}", "https://www.example.org/1"), str(now), 5.0, lambda: True)
    calls: dict[str, Callable[[], object]] = {
        "apply": lambda: network.apply(order),
        "verify": network.verify,
        "read_limits": network.read_limits,
        "recent": lambda: network.recent(now - timedelta(hours=1)),
    }
    proxy.platform = platform
    for proxy.call, call in calls.items():
        with suppress(NetworkError):
            call()
