"""What the checks look at: gathered once, so that a check itself asks nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from occupier.domain.access import UNTOLD, Access
from occupier.domain.errors import OccupierError, Sentence
from occupier.domain.handing import Reader
from occupier.domain.ports import Fetched, Identity, Parsed, Pause
from occupier.domain.reconcile import TimelineRead
from occupier.domain.rhythm import Rhythm, rhythm_of
from occupier.domain.setup import Account, FeedSource
from occupier.services.lane.sealing import Compared


@dataclass(frozen=True, slots=True)
class FeedRead:
    """One feed as it answered; without a document, `error` says why."""

    source: FeedSource
    fetched: Fetched | None = None
    parsed: Parsed | None = None
    error: Sentence | None = None

    def rhythm(self, now: datetime) -> Rhythm | None:
        """Return its rhythm, where its entries' dates tell one."""
        return rhythm_of((e.published_at for e in self.parsed.entries), now) if self.parsed else None


@dataclass(frozen=True, slots=True)
class AccountRead:
    """One account as its network answered; without an identity, `error` says why.

    `posts`: its newest ones; None where they were not asked for, or could not be read: then `unread` says why.
    """

    account: Account
    identity: Identity | None = None
    access: Access = UNTOLD
    limits: Mapping[str, int] = field(default_factory=dict)
    error: Sentence | None = None
    posts: TimelineRead | None = None
    unread: Sentence | None = None


@dataclass(frozen=True, slots=True)
class DatabaseFound:
    """The database's file: `problem` is why it cannot be used. `beat`: the last sign of life of a daemon (aware)."""

    path: Path
    is_there: bool = True
    problem: Sentence | None = None
    is_held: bool = False
    beat: datetime | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """The secrets, by account: those that are missing, and the notes on files that others can read.

    `notify`: how many addresses for notifications the settings name, and what is wrong with them.
    """

    missing: Mapping[str, tuple[OccupierError, ...]] = field(default_factory=dict)
    exposed: Mapping[str, tuple[Sentence, ...]] = field(default_factory=dict)
    notify: int = 0
    notify_problems: tuple[OccupierError, ...] = ()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the journal knows: stops in force, the posts of ours on each account, the feeds' busiest hour, the
    seals, who reads the strike feeds.
    """

    pauses: tuple[Pause, ...] = ()
    names: Mapping[int, str] = field(default_factory=dict)
    ours: Mapping[str, frozenset[str]] = field(default_factory=dict)
    busiest_hour: int = 0
    plans: tuple[Compared, ...] = ()
    readers: Mapping[str, tuple[Reader, ...]] = field(default_factory=dict)


class Premises(Protocol):
    """What occupier stands on here: its files and its keys. Nothing raises."""

    def settings_file(self) -> Path | None:
        """Return the settings' file, None where they come from no file."""

    def folder(self) -> Path:
        """Return the folder of the database."""

    def database(self) -> DatabaseFound:
        """Look at the database, without writing to it."""

    def keys(self) -> Keys:
        """Look for every secret that the settings name."""


def host_skews(feeds: Sequence[FeedRead], accounts: Sequence[AccountRead]) -> dict[str, timedelta]:
    """Return what hosts said of our clock: their Date less ours."""
    skews = {r.fetched.host: r.fetched.skew for r in feeds if r.fetched and r.fetched.skew is not None}
    for read in accounts:
        if read.identity and read.identity.skew is not None:
            skews[_without_port(read.account.host)] = read.identity.skew
    return skews


def _without_port(host: str) -> str:
    return urlsplit(f"//{host}").hostname or host
