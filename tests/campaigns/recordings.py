"""What the sandbox answers to the adapters, written down."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from occupier.domain.action import Payload, Verb
from occupier.domain.errors import NetworkError
from occupier.domain.ports import Order
from occupier.platforms.registry import build
from occupier.sandbox import Sandbox
from occupier.sandbox.exchange import Request, Response
from occupier.sandbox.faults import Fault, FaultKind
from tests.campaigns.mutations import Recorded
from tests.fakes import FakeClock

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


class Recording(Sandbox):
    """A sandbox that keeps what it answers."""

    def __init__(self) -> None:
        self.kept: list[Recorded] = []
        self.platform = self.call = ""
        super().__init__()

    def _app(self, request: Request) -> Response:
        response = super()._app(request)
        headers = (("Content-Type", response.content_type), *response.headers.items())
        self.kept.append(Recorded(self.platform, self.call, response.status, headers, response.body))
        return response


def record() -> list[Recorded]:
    """Return what the sandbox answers to every call of every adapter, in good days and in bad ones."""
    with Recording() as box:
        for fault in FAULTS:
            for platform in ("mastodon", "x", "facebook"):
                if fault:
                    box.fault(platform, Fault(**fault))
                _calls(box, platform, dict(box.credentials[platform]))
                box.clear()
        return box.kept


def _calls(box: Recording, platform: str, secrets: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    where: dict[str, dict[str, Any]] = {
        "mastodon": {"server": box.url},
        "x": {"api_url": f"{box.url}/x"},
        "facebook": {"api_url": f"{box.url}/graph", "api_version": "v26.0"},
    }
    network = build(platform, **where[platform], **secrets, clock=FakeClock(now))
    order = Order(Verb.PUBLISH, Payload(f"En grève {now}", "https://www.example.org/1"), str(now), 5.0, lambda: True)
    calls: dict[str, Callable[[], object]] = {
        "apply": lambda: network.apply(order),
        "verify": network.verify,
        "read_limits": network.read_limits,
        "recent": lambda: network.recent(now - timedelta(hours=1)),
    }
    box.platform = platform
    for box.call, call in calls.items():
        with suppress(NetworkError):
            call()
