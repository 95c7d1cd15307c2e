"""Recount: what became of a strike, from the journal alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from occupier.domain.action import State
from occupier.domain.afterwards import afterwards
from occupier.domain.errors import StrikeError
from occupier.domain.fates import Tally
from occupier.domain.findings import Findings
from occupier.domain.gaps import Gap
from occupier.domain.kept import FREED, HELD, SEALED, PlanEvent, kept
from occupier.domain.ports import Event, LogQuery, Store, Target, Transaction
from occupier.domain.recount import AccountRecount, Doubts, Recount, Slipped, Watch, Wording
from occupier.domain.setup import Account, Setup
from occupier.domain.strike import Strike
from occupier.domain.voted import in_scope
from occupier.domain.ways import way_of
from occupier.services.review.comparing import compared
from occupier.services.review.incidents import AFTERMATH, incidents, words
from occupier.services.watch.gaps import gaps

LATEST = 50
"""Of the posts of others, so many are shown; all are counted, and in the log."""


def require_kept(strike: Strike) -> None:
    """Raise StrikeError if its log was destroyed: what is left of it would tell that nothing was announced."""
    if strike.destroyed_at is not None:
        raise StrikeError("The log of the strike “{name}” was destroyed, as was decided ({at}): there is no"
                          " account of it any more.", name=strike.name, at=strike.destroyed_at)  # fmt: skip


class Recounting:
    """Reads the journal; writes nothing."""

    def __init__(self, store: Store, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._setup = setup

    def of(self, name: str) -> Recount:
        """Return the account of one strike, as it stands now.

        Raises:
            UnknownName: there is no such strike.
            DatabaseError: the journal cannot be read.
        """
        with self._store.reading() as tx:
            return self._recount(tx, tx.strikes.get(name))

    @contextmanager
    def findings(self, name: str) -> Iterator[Findings]:
        """Open everything that is known of one strike; figures and lists are of the same instant.

        Raises:
            UnknownName: there is no such strike.
            StrikeError: its log was destroyed.
            DatabaseError: the journal cannot be read.
        """
        with self._store.reading() as tx:
            strike = tx.strikes.get(name)
            require_kept(strike)
            yield Findings(
                recount=self._recount(tx, strike),
                hours=tx.recounts.hours(strike),
                feeds=tuple(sorted(self._feeds(strike, self._in_scope(strike)))),
                records=tx.register.records(LogQuery(strike=strike.name, everything=True)),
                unannounced=tx.recounts.unannounced(strike),
                unposted=tx.recounts.unannounced(strike, replaced=False),
                measured=tuple(compared(tx, strike)),
                steps=afterwards(strike, tx.strikes.all(), self._setup(), tx.now) if strike.is_over(tx.now) else (),
            )

    def _recount(self, tx: Transaction, strike: Strike) -> Recount:
        tallies = _by_target(tx.recounts.tallies(strike))
        return Recount(
            at=tx.now,
            strike=strike,
            renewals=_renewals(tx, strike),
            accounts=self._accounts(tx, strike, tallies),
            watch=self._watch(tx, strike),
            exemptions=tuple(tx.recounts.exemptions(strike)),
            doubts=_doubts(tx, strike, tallies),
            incidents=incidents(tx, strike),
            gaps=self._gaps(tx, strike),
            nobody=tx.recounts.nobody(strike),
            wording=_wording(tx, strike),
            head=tx.recounts.head(),
            plan=kept(_of_plan(tx, strike)),
            slipped=slipped(tx, strike),
        )

    def _accounts(
        self, tx: Transaction, strike: Strike, tallies: Mapping[int, tuple[Tally, ...]]
    ) -> tuple[AccountRecount, ...]:
        costs, elsewhere = tx.recounts.costs(strike), tx.recounts.elsewhere(strike)
        known = {target.id: target for target in tx.targets.all()}
        recounts = [
            AccountRecount(
                account=known[target_id].name,
                platform=known[target_id].platform,
                tallies=found,
                elsewhere=elsewhere.get(target_id, 0),
                cost_microusd=costs.get(target_id, 0),
                target_id=target_id,
            )
            for target_id, found in tallies.items()
        ]
        recounts += self._silent(tx, strike, known, {r.account for r in recounts})
        return tuple(self._with_unlisted(tx, strike, recount) for recount in sorted(recounts, key=lambda r: r.account))

    def _silent(
        self, tx: Transaction, strike: Strike, known: Mapping[int, Target], listed: set[str]
    ) -> Iterator[AccountRecount]:
        """Yield the accounts in scope that have no line yet.

        Of a strike that is over, only those that it names: another one may have come to the settings since.
        """
        for account in self._in_scope(strike):
            if account.name in listed or (strike.is_over(tx.now) and account.name not in strike.accounts):
                continue
            same = [t.id for t in known.values() if (t.name, t.platform) == (account.name, account.platform)]
            yield AccountRecount(account.name, account.platform, target_id=max(same, default=None))

    def _with_unlisted(self, tx: Transaction, strike: Strike, recount: AccountRecount) -> AccountRecount:
        account = next((a for a in self._in_scope(strike) if a.name == recount.account), None)
        if account is None:
            return recount
        feeds = self._feeds(strike, [account])
        unlisted = tx.recounts.unlisted(strike, recount.target_id, feeds)
        return replace(recount, unlisted=unlisted, way=way_of(account))

    def _watch(self, tx: Transaction, strike: Strike) -> Watch:
        return tx.recounts.watch(strike, self._feeds(strike, self._in_scope(strike)))

    def _gaps(self, tx: Transaction, strike: Strike) -> tuple[Gap, ...]:
        wanted = self._feeds(strike, self._in_scope(strike))
        sources = [source for source in self._setup().feeds if source.name in wanted]
        return tuple(gaps(tx, sources, strike.acts_from, strike.ended_at))

    def _in_scope(self, strike: Strike) -> list[Account]:
        return in_scope(strike, self._setup())

    def _feeds(self, strike: Strike, accounts: Iterable[Account]) -> frozenset[str]:
        """Return the names of the feeds in the strike's scope that one of the accounts follows."""
        names = strike.feeds or frozenset(feed.name for feed in self._setup().feeds)
        return frozenset(name for name in names if any(a.follows(frozenset({name})) for a in accounts))


