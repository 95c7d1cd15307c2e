"""What is told of it afterwards: the chained record, the log, the recount, the ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from occupier.domain.action import State
from occupier.domain.agreement import History
from occupier.domain.browsing import Browsing, Page, PostCount
from occupier.domain.fates import Exemption, Tally
from occupier.domain.findings import HourCount, Unannounced
from occupier.domain.ledger import LedgerHead, Record
from occupier.domain.recount import Doubts, Watch
from occupier.domain.strike import Strike


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the chained record."""

    seq: int
    at: datetime
    kind: str
    data: Mapping[str, object]
    action_id: int | None = None
    strike_id: int | None = None
    target_id: int | None = None
    prev_hash: str = ""
    hash: str = ""


class Events(Protocol):
    """The chained record, append-only."""

    def add(
        self,
        kind: str,
        data: Mapping[str, object],
        *,
        action_id: int | None = None,
        strike_id: int | None = None,
        target_id: int | None = None,
    ) -> None:
        """Append one event, chained to the one before."""

    def since(self, seq: int) -> list[Event]:
        """Return the events after that one."""


@dataclass(frozen=True, slots=True)
class LogQuery:
    """Which records of the log to read; `since` inclusive, `until` exclusive, on `decided_at`."""

    strike: str | None = None
    account: str | None = None
    feed: str | None = None
    state: State | None = None
    since: datetime | None = None
    until: datetime | None = None
    limit: int | None = None
    after: int | None = None
    everything: bool = False


class Register(Protocol):
    """The log, as people and programs read it."""

    def records(self, query: LogQuery) -> Iterator[Mapping[str, object]]:
        """Yield records as interface documents them, oldest first, at constant memory."""

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many actions each account has in each state."""

    def page(self, asked: Browsing) -> Page:
        """Return one page of the log, newest first, and how many records there are."""

    def of_article(self, article_id: int) -> list[Mapping[str, object]]:
        """Return the records of one article, as `page` has them, first to last, retractions included."""

    def numbered(self, ids: Collection[int]) -> list[Mapping[str, object]]:
        """Return the records that have these ids, as `page` has them, first to last."""

    def over_time(self, strike_id: int, *, by_minute: bool) -> list[PostCount]:
        """Return how many posts under a strike went out when, on each target, by minute or by hour."""

    def history(self, action_id: int) -> list[Event]:
        """Return the events of one action, in order."""


class Recounts(Protocol):
    """What became of one strike, counted; a repeated line of one account counts once. Nothing here is slow."""

    def tallies(self, strike: Strike) -> list[Tally]:
        """Return how many actions of each target stand alike."""

    def unlisted(self, strike: Strike, target_id: int | None, feed_names: Collection[str]) -> int:
        """Return how many articles of the strike's period, on these feeds, the target has no line for."""

    def watch(self, strike: Strike, feed_names: Collection[str]) -> Watch:
        """Return how many articles were first seen in the strike on these feeds, and how many have no line at all."""

    def costs(self, strike: Strike) -> Mapping[int, int]:
        """Return what writes and reads cost each target, in millionths of a US dollar."""

    def elsewhere(self, strike: Strike) -> Mapping[int, int]:
        """Return how many posts of others announced the strike's articles on each target, and stood beside the strike.

        Not those that were made to say it.
        """

    def slipped(self, strike: Strike, most: int) -> list[Event]:
        """Return the events (`announced_elsewhere`) of the latest of these posts, newest first, each post once."""

    def exemptions(self, strike: Strike) -> list[Exemption]:
        """Return how many articles rules and guards took out, and what they came to."""

    def settled_doubts(self, strike: Strike) -> Doubts:
        """Return how the posts of unknown fate were settled; `open` is not counted."""

    def hours(self, strike: Strike) -> list[HourCount]:
        """Return how many posts under the strike went out in each hour that had any, oldest first."""

    def nobody(self, strike: Strike) -> int:
        """Return how many articles no account announced, and no rule left to the usual tool."""

    def unannounced(self, strike: Strike, *, replaced: bool = True) -> Iterator[Unannounced]:
        """Yield the articles that were not announced as usual, oldest first, at constant memory.

        `replaced`: those that a strike post announced, too.
        """

    def events(self, kinds: Sequence[str], until: datetime) -> Iterator[Event]:
        """Yield the events of these kinds before an instant, in order; kinds that every post brings have none."""

    def declarations(self, strike: Strike) -> list[Event]:
        """Return the events by which the strike was declared and changed, in order."""

    def mark(self) -> tuple[object, ...]:
        """Return what differs as soon as anything that is counted here may differ; found at once."""

    def head(self) -> LedgerHead | None:
        """Return the end of the chained record; None where nothing has happened yet."""


@dataclass(frozen=True, slots=True)
class StrikeTold:
    """What the strike book says of a strike, in the words of the event that would tell it."""

    id: int
    name: str
    data: str
    closed_at: str | None
    is_destroyed: bool
    seal: str | None = None
    """The fingerprint of its plan as it was sealed last."""


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many rows of the log, and records of the chain, lost their words."""

    rows: int
    records: int


class Ledger(Protocol):
    """The chained record and what it speaks of, exactly as stored; and the one lawful way to take words out of it."""

    def records(self) -> Iterator[Record]:
        """Yield every record, in order, at constant memory."""

    def histories(self) -> Iterator[History]:
        """Yield every row of the log with all there is about it, oldest first, at constant memory.

        What speaks of a row that is not there is yielded too.
        """

    def accounts(self) -> Mapping[int, str]:
        """Return what is known of each target, by its id, in the words of the event that would tell it."""

    def strikes(self) -> list[StrikeTold]:
        """Return what the strike book says.

        Raises:
            ValueError: a cell of it is no hour, no rule or no list any more.
        """

    def empty(self, strike: Strike) -> Emptied:
        """Destroy a strike's register: its words, hours and posts, in every table, and write the event of it.

        Rows keep their ids, slots and targets, so that no article is announced twice; records keep their numbers and
        hashes. What the database's file still holds of the old bytes is another matter: see `storage.erasing`.
        """
