"""Review: how things stand, for a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from occupier.domain.action import FOR_A_PERSON, Action, State
from occupier.domain.afterwards import SAID_FOR, afterwards
from occupier.domain.agenda import Coming, agenda
from occupier.domain.errors import Sentence
from occupier.domain.gaps import Gap
from occupier.domain.handing import Reader
from occupier.domain.ledger import LedgerHead
from occupier.domain.ports import FeedState, Pause, Store, Transaction
from occupier.domain.recount import Slipped
from occupier.domain.setup import Account, Setup
from occupier.domain.strike import Strike
from occupier.domain.voted import Seal
from occupier.services.eve.eve import LastCheck, last_check
from occupier.services.lane.by_hand import Task, tasks
from occupier.services.lane.empty_places import SOON, Empty, left_empty
from occupier.services.lane.sealing import held
from occupier.services.lane.spending import day_start
from occupier.services.review.recounting import slipped
from occupier.services.watch.gaps import gaps

HEARTBEAT = "heartbeat"
ALIVE_FOR = timedelta(seconds=15)
"""A heartbeat older than this is no sign of life."""
LAST_DAY = timedelta(days=1)
"""Outside strikes, gaps in watching are shown for so long."""


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """One account: its counts by state, its last post, what was spent today, and why it is stopped if it is."""

    account: Account
    verified: bool
    counts: Mapping[State, int]
    last_post: Action | None
    next_at: datetime | None
    spent_microusd: int
    pauses: tuple[Pause, ...]
    elsewhere: int = 0
    """How many posts of others announced articles beside the strikes in force."""
    slipped: Slipped | None = None
    """The latest of them."""
    readers: tuple[Reader, ...] = ()
    """Who reads a strike feed."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to people after a strike that ended not long ago, a sentence each."""

    strike: Strike
    steps: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A strike that is not over, and the plan that was voted; `held`: that what would run is another one."""

    strike: Strike
    seal: Seal
    held: Sentence | None


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at one instant."""

    now: datetime
    heartbeat: datetime | None
    alive: bool
    strikes: tuple[Strike, ...]
    feeds: tuple[FeedState, ...]
    accounts: tuple[AccountStatus, ...]
    waiting: tuple[Action, ...]
    pauses: tuple[Pause, ...]
    jobs: Mapping[str, str]
    head: LedgerHead | None = None
    seals: tuple[Sealed, ...] = ()
    gaps: tuple[Gap, ...] = ()
    """In watching: in the strikes in force or just over, or else in the last day."""
    coming: tuple[Coming, ...] = ()
    left: tuple[Left, ...] = ()
    checked: LastCheck | None = None
    to_do: tuple[Task, ...] = ()
    """What people were handed, to be posted by hand."""
    empty: tuple[Empty, ...] = ()
    """Where a usual post was deleted, and nothing stands in its place yet."""

    @property
    def in_force(self) -> tuple[Strike, ...]:
        """The strikes in force now."""
        return tuple(s for s in self.strikes if s.in_force(self.now))


Beside = tuple[Mapping[int, int], Mapping[str, Slipped]]


class Reviewing:
    """Reads the journal; writes nothing."""

    def __init__(self, store: Store, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._setup = setup

    def status(self) -> Status:
        """Return how things stand. Raises DatabaseError."""
        setup = self._setup()
        with self._store.reading() as tx:
            counts = tx.register.counts()
            beat = tx.runtime.get(HEARTBEAT)
            heartbeat = datetime.fromisoformat(beat) if beat else None
            pauses = tuple(tx.pauses.all())
            names = {feed.name for feed in setup.feeds}
            strikes = tuple(tx.strikes.all())
            beside = _beside(tx, strikes)
            return Status(
                now=tx.now,
                heartbeat=heartbeat,
                alive=heartbeat is not None and abs(tx.now - heartbeat) < ALIVE_FOR,
                strikes=strikes,
                feeds=tuple(f for f in tx.feeds.all() if f.name in names),
                accounts=tuple(self._account(tx, setup, a, pauses, counts, beside) for a in setup.accounts),
                waiting=tuple(tx.actions.in_state(*FOR_A_PERSON)),
                pauses=pauses,
                jobs=tx.runtime.all("job:"),
                head=tx.recounts.head(),
                seals=tuple(_sealed(tx, strikes)),
                gaps=tuple(_gaps(tx, setup, strikes)),
                coming=agenda(strikes, setup.zone, tx.now),
                left=tuple(_left(strikes, setup, tx.now)),
                checked=last_check(tx),
                to_do=tuple(tasks(tx, setup)),
                empty=tuple(left_empty(tx, SOON)),
            )

    def _account(
        self,
        tx: Transaction,
        setup: Setup,
        account: Account,
        pauses: tuple[Pause, ...],
        counted: Mapping[tuple[str, str], int],
        beside: Beside,
    ) -> AccountStatus:
        counts = {State(state): n for (name, state), n in counted.items() if name == account.name}
        target = next(
            (t for t in reversed(tx.targets.all()) if t.name == account.name and t.platform == account.platform), None
        )
        if target is None:
            return AccountStatus(account, False, counts, None, None, 0, ())
        mine = tuple(p for p in pauses if p.target_id == target.id)
        spent = tx.actions.spent(target.id, day_start(tx.now, setup))
        last = tx.actions.last_sent(target.id)
        return AccountStatus(
            account,
            target.verified_at is not None,
            counts,
            last,
            tx.actions.next_at(target.id),
            spent,
            mine,
            beside[0].get(target.id, 0),
            beside[1].get(target.name),
            tuple(tx.kiosk.readers(target.id)) if account.is_feed else (),
        )


def _beside(tx: Transaction, strikes: Iterable[Strike]) -> Beside:
    """Return the posts of others beside the strikes in force: how many by target, and the latest by its name."""
    counted: Counter[int] = Counter()
    latest: dict[str, Slipped] = {}
    for strike in (s for s in strikes if s.in_force(tx.now)):
        counted.update(tx.recounts.elsewhere(strike))
        for one in reversed(slipped(tx, strike)):
            latest[one.account] = one
    return counted, latest


def _gaps(tx: Transaction, setup: Setup, strikes: tuple[Strike, ...]) -> Iterator[Gap]:
    """Yield the gaps of the strikes in force or over since yesterday; without one, those that began in the last day."""
    yesterday = tx.now - LAST_DAY
    near = [s for s in strikes if s.acts_from <= tx.now and s.ended_at > yesterday]
    since = min((s.acts_from for s in near), default=yesterday)
    until = max((s.ended_at for s in near), default=tx.now)
    # before a feed was first read, and no strike was near, that was nobody's loss
    yield from (gap for gap in gaps(tx, setup.feeds, since, until) if near or gap.since > since)


def _left(strikes: tuple[Strike, ...], setup: Setup, now: datetime) -> Iterator[Left]:
    for strike in strikes:
        if strike.closed_at and not strike.destroyed_at and now - strike.closed_at < SAID_FOR:
            steps = afterwards(strike, strikes, setup, now)
            if steps:
                yield Left(strike, steps)


def _sealed(tx: Transaction, strikes: Iterable[Strike]) -> Iterator[Sealed]:
    seals = tx.seals.all()
    for strike in strikes:
        if strike.id in seals and not strike.is_over(tx.now):
            yield Sealed(strike, seals[strike.id], held(strike, seals[strike.id]))