def _by_target(tallies: Iterable[Tally]) -> dict[int, tuple[Tally, ...]]:
    found: dict[int, list[Tally]] = defaultdict(list)
    for tally in tallies:
        found[tally.target_id].append(tally)
    return {target_id: tuple(mine) for target_id, mine in found.items()}


def _renewals(tx: Transaction, strike: Strike) -> tuple[Strike, ...]:
    root = strike.renews or strike.name
    line = [other for other in tx.strikes.all() if root in (other.name, other.renews)]
    return tuple(sorted(line, key=lambda other: (other.starts_at, other.id)))


def _doubts(tx: Transaction, strike: Strike, tallies: Mapping[int, tuple[Tally, ...]]) -> Doubts:
    settled = tx.recounts.settled_doubts(strike)
    still = sum(t.count for mine in tallies.values() for t in mine if t.state is State.UNCERTAIN)
    return replace(settled, open=still)


def _of_plan(tx: Transaction, strike: Strike) -> Iterator[PlanEvent]:
    for event in tx.recounts.events((SEALED, HELD, FREED), tx.now + AFTERMATH):
        if event.strike_id == strike.id:
            told = event.data.get("what") if event.kind == HELD else event.data.get("fingerprint", "")
            yield PlanEvent(event.kind, event.at, tuple(words(told)))


def slipped(tx: Transaction, strike: Strike, most: int = LATEST) -> tuple[Slipped, ...]:
    """Return the latest posts of others beside the strike, newest first."""
    names = {target.id: target.name for target in tx.targets.all()}
    found = (_one_slipped(event, names) for event in tx.recounts.slipped(strike, most))
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _one_slipped(event: Event, names: Mapping[int, str]) -> Slipped:
    said = {name: event.data.get(name) for name in ("posted_at", "url", "application")}
    at, url, application = (str(value) if value else None for value in said.values())
    posted_at = datetime.fromisoformat(at) if at else event.at
    return Slipped(posted_at, names.get(event.target_id or 0, "–"), url, application)


def _wording(tx: Transaction, strike: Strike) -> Wording:
    told = [event.data.get("messages") for event in tx.recounts.declarations(strike)]
    if any(messages != told[0] for messages in told):
        return Wording.CHANGED
    return Wording.AS_DECLARED if told and told[0] else Wording.FROM_SETTINGS
