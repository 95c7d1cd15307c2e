"""Hand: when entries may be put in a strike feed, and what becomes of those that no tool came to read."""

from __future__ import annotations

from datetime import datetime, timedelta

from occupier.domain.action import State
from occupier.domain.ports import Change, Store, Target, Transaction
from occupier.domain.setup import WRITING, Account

WRITTEN = "written:"
"""The journal's note, by target, of how a strike feed was last put where the tool reads it."""
LOOK_AGAIN = timedelta(seconds=30)


def opens_at(tx: Transaction, account: Account, target: Target) -> datetime | None:
    """Return when a tool knows what was there before, so that entries may be handed to it; None while nobody can tell.

    What a tool sees at its first reading is old to it: a strike entry among it would never be announced.
    """
    if tx.runtime.get("dry_run") == "yes":  # nobody reads what is not put anywhere
        return tx.now
    if not account.is_written:
        return min((reader.first_at for reader in tx.kiosk.readers(target.id)), default=None)
    since = tx.runtime.get(f"{WRITTEN}since:{target.id}")
    return datetime.fromisoformat(since) + account.guard(timedelta(0)) if since else None


def until_read(tx: Transaction, account: Account, target: Target) -> datetime | None:
    """Return when to ask again while a tool cannot know what was there before; None once entries may be handed."""
    at = opens_at(tx, account, target)
    return None if at is not None and at <= tx.now else at or tx.now + LOOK_AGAIN


def lapse_unread(store: Store) -> int:
    """Make missed what was handed, and that nobody had read when its strike was over; return how many."""
    lapsed = 0
    with store.reading() as tx:
        if not tx.kiosk.unread():
            return 0
    with store.writing() as tx:
        strikes = {strike.id: strike for strike in tx.strikes.all()}
        for action in tx.kiosk.unread():
            strike = strikes.get(action.strike_id or 0)
            # what was put somewhere may have been read up to the end, and is noted so a moment later
            if strike is None or (strike.is_over(tx.now) and tx.now >= strike.ended_at + 2 * WRITING):
                lapsed += tx.actions.change(action, Change(State.MISSED, "not_read"), "missed")
    return lapsed
