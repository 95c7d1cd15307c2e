"""Undo: what a person asks to be done to a post that is there, taken away or put back, is written once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from occupier.domain.action import Action, Purpose, State, Verb, post_subject
from occupier.domain.decision import ASKED, RELEASED
from occupier.domain.ports import Change, NewAction, Target, Transaction
from occupier.domain.setup import Account, Setup

_GIVEN_UP = (State.REFUSED, State.FAILED)
_IN_VAIN = (State.LEFT, State.MISSED)


@dataclass(frozen=True, slots=True)
class Undo:
    """How a post is undone: `shown` is what it is to say when its turn has come, else it is left as it is."""

    purpose: Purpose
    verb: Verb
    slot: str
    shown: str


def account_of(setup: Setup, target: Target) -> Account | None:
    """Return the account of the settings where a post is; None where they have it no more, or elsewhere."""
    account = setup.account(target.name)
    if account is None or (account.platform, account.host) != (target.platform, target.host):
        return None
    return account


def ask(tx: Transaction, post: Action, asked: Sequence[Action], undo: Undo) -> Action:
    """Write that a post is to be undone; return the action that will do it, or did.

    Args:
        tx: a writing one.
        post: whose post it is.
        asked: what was asked of it before in the same way, oldest first: what was given up is tried again, and only
            where all was in vain is there another.
        undo: how, in a slot of its own.
    """
    last = asked[-1] if asked else None
    if last is not None and last.state in _GIVEN_UP:
        tx.actions.change(last, Change(State.RETRY, RELEASED, due_at=tx.now), "released")
        return tx.actions.get(last.id)
    if last is not None and last.state not in _IN_VAIN:
        return last
    return _add(tx, post, undo)


def _add(tx: Transaction, post: Action, undo: Undo) -> Action:
    new = NewAction(
        target_id=post.target_id,
        article_id=post.article_id or 0,
        purpose=undo.purpose,
        state=State.PENDING,
        reason=ASKED,
        due_at=tx.now,
        decided_at=tx.now,
        strike_id=post.strike_id,
        verb=undo.verb,
        subject=post_subject(str(post.remote_id)),
        slot=undo.slot,
        before=undo.shown,
    )
    action = tx.actions.add(new)
    assert action is not None  # its slot was free, and nobody else writes meanwhile
    return action
