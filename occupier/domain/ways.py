"""Ways: how the articles of a strike are announced on each account, and what becomes of the usual tool there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from occupier.domain.by_hand import is_by_hand
from occupier.domain.errors import Sentence
from occupier.domain.setup import Account, IfUsualIsOut, Takeover


class Way(StrEnum):
    """The ladder, from keys to silence."""

    KEYS = "keys"
    TAKEOVER = "takeover"
    DISPLACEMENT = "displacement"
    SERVED = "served"
    WRITTEN = "written"
    BY_HAND = "by_hand"
    SILENCE = "silence"
    WITHHELD = "withheld"
    """Silence, on a strike feed: what the usual tool is not shown it cannot announce."""
    TEST = "test"


NAMES: Mapping[Way, Sentence] = {
    Way.KEYS: Sentence("with the keys"),
    Way.TAKEOVER: Sentence("edited in place"),
    Way.DISPLACEMENT: Sentence("deleted and posted anew"),
    Way.SERVED: Sentence("strike feed"),
    Way.WRITTEN: Sentence("strike feed"),
    Way.BY_HAND: Sentence("by hand"),
    Way.SILENCE: Sentence("silence"),
    Way.WITHHELD: Sentence("silence (strike feed)"),
    Way.TEST: Sentence("a test account"),
}
"""In a few words, for a table."""
_IN_FULL: Mapping[Way, Sentence] = {
    Way.KEYS: Sentence("occupier posts there itself, with the account's keys; the usual tool is to be paused."),
    Way.TAKEOVER: Sentence(
        "The usual tool goes on: each of its posts about an article, once it is out, is edited in place to say the"
        " strike. occupier posts nothing else there; a post that may not be edited waits for a person."
    ),
    Way.DISPLACEMENT: Sentence(
        "The usual tool goes on: each post about an article, once it is out, is deleted with its likes and answers, and"
        " the strike message is posted in its place. It is looked every five minutes, as readings are paid for. A post"
        " with an image, a film or a poll waits for a person."
    ),
    Way.SERVED: Sentence(
        "The usual tool goes on, and posts what it reads in the strike feed that occupier serves; what it does with it"
        " cannot be seen."
    ),
    Way.WRITTEN: Sentence(
        "The usual tool goes on, and posts what it reads in the strike feed that occupier puts where it looks; what it"
        " does with it cannot be seen."
    ),
    Way.BY_HAND: Sentence(
        "People post there by hand the texts that occupier hands them; a post counts as made when they say so. The"
        " usual tool is to be paused."
    ),
    Way.SILENCE: Sentence(
        "Silence: nothing is posted there in a strike, and the articles are in the list for the newsroom (occupier"
        " catch-up). The usual tool is to be paused."
    ),
    Way.WITHHELD: Sentence(
        "Silence: the articles of a strike never appear in the feed that the usual tool reads; they are in the list"
        " for the newsroom (occupier catch-up)."
    ),
    Way.TEST: Sentence("A test account, outside every strike."),
}
_BESIDE: Mapping[IfUsualIsOut, Sentence] = {
    IfUsualIsOut.HOLD: Sentence(
        "Where the usual post about an article is out already, the strike post waits for a person."
    ),
    IfUsualIsOut.LEAVE: Sentence("Where the usual post about an article is out already, no strike post is made."),
    IfUsualIsOut.REPLACE: Sentence(
        "Where the usual post about an article is out already, it is edited in its place; where it may not be, a person"
        " is asked."
    ),
}
_BESIDE_DELETED = Sentence(
    "Where the usual post about an article is out already, it is deleted with its likes and answers, and the strike"
    " message is posted in its place; one with an image, a film or a poll waits for a person."
)
_DELETING = (
    Sentence(
        "If the strike ends before the message could follow, the usual message is posted again. A pause in between"
        " holds both, and you are told."
    ),
    Sentence(
        "The network does not say what a post was made with: one that somebody makes by hand about an article of the"
        " strike is deleted like the tool's. occupier restore brings none back; the log has both texts."
    ),
)
_WAITING = Sentence(
    "Each strike post waits for {within} after its article, in case the usual tool announces it; in the last {within}"
    " of a strike, none leaves for a new one."
)
_UNTIL_THEN = Sentence("It reads every {every}, so nothing is handed to it in the last {every} of a strike.")
_UNTIL = Sentence("It reads every {every}, so nothing is handed to it after {last}.")
_TO_BE_PAUSED = frozenset({Way.KEYS, Way.BY_HAND, Way.SILENCE})


def way_of(account: Account) -> Way:
    """Return the way of an account, as its settings have it."""
    if account.test:
        return Way.TEST
    if account.is_feed and account.is_silent:
        return Way.WITHHELD
    if account.is_silent:
        return Way.SILENCE
    if account.is_feed:
        return Way.WRITTEN if account.is_written else Way.SERVED
    if is_by_hand(account):
        return Way.BY_HAND
    if account.takeover is Takeover.REPLACE:
        return Way.DISPLACEMENT if account.deletes_usual else Way.TAKEOVER
    return Way.KEYS


def in_full(account: Account, last: datetime | None = None) -> tuple[Sentence, ...]:
    """Return what a community manager has to know of the way of an account, a sentence each.

    `last` is when something can last be handed to its tool (aware), where one strike is spoken of.
    """
    way = way_of(account)
    told = [_IN_FULL[way]]
    if way is Way.KEYS:
        if account.usual_within:
            told.append(Sentence(_WAITING.text, {"within": account.usual_within}))
        told.append(_BESIDE_DELETED if account.deletes_usual else _BESIDE[account.if_usual_is_out])
    if way in (Way.KEYS, Way.DISPLACEMENT) and account.deletes_usual:
        told.extend(_DELETING)
    if way in (Way.SERVED, Way.WRITTEN):
        text = _UNTIL_THEN if last is None else _UNTIL
        told.append(Sentence(text.text, {"every": account.tool_interval, "last": last}))
    return tuple(told)


def pauses_usual_tool(account: Account) -> bool:
    """Say whether the usual tool is to stop on this account during a strike, or to go on there."""
    return way_of(account) in _TO_BE_PAUSED
