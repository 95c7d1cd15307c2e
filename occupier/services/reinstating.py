"""Reinstate: a person asks that the posts that a strike edited be put back. The lane looks at each and does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from occupier.domain.action import Action, Purpose, State, Verb, post_subject, restore_slot
from occupier.domain.decision import RELEASED
from occupier.domain.ports import Change, NewAction, Store, Target, Transaction
from occupier.domain.setup import Account, Setup
from occupier.domain.snapshot import Snapshot

ASKED = "asked"
"""The reason of a restoration that a person asked for."""
_GIVEN_UP = (State.REFUSED, State.FAILED)
_IN_VAIN = (State.LEFT, State.MISSED)


@dataclass(frozen=True, slots=True)
class Edited:
    """A post that was edited in a strike, or may have been: `before` is how it was.

    `account` is None where the settings do not have it any more. `restoration` is the last that was asked for.
    """

    edit: Action
    before: Snapshot
    target: Target
    account: Account | None
    restoration: Action | None = None

    @property
    def is_unknown(self) -> bool:
        """Whether nobody knows yet what it says: that is found out first."""
        return self.edit.state is not State.SENT

    @property
    def may_be_put_back(self) -> bool:
        """Whether it is known to say the strike, as far as the log knows, and can be reached."""
        return not self.is_unknown and self.edit.gone_at is None and self.account is not None


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
            return [self._found(tx, edit, targets[edit.target_id]) for edit in edits if edit.before]

    def _found(self, tx: Transaction, edit: Action, target: Target) -> Edited:
        account = self._setup().account(target.name)
        if account is not None and (account.platform, account.host) != (target.platform, target.host):
            account = None
        asked = tx.actions.restorations(edit.id)
        before = Snapshot.from_json(str(edit.before))
        return Edited(edit, before, target, account, asked[-1] if asked else None)

    def ask(self, found: Edited) -> Action:
        """Write that a post is to be put back; return the action that will do it, or did."""
        with self._store.writing() as tx:
            asked = tx.actions.restorations(found.edit.id)
            last = asked[-1] if asked else None
            if last is not None and last.state in _GIVEN_UP:
                tx.actions.change(last, Change(State.RETRY, RELEASED, due_at=tx.now), "released")
                return tx.actions.get(last.id)
            if last is not None and last.state not in _IN_VAIN:
                return last
            return self._add(tx, found, len(asked) + 1)

    def _add(self, tx: Transaction, found: Edited, n: int) -> Action:
        edit = found.edit
        assert edit.payload is not None  # it was sent
        new = NewAction(
            target_id=edit.target_id,
            article_id=edit.article_id or 0,
            purpose=Purpose.RESTORE,
            state=State.PENDING,
            reason=ASKED,
            due_at=tx.now,
            decided_at=tx.now,
            strike_id=edit.strike_id,
            verb=Verb.EDIT,
            subject=post_subject(str(edit.remote_id)),
            slot=restore_slot(edit.id, n),
            before=edit.payload.shown,
        )
        action = tx.actions.add(new)
        assert action is not None  # its slot was free, and nobody else writes meanwhile
        return action
