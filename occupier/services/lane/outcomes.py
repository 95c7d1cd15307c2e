"""Outcomes: what is told of a call and of what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from occupier.domain.action import Action, Purpose, State, Verb
from occupier.domain.errors import Sentence
from occupier.domain.ports import Notice
from occupier.domain.reconcile import RemotePost
from occupier.domain.settling import Settlement
from occupier.domain.setup import Account


def outcome_notices(account: Account, action: Action, settled: Settlement, title: str) -> Iterator[Notice]:
    """Tell what became of the call about an action, and whether its lane stands still from now on.

    `title` is that of the article.
    """
    told = _teller(action)(account, action, settled)
    if told is not None:
        yield replace(told, sentence=Sentence(told.sentence.text, {**told.sentence.values, "title": title}))
    if settled.stop:
        yield stopped(account, settled.stop)


def _teller(action: Action) -> Callable[[Account, Action, Settlement], Notice | None]:
    if action.purpose in _DISPLACED:
        return _displacement
    if action.verb is Verb.DELETE:
        return _retraction
    return _edit if action.verb is Verb.EDIT else _post


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
            "Strike post on {account}, about “{title}”: {url}"
            if action.purpose is Purpose.STRIKE
            else "Ordinary post on {account}, about “{title}”: {url}"
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


_EDITS: Mapping[State, Sentence] = {
    State.SENT: Sentence("The usual post on {account} about “{title}” says the strike now: {url}"),
    State.RETRY: Sentence("The usual post {post} on {account} was not edited ({reason}); trying again {at}."),
    State.REFUSED: Sentence("{account} refused to edit the usual post {post} ({reason}): it stands as it was."),
    State.UNCERTAIN: Sentence("The answer of {account} about the edit of {post} was lost: looking what it says."),
}
_RESTORATIONS: Mapping[State, Sentence] = {
    State.SENT: Sentence("The post {post} on {account} is as it was before the strike: {url}"),
    State.RETRY: Sentence("The post {post} on {account} was not put back ({reason}); trying again {at}."),
    State.REFUSED: Sentence("{account} refused to put the post {post} back ({reason}): it still says the strike."),
    State.UNCERTAIN: Sentence("The answer of {account} about the edit of {post} was lost: looking what it says."),
}
_EDIT_KINDS: Mapping[State, str] = {
    State.SENT: "edited",
    State.RETRY: "retry",
    State.REFUSED: "refused",
    State.UNCERTAIN: "uncertain",
}


def _edit(account: Account, action: Action, settled: Settlement) -> Notice | None:
    change = settled.change
    sentence = (_RESTORATIONS if action.undoes else _EDITS).get(change.state)
    if sentence is None or (change.state is State.RETRY and settled.stop):
        return None
    values: dict[str, object] = {
        "account": account.name, "post": action.post_id, "reason": change.reason, "at": change.due_at or action.due_at,
        "url": change.remote_url or "",
    }  # fmt: skip
    return Notice(_EDIT_KINDS[change.state], Sentence(sentence.text, values), serious=change.state is State.REFUSED)


_DISPLACED: Mapping[Purpose, Mapping[State, Sentence]] = {
    Purpose.REPLACE: {
        State.SENT: Sentence("The usual post {post} on {account} is deleted; the strike message follows."),
        State.RETRY: Sentence("The usual post {post} on {account} was not deleted ({reason}); trying again {at}."),
        State.REFUSED: Sentence("{account} refused to delete the usual post {post} ({reason}): it stands as it was."),
        State.UNCERTAIN: Sentence(
            "The answer of {account} about deleting {post} was lost: looking whether it is still there."
        ),
    },
    Purpose.GIVE_BACK: {
        State.SENT: Sentence("The usual message is on {account} again, as the strike message did not follow: {url}"),
        State.RETRY: Sentence("The usual message is not on {account} again yet ({reason}); trying again {at}."),
        State.REFUSED: Sentence(
            "{account} refused to take the usual message back ({reason}). Nothing announces its article now: post it"
            " there by hand. It said: {text}"
        ),
        State.UNCERTAIN: Sentence(
            "The answer of {account} about the usual message, posted again, was lost: looking whether it is there."
        ),
    },
}
_DISPLACED_KINDS: Mapping[State, str] = {**_EDIT_KINDS, State.SENT: "replaced"}


def _displacement(account: Account, action: Action, settled: Settlement) -> Notice | None:
    """Tell of a usual post that makes room, or of its words that come back; these wake a person."""
    change = settled.change
    sentence = _DISPLACED[action.purpose].get(change.state)
    if sentence is None or (change.state is State.RETRY and settled.stop):
        return None
    values: dict[str, object] = {
        "account": account.name, "post": action.post_id, "reason": change.reason, "at": change.due_at or action.due_at,
        "url": change.remote_url or change.remote_id or "", "text": action.payload.text if action.payload else "",
    }  # fmt: skip
    serious = change.state is State.REFUSED or (change.state is State.SENT and action.purpose is Purpose.GIVE_BACK)
    return Notice(_DISPLACED_KINDS[change.state], Sentence(sentence.text, values), serious=serious)
