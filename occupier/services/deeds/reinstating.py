"""Reinstate: a person asks that the posts that a strike edited be put back. The lane looks at each and does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from occupier.domain.action import Action, Purpose, State, Verb, restore_slot
from occupier.domain.ports import Store, Target
from occupier.domain.setup import Account, Setup
from occupier.domain.snapshot import Snapshot
from occupier.services.deeds import undoing
from occupier.services.deeds.undoing import Undo
from occupier.services.lane.replacing import before_of, creditor


@dataclass(frozen=True, slots=True)
class Edited:
    """A post that was edited in a strike, or may have been: `before` is how it was.

    `account` is None where the settings do not have it any more.
    """

    edit: Action
    before: Snapshot
    target: Target
    account: Account | None

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows yet what it says: that is found out first."""
        return self.edit.state is not State.SENT

    @property
    def may_be_put_back(self) -> bool:
        """Whether it is known to say the strike, as far as the log knows, and can be reached."""
        return not self.is_unknown and self.edit.gone_at is None and self.account is not None


@dataclass(frozen=True, slots=True)
class Deleted:
    """A usual post that was deleted in a strike, how it was, and what stands in its place or is to."""

    before: Snapshot
    target: Target
    follows: Action


class Reinstating:
    """Writes what a person asks for; nothing is called here."""

    def __init__(self, store: Store, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._setup = setup

    def edited(self, strike_name: str) -> list[Edited]:
        """Return the posts that were edited in a strike, oldest first. Raises UnknownName."""
        with self._store.reading() as tx:
            targets = {target.id: target for target in tx.targets.all()}
            edits = tx.actions.edited(tx.strikes.get(strike_name).id)
            return [self._found(edit, targets[edit.target_id]) for edit in edits if edit.before]

    def deleted(self, strike_name: str) -> list[Deleted]:
        """Return the usual posts that were deleted in a strike, oldest first: none can be put back."""
        with self._store.reading() as tx:
            targets = {target.id: target for target in tx.targets.all()}
            gone = tx.actions.deleted(tx.strikes.get(strike_name).id)
            return [Deleted(before_of(d), targets[d.target_id], creditor(tx, d)) for d in gone]

    def _found(self, edit: Action, target: Target) -> Edited:
        account = undoing.account_of(self._setup(), target)
        before = Snapshot.from_json(str(edit.before))
        return Edited(edit, before, target, account)

    def ask(self, found: Edited) -> Action:
        """Write that a post is to be put back; return the action that will do it, or did."""
        edit = found.edit
        assert edit.payload is not None  # it was sent
        with self._store.writing() as tx:
            asked = tx.actions.restorations(edit.id)
            slot = restore_slot(edit.id, len(asked) + 1)
            return undoing.ask(tx, edit, asked, Undo(Purpose.RESTORE, Verb.EDIT, slot, edit.payload.shown))
