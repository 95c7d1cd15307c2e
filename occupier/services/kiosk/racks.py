"""Racks: a strike feed as the journal has it at one instant, and what each reader may be shown of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from occupier.domain.handing import Document, Placed, Reader, Treatment, by_article, treatment
from occupier.domain.ports import Target, Transaction
from occupier.domain.setup import FEED, Account
from occupier.domain.strike import Strike


@dataclass(frozen=True, slots=True)
class Rack:
    """One strike feed. `placed` goes with the entries of the document; `has`: which entries each reader has."""

    account: Account
    target: Target
    document: Document
    placed: Sequence[Placed | None]
    readers: Mapping[str, Reader]
    has: Mapping[int, Collection[int]]
    strikes: Mapping[int, Strike]
    paused_since: datetime | None
    mark: object = None
    """What differs as soon as the journal has another rack."""

    def new(self, now: datetime, handed_since: datetime | None = None) -> frozenset[int]:
        """Return the entries that may be shown to who has not read them: nothing is paused, their strike in force.

        Those handed before `handed_since` may not, if it is given.
        """
        if self.paused_since is not None:
            return frozenset()
        in_force = {strike.id for strike in self.strikes.values() if strike.in_force(now)}
        said = (p for p in self.placed if p is not None and p.is_new_to_somebody)
        recent = (p for p in said if not (handed_since and p.handed_at and p.handed_at < handed_since))
        return frozenset(p.action_id for p in recent if p.strike_id in in_force)

    def treatments(self, shown: Collection[int]) -> list[Treatment]:
        """Return what each entry is in an edition that shows these strike entries, and no other."""
        return [self._treatment(placed, shown) for placed in self.placed]

    def _treatment(self, placed: Placed | None, shown: Collection[int]) -> Treatment:
        is_shown = placed is not None and placed.action_id in shown
        return treatment(placed, has_read=is_shown, may_be_new=False)

    def next_border(self, now: datetime) -> datetime | None:
        """Return when the next strike ends."""
        return min((s.ends_at for s in self.strikes.values() if not s.closed_at and s.ends_at > now), default=None)


def rack(tx: Transaction, account: Account) -> Rack | None:
    """Return a strike feed as it stands; None while its feed was not read for it, or nobody knows the account."""
    target = target_of(tx, account)
    source = next((state for state in tx.feeds.all() if state.name in account.feeds), None)
    if target is None or source is None or source.document_hash is None:
        return None
    document = tx.kiosk.document(source.id)
    if document is None:
        return None
    known = [article for article in document.articles if article is not None]
    return Rack(
        account=account,
        target=target,
        document=document,
        placed=by_article(tx.kiosk.placed(target.id, known), document),
        readers={reader.agent: reader for reader in tx.kiosk.readers(target.id)},
        has=tx.kiosk.readings(target.id),
        strikes={strike.id: strike for strike in tx.strikes.all()},
        paused_since=min((p.since for p in tx.pauses.all() if p.stops(target.id)), default=None),
        mark=mark(tx, account),
    )


def target_of(tx: Transaction, account: Account) -> Target | None:
    """Return a strike feed's target, if the journal knows it."""
    named = (t for t in tx.targets.all() if (t.platform, t.remote_id) == (FEED, account.remote_id))
    return next(named, None)


def mark(tx: Transaction, account: Account) -> object:
    """Return what differs as soon as a strike feed may: everything but its documents leaves an event."""
    head = tx.recounts.head()
    return head and head.hash, [state.document_hash for state in tx.feeds.all() if state.name in account.feeds]
