"""A journal on a real file, with the few sentences that every test of it begins with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from occupier.domain.action import Action, Payload, Purpose, State
from occupier.domain.article import Article, Entry
from occupier.domain.limits import Ceilings
from occupier.domain.outcome import Outcome, Receipt
from occupier.domain.ports import Blocked, Change, Claim, Claimed, NewAction, NewArticle, Target, Transaction
from occupier.domain.setup import FeedSource
from occupier.domain.strike import Strike
from occupier.storage import migrate
from occupier.storage.store import SqlStore
from tests.fakes import START, FakeClock

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
WIDE = Ceilings(1000, 1000, timedelta(0))
STRIKE = Strike("retraites", START - HOUR, START + 5 * HOUR, "AG du 12", "les retraites", START - 2 * HOUR)
TEXT = Payload("En grève", "https://a.fr/")


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        migrate.create_if_missing(path)
        return path.read_bytes()


def empty_journal_at(path: Path) -> Path:
    """Put a journal there that holds nothing yet: a copy of one that each process makes once."""
    path.write_bytes(_empty())
    return path


@dataclass
class Journal:
    """The store, and shorthands for what comes before a claim."""

    path: Path
    clock: FakeClock
    busy_ms: int = 5000
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.store = SqlStore(self.path, self.clock, busy_ms=self.busy_ms)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        with self.store.writing() as tx:
            yield tx

    def strike(self, strike: Strike = STRIKE) -> Strike:
        with self.writing() as tx:
            return tx.strikes.add(strike)

    def target(self, name: str = "compte", remote_id: str | None = None) -> Target:
        with self.writing() as tx:
            return tx.targets.ensure(name, "mastodon", "piaille.fr", remote_id)

    def article(self, feed: str = "une", *, at: datetime | None = None, **more: object) -> Article:
        n = next(self.numbers)
        entry = replace(Entry(f"Titre {n}", f"https://a.fr/{n}"), **more)  # type: ignore[arg-type]
        with self.writing() as tx:
            source = tx.feeds.ensure(FeedSource(feed, f"https://a.fr/{feed}.xml"))
            seen = at or tx.now
            (article,) = tx.articles.add([NewArticle(entry, (), seen, baseline=False)], source.id, seen)
            return article

    def action(
        self,
        target: Target,
        strike: Strike | None = None,
        *,
        article: Article | None = None,
        state: State = State.PENDING,
        due_at: datetime | None = None,
    ) -> Action:
        subject = article or self.article()
        with self.writing() as tx:
            action = tx.actions.add(
                NewAction(
                    target.id, subject.id, Purpose.STRIKE if strike else Purpose.ORDINARY, state, "strike",
                    due_at or tx.now, tx.now, strike.id if strike else None, "Le titre",
                )
            )  # fmt: skip
        assert action is not None
        return action

    def asking(self, action: Action, **more: object) -> Claim:
        values: dict[str, object] = {
            "payload": action.payload or TEXT,
            "purpose": action.purpose,
            "strike_id": action.strike_id,
            "pool_index": 0 if action.strike_id else None,
            "token": f"token-{next(self.numbers)}",
            "guard": 5 * SECOND,
            "call": 25 * SECOND,
            "ceilings": WIDE,
            **more,
        }
        return Claim(action.id, **values)  # type: ignore[arg-type]

    def claim(self, action: Action, **more: object) -> Claimed | Blocked:
        with self.writing() as tx:
            return tx.actions.claim(self.asking(action, **more))

    def claimed(self, action: Action, **more: object) -> Action:
        granted = self.claim(action, **more)
        assert isinstance(granted, Claimed), granted
        return granted.action

    def settle(self, action: Action, change: Change, outcome: Outcome) -> bool:
        with self.writing() as tx:
            return tx.actions.settle(action, change, outcome)

    def sent(self, action: Action, remote_id: str) -> Action:
        change = Change(State.SENT, "receipt", remote_id=remote_id)
        assert self.settle(self.claimed(action), change, Receipt(remote_id))
        return self.get(action)

    def get(self, action: Action) -> Action:
        with self.store.reading() as tx:
            return tx.actions.get(action.id)
