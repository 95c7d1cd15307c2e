"""Retract: a person asks that a strike post be taken away. The lane looks at it again and does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from occupier.domain.action import ANNOUNCE, Action, Payload, Purpose, State, Verb, retract_slot
from occupier.domain.by_hand import MANUAL
from occupier.domain.errors import UsageError
from occupier.domain.ports import Network, Pause, Store, Target
from occupier.domain.setup import Account, Setup
from occupier.services.deeds import undoing
from occupier.services.deeds.undoing import Undo


@dataclass(frozen=True, slots=True)
class Candidate:
    """A strike post that may be retracted: where it is, what its retraction costs, and what stands in the way."""

    post: Action
    payload: Payload
    account: Account
    target: Target
    cost_microusd: int
    pauses: tuple[Pause, ...] = ()


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
            pauses = tuple(p for p in tx.pauses.all() if p.stops(target.id))
            return Candidate(post, payload, account, target, cost, pauses)

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
        account = undoing.account_of(self._setup(), target)
        if account is None:
            text = "The account {account} is not in the settings any more, so nothing can be retracted there."
            raise UsageError(text, account=target.name)
        return account

    def ask(self, candidate: Candidate) -> Action:
        """Write that the post is to be retracted; return the action that will do it, or did."""
        post = candidate.post
        with self._store.writing() as tx:
            asked = tx.actions.retractions(post.id)
            slot = retract_slot(post.id, len(asked) + 1)
            return undoing.ask(tx, post, asked, Undo(Purpose.RETRACT, Verb.DELETE, slot, candidate.payload.shown))
