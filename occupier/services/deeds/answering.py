"""Answer: a person's word about a post of which nobody else can tell what became of it."""

from __future__ import annotations

import re
from dataclasses import replace

from occupier.domain.action import Action, GoneBy, Proof, Purpose, State, Verb, restored_by, retracted_by
from occupier.domain.by_hand import NOT_BY_HAND
from occupier.domain.errors import UsageError
from occupier.domain.ports import Change, Store, Transaction
from occupier.domain.settling import after_absence
from occupier.domain.setup import WhenUncertain

_POST_ID = re.compile(r"(\d{5,})(?:\D*)$")
_STORY = re.compile(r"(?:story_fbid=|/posts/(?:[^/?]*/)?|\d_)(\d{5,})")


class Answering:
    """Writes answers; no network is called here."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def resolve(self, action_id: int, url: str | None) -> Action:
        """Take a person's answer about an uncertain post: its address, or None for not published.

        Raises:
            UnknownName: no such record.
            UsageError: it is not uncertain, or the post belongs to another record.
        """
        with self._store.writing() as tx:
            action = answerable(tx, action_id, State.UNCERTAIN)
            if action.verb is Verb.DELETE:
                self._resolve_done(tx, action, is_done=url is None)
            elif action.verb is Verb.EDIT:
                self._resolve_done(tx, action, is_done=url is not None)
            else:
                change = _absent(tx, action) if url is None else self._there(tx, action, url)
                tx.actions.change(action, change, "resolved")
            return tx.actions.get(action_id)

    def done(self, action_id: int, url: str | None, *, is_posted: bool) -> Action:
        """Take a person's word about what a tool or a person outside was handed, during the strike or after it.

        Args:
            action_id: the record.
            url: where the post is, as far as the person says.
            is_posted: whether it was posted at all.

        Raises:
            UnknownName: no such record.
            UsageError: nobody was handed it, that was answered already, or the post belongs to another record.
        """
        with self._store.writing() as tx:
            action = answerable(tx, action_id, State.HANDED, State.MISSED)
            if action.handed_at is None:
                raise UsageError(
                    "The post {id} was handed to nobody: there is nothing to answer about it.", id=action_id
                )
            if not is_posted:
                tx.actions.change(action, Change(State.MISSED, NOT_BY_HAND), "done")
                return tx.actions.get(action_id)
            # when a person posted is that person's business: the log knows when they were handed it
            change = replace(self._there(tx, action, url), sent_at=action.handed_at)
            tx.actions.change(action, change, "done")
            return tx.actions.get(action_id)

    def _there(self, tx: Transaction, action: Action, url: str | None) -> Change:
        remote_id = self._own_post_id(tx, action, url) if url else None
        return Change(State.SENT, "person", remote_id=remote_id, remote_url=url, proof=Proof.PERSON)

    def _own_post_id(self, tx: Transaction, action: Action, url: str) -> str:
        remote_id = self._post_id(tx, action, url)
        if remote_id in tx.actions.remote_ids(action.target_id, action.id):
            raise UsageError("The post {url} already belongs to another record of the log.", url=url)
        return remote_id

    def _resolve_done(self, tx: Transaction, action: Action, *, is_done: bool) -> None:
        """Take the answer about what was to be done to a post that was there."""
        if not is_done:
            tx.actions.change(action, Change(State.RETRY, "person", due_at=tx.now), "resolved")
            return
        done = Change(State.SENT, "person", remote_id=action.post_id, proof=Proof.PERSON)
        tx.actions.change(action, done, "resolved")
        if action.purpose is Purpose.RETRACT:
            tx.actions.gone(tx.actions.get(retracted_by(action.slot)), GoneBy.OCCUPIER, tx.now)
        elif action.purpose is Purpose.RESTORE:
            tx.actions.gone(tx.actions.get(restored_by(action.slot)), GoneBy.OCCUPIER, tx.now)

    def _post_id(self, tx: Transaction, action: Action, url: str) -> str:
        """Return the id that a post's address holds, as its network would have given it with a receipt."""
        match = _POST_ID.search(url.split("?")[0]) or _STORY.search(url)
        if match is None:
            return url
        target = next(t for t in tx.targets.all() if t.id == action.target_id)
        # Graph ids are "page_post"; the addresses of a page's posts hold the two apart
        found = _STORY.search(url) or match
        return f"{target.remote_id}_{found[1]}" if target.platform == "facebook" else match[1]


def _absent(tx: Transaction, action: Action) -> Change:
    change = after_absence(action, tx.strikes.of(action), WhenUncertain.RETRY, tx.now)
    assert change is not None  # RETRY always has an answer
    return replace(change, reason="person") if change.state is State.RETRY else change


def answerable(tx: Transaction, action_id: int, *states: State) -> Action:
    """Return an action that stands so; raises UnknownName, and UsageError of one that does not."""
    action = tx.actions.get(action_id)
    if action.state not in states:
        raise UsageError(
            "The post {id} is “{state}”: there is nothing of the kind to answer about it.",
            id=action_id,
            state=action.state,
        )
    return action
