"""Outcomes: what is told of a call and of what became of it."""

from __future__ import annotations

from collections.abc import Iterator

from occupier.domain.action import Action, Purpose, State, Verb
from occupier.domain.errors import Sentence
from occupier.domain.ports import Notice
from occupier.domain.reconcile import RemotePost
from occupier.domain.settling import Settlement
from occupier.domain.setup import Account


def outcome_notices(account: Account, action: Action, settled: Settlement) -> Iterator[Notice]:
    """Tell what became of the call about an action, and whether its lane stands still from now on."""
    told = _retraction(account, action, settled) if action.verb is Verb.DELETE else _post(account, action, settled)
    if told is not None:
        yield told
    if settled.stop:
        yield stopped(account, settled.stop)


def stopped(account: Account, reason: str) -> Notice:
    """Tell that a lane stands still until somebody mends the cause."""
    text = "The account {account} is stopped: {reason}. When it is mended, type occupier resume {account}."
    return Notice("lane", Sentence(text, {"account": account.name, "reason": reason}), serious=True)


def elsewhere(account: Account, action: Action, post: RemotePost, *, serious: bool = True) -> Notice:
    """Tell that somebody else announces what the strike announces."""
    text = (
        "{who} posted on {account}, in other words, about the article of the post {id}: {url} – is the usual tool still"
        " running? Pause it there; occupier takes nothing of others' away."
    )
    who = post.application or Sentence("Somebody else")
    values = {"who": who, "account": account.name, "id": action.id, "url": post.url or post.id}
    return Notice("announced_elsewhere", Sentence(text, values), serious=serious)


def _post(account: Account, action: Action, settled: Settlement) -> Notice | None:
    change = settled.change
    values: dict[str, object] = {"account": account.name, "id": action.id, "reason": change.reason}
    if change.state is State.SENT:
        said = {
            "url": change.remote_url or change.remote_id or "",
            "text": action.payload.text if action.payload else "",
        }
        text = (
            "Strike post on {account}: {url}"
            if action.purpose is Purpose.STRIKE
            else "Ordinary post on {account}: {url}"
        )
        return Notice("sent", Sentence(text, {"account": account.name, "id": action.id, **said}))
    if change.state is State.HANDED:
        said = {"text": action.payload.text if action.payload else ""}
        text = "Handed to {account}, for your usual tool: {text}"
        return Notice("handed", Sentence(text, {"account": account.name, "id": action.id, **said}))
    if change.state is State.RETRY and not settled.stop:
        text = "Nothing was posted on {account} ({reason}); trying again {at}."
        return Notice("retry", Sentence(text, values | {"at": change.due_at or action.due_at}))
    if change.state is State.REFUSED:
        text = "{account} refused the post {id} ({reason}): nothing was posted."
        return Notice("refused", Sentence(text, values), serious=True)
    if change.state is State.UNCERTAIN:
        text = "The answer of {account} about the post {id} was lost: looking whether it is there."
        return Notice("uncertain", Sentence(text, {"account": account.name, "id": action.id}))
    return None


def _retraction(account: Account, action: Action, settled: Settlement) -> Notice | None:
    change = settled.change
    values: dict[str, object] = {"account": account.name, "post": action.post_id, "reason": change.reason}
    if change.state is State.SENT:
        return Notice("retracted", Sentence("Retracted on {account}: the strike post {post}.", values))
    if change.state is State.RETRY and not settled.stop:
        text = "The strike post {post} was not retracted on {account} ({reason}); trying again {at}."
        return Notice("retry", Sentence(text, values | {"at": change.due_at or action.due_at}))
    if change.state is State.REFUSED:
        text = "{account} refused to retract the strike post {post} ({reason}): it is still there."
        return Notice("refused", Sentence(text, values), serious=True)
    if change.state is State.UNCERTAIN:
        text = "The answer of {account} about the retraction of {post} was lost: looking whether it is still there."
        return Notice("uncertain", Sentence(text, values))
    return None
