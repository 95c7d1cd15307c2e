from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from occupier.domain.action import Payload, Verb
from occupier.domain.ports import Network, Order
from occupier.platforms.registry import build
from occupier.sandbox import Sandbox
from occupier.wire.scrub import TALKATIVE, hush
from tests.fakes import FakeClock

LINK = "https://www.courrier.example.org/article-1.html?a=b"
HOUR = timedelta(hours=1)
MakeOrder = Callable[..., Order]
Connect = Callable[..., Network]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))


@pytest.fixture
def box(clock: FakeClock) -> Iterator[Sandbox]:
    with Sandbox(clock=clock.now) as made:
        yield made


def connected(platform: str, url: str, secrets: dict[str, str], clock: FakeClock, **more: Any) -> Network:
    """Make an adapter that speaks to a server on loopback."""
    where: dict[str, Any] = {
        "mastodon": {"server": url},
        "x": {"api_url": url},
        "facebook": {"api_url": url, "api_version": "v26.0"},
    }[platform]
    return build(platform, **where, **secrets, clock=clock, **more)


@pytest.fixture
def connect(box: Sandbox, clock: FakeClock) -> Connect:
    """Make an adapter that speaks to the sandbox."""
    root = {"mastodon": "", "x": "/x", "facebook": "/graph"}

    def make(platform: str, **more: Any) -> Network:
        secrets = {**box.credentials[platform], **more}
        return connected(platform, box.url + root[platform], secrets, clock)

    return make


@pytest.fixture
def order() -> MakeOrder:
    numbers = count(1)

    def make(
        network: Network,
        words: str = "Les CM sont en grève.",
        link: str | None = LINK,
        *,
        seconds: float = 20.0,
        may_begin: Callable[[], bool] = lambda: True,
        options: dict[str, str] | None = None,
    ) -> Order:
        in_field = network.ruler({}).link_in_field
        text = words if in_field or link is None else f"{words}\n{link}"
        payload = Payload(text, link, {"language": "fr"} if options is None else options)
        return Order(Verb.PUBLISH, payload, f"key-{next(numbers)}", seconds, may_begin)

    return make


@pytest.fixture
def quiet() -> Iterator[Callable[[], None]]:
    """Make the libraries quiet, as a command does when it starts, and put their loggers back."""
    before = {name: logging.getLogger(name).level for name in TALKATIVE}
    yield hush
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
