"""The journal: one transaction on all of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from occupier.domain.ports.book import Pauses, Seals, Strikes
from occupier.domain.ports.figures import Metrics
from occupier.domain.ports.outbox import Actions, Targets
from occupier.domain.ports.record import Events, Ledger, Recounts, Register
from occupier.domain.ports.watched import Articles, Feeds, Kiosk


class Runtime(Protocol):
    """What a running daemon tells the commands, and they it."""

    def get(self, key: str) -> str | None:
        """Return a value."""

    def set(self, key: str, value: str | None) -> None:
        """Write a value; None removes it."""

    def all(self, prefix: str = "") -> dict[str, str]:
        """Return the values whose keys begin so."""


class Transaction(Protocol):
    """One transaction on the journal; `now` is one reading of the clock, made when it began."""

    now: datetime
    feeds: Feeds
    articles: Articles
    kiosk: Kiosk
    targets: Targets
    actions: Actions
    strikes: Strikes
    seals: Seals
    pauses: Pauses
    events: Events
    runtime: Runtime
    register: Register
    metrics: Metrics
    recounts: Recounts
    ledger: Ledger


class Store(Protocol):
    """The journal. Every method may raise DatabaseError."""

    def writing(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that nobody else writes beside; commit at the end, roll back on an exception."""

    def reading(self) -> AbstractContextManager[Transaction]:
        """Begin a snapshot to read from."""

    def noting(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction as `writing` does, for what is no news to `changed`."""

    def pulse(self, values: Mapping[str, str]) -> None:
        """Write runtime values that are no news to `changed`."""

    def changed(self) -> bool:
        """Say, cheaply, whether anybody has written since the last time this was asked."""
