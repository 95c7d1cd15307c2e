"""Retract: a person asks that a strike post be taken away. The lane looks at it again and does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from occupier.domain.action import ANNOUNCE, Action, Payload, Purpose, State, Verb, post_subject, retract_slot
from occupier.domain.by_hand import MANUAL
from occupier.domain.decision import RELEASED
from occupier.domain.errors import UsageError
from occupier.domain.ports import Change, Network, NewAction, Pause, Store, Target, Transaction
from occupier.domain.setup import Account, Setup

ASKED = "asked"
"""The reason of a retraction that a person asked for."""
_GIVEN_UP = (State.REFUSED, State.FAILED)
_IN_VAIN = (State.LEFT, State.MISSED)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A strike post that may be retracted: where it is, what its retraction costs, and what stands in the way.

    `retraction` is the last that was asked for, if any was.
    """

    post: Action
    payload: Payload
    account: Account
    target: Target
    cost_microusd: int
    pauses: tuple[Pause, ...] = ()
    retraction: Action | None = None


class Retracting:
    """Writes what a person asks for; nothing is called here."""

    def __init__(self, store: Store, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._setup = setup

    def candidate(self, action_id: int, networks: Mapping[str, Network]) -> Candidate:
        """Return a strike post that can be retracted, or was.

        Raises:
            UnknownName: no such record.
            UsageError: it is no strike post, it is not known to be there, or its account is not in the settings.
        """
        with self._store.reading() as tx:
            post = tx.actions.get(action_id)
            target = next(t for t in tx.targets.all() if t.id == post.target_id)
            payload = self._require_ours(post, target)
            account = self._account(target)
            network = networks[account.name]
            cost = network.cost(payload, Verb.DELETE) + network.capabilities.read_microusd
            pauses = tuple(p for p in tx.pauses.all() if p.target_id in (None, target.id))
            asked = tx.actions.retractions(post.id)
            return Candidate(post, payload, account, target, cost, pauses, asked[-1] if asked else None)

    def account_of(self, action_id: int) -> Account:
        """Return the account that a record is about. Raises UnknownName, UsageError."""
        with self._store.reading() as tx:
            action = tx.actions.get(action_id)
            return self._account(next(t for t in tx.targets.all() if t.id == action.target_id))

    def _require_ours(self, post: Action, target: Target) -> Payload:
        if (post.verb, post.slot, post.state) == (Verb.EDIT, ANNOUNCE, State.SENT):
            text = (
                "The post {id} is the usual one, edited: it is put back, with occupier restore and the strike's name."
            )
            raise UsageError(text, id=post.id)
        if (post.verb, post.purpose) != (Verb.PUBLISH, Purpose.STRIKE):
            raise UsageError("The record {id} is no strike post: nothing else is retracted.", id=post.id)
        if post.state is State.UNCERTAIN:
            text = "Nobody knows yet whether the post {id} is there: answer first, with occupier resolve {id}."
            raise UsageError(text, id=post.id)
        if post.state is not State.SENT or post.payload is None:
            raise UsageError("The post {id} was never posted: there is nothing to retract.", id=post.id)
        if target.platform == MANUAL:
            text = "The post {id} was made by hand: whoever can post on {account} can take it away there."
            raise UsageError(text, id=post.id, account=target.name)
        if post.remote_id is None or "/" in post.remote_id:
            # a person told an address in which there is no number: a network deletes by number only
            text = "The network's own number of the post {id} is not known: delete it by hand, at {url}."
            raise UsageError(text, id=post.id, url=post.remote_url or post.remote_id or "")
        return post.payload

    def _account(self, target: Target) -> Account:
        account = self._setup().account(target.name)
        if account is None or (account.platform, account.host) != (target.platform, target.host):
            text = "The account {account} is not in the settings any more, so nothing can be retracted there."
            raise UsageError(text, account=target.name)
        return account

    def ask(self, candidate: Candidate) -> Action:
        """Write that the post is to be retracted; return the action that will do it, or did."""
        with self._store.writing() as tx:
            asked = tx.actions.retractions(candidate.post.id)
            last = asked[-1] if asked else None
            if last is not None and last.state in _GIVEN_UP:
                tx.actions.change(last, Change(State.RETRY, RELEASED, due_at=tx.now), "released")
                return tx.actions.get(last.id)
            if last is not None and last.state not in _IN_VAIN:
                return last
            return self._add(tx, candidate, len(asked) + 1)

    def _add(self, tx: Transaction, candidate: Candidate, n: int) -> Action:
        post = candidate.post
        new = NewAction(
            target_id=post.target_id,
            article_id=post.article_id or 0,
            purpose=Purpose.RETRACT,
            state=State.PENDING,
            reason=ASKED,
            due_at=tx.now,
            decided_at=tx.now,
            strike_id=post.strike_id,
            verb=Verb.DELETE,
            subject=post_subject(str(post.remote_id)),
            slot=retract_slot(post.id, n),
            before=candidate.payload.shown,
        )
        action = tx.actions.add(new)
        assert action is not None  # its slot was free, and nobody else writes meanwhile
        return action
