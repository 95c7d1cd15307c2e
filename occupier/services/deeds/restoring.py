"""Restore: what an older copy of the journal may not undo, and what it may not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from occupier.domain.action import State
from occupier.domain.ports import Change, Pause, Store, Target, Transaction
from occupier.services.deeds.controlling import forget_feed
from occupier.services.lane.reconciling import crashed


@dataclass(frozen=True, slots=True)
class Stopped:
    """Strikes by name with the instant that closed them, and the pauses with their accounts (None: of all)."""

    strikes: Mapping[str, datetime] = field(default_factory=dict)
    pauses: tuple[tuple[Target | None, Pause], ...] = ()


class Restoring:
    """Makes a restored copy harmless: it knows nothing of what came after it was made."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def stopped(self) -> Stopped:
        """Return what is ended or paused in this journal. Raises DatabaseError."""
        with self._store.reading() as tx:
            targets = {target.id: target for target in tx.targets.all()}
            closed = {s.name: s.closed_at for s in tx.strikes.all() if s.closed_at is not None}
            return Stopped(closed, tuple((targets.get(p.target_id or 0), p) for p in tx.pauses.all()))

    def make_harmless(self, before: Stopped | None) -> int:
        """Give every feed a new baseline, miss what waited, doubt what was being sent; return how many changed.

        Args:
            before: what was stopped in the journal that gives way: it stays so. None where nobody can tell: then
                everything is paused until a person resumes it.
        """
        changed = 0
        with self._store.writing() as tx:
            for feed in tx.feeds.all():
                forget_feed(tx, feed)
            for action in tx.actions.in_state(State.SENDING):
                # the process that made the copy may be long gone: nobody will settle this call
                changed += tx.actions.settle(action, *crashed(action, tx.now))
            for action in tx.actions.in_state(State.PENDING, State.RETRY, State.HELD):
                changed += tx.actions.change(action, Change(State.MISSED, "restored"), "restored")
            _stop_again(tx, before or Stopped(pauses=((None, Pause(None, "person", "restored", tx.now)),)))
            tx.events.add("restored", {"changed": changed})
        return changed


def _stop_again(tx: Transaction, before: Stopped) -> None:
    for strike in tx.strikes.open():
        if strike.name in before.strikes:
            tx.strikes.close(strike.id, before.strikes[strike.name], "restored")
    for account, pause in before.pauses:
        target = account and tx.targets.ensure(account.name, account.platform, account.host, account.remote_id)
        tx.pauses.add(Pause(target.id if target else None, pause.by, pause.reason, pause.since))
