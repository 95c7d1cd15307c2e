"""Where an action stands, in words, and the four groups that a screen shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum, StrEnum, auto
from zoneinfo import ZoneInfo

from occupier.domain.action import GoneBy, Purpose, State, Verb
from occupier.domain.by_hand import MANUAL
from occupier.domain.errors import Sentence
from occupier.domain.limits import MAX_ATTEMPTS
from occupier.domain.setup import FEED, Account
from occupier.speech.languages import gettext
from occupier.speech.moments import short_time
from occupier.speech.reasons import network_name, reason_words


class Group(StrEnum):
    """What a screen counts, in this order. Only `TO_CHECK` is an alarm."""

    POSTED = "posted"
    UNDER_WAY = "under_way"
    TO_CHECK = "to_check"
    NOT_POSTED = "not_posted"


GROUPS: Mapping[Group, tuple[State, ...]] = {
    Group.POSTED: (State.SENT, State.HANDED),
    Group.UNDER_WAY: (State.PENDING, State.SENDING, State.RETRY),
    Group.TO_CHECK: (State.UNCERTAIN, State.HELD),
    Group.NOT_POSTED: (State.REFUSED, State.FAILED, State.MISSED, State.LEFT),
}

_GROUPS = {
    Group.POSTED: Sentence("posted"),
    Group.UNDER_WAY: Sentence("under way"),
    Group.TO_CHECK: Sentence("to check by a person"),
    Group.NOT_POSTED: Sentence("not posted"),
}


class _Deed(Enum):
    """What is done: the same state of each has other words."""

    ANNOUNCE = auto()
    EDIT = auto()
    DISPLACE = auto()
    RETRACT = auto()
    RESTORE = auto()
    CLEAR = auto()
    GIVE_BACK = auto()


_ANNOUNCED = {
    State.PENDING: Sentence("due"),
    State.SENDING: Sentence("sending now"),
    State.SENT: Sentence("posted"),
    State.RETRY: Sentence("to be tried again"),
    State.UNCERTAIN: Sentence("check: may be posted"),
    State.REFUSED: Sentence("refused by {network}"),
    State.FAILED: Sentence("given up, not posted"),
    State.HELD: Sentence("on hold: needs a decision"),
    State.MISSED: Sentence("too late, not posted"),
    State.LEFT: Sentence("left to the usual"),
    State.HANDED: Sentence("handed to your tool"),
}
_EDITED = _ANNOUNCED | {
    State.SENT: Sentence("in place of the usual post"),
    State.REFUSED: Sentence("edit refused by {network}"),
    State.UNCERTAIN: Sentence("check: may be edited"),
}
"""Of a usual post that was edited where it stands."""
_DISPLACED = _ANNOUNCED | {
    State.SENT: Sentence("in place of the usual post, which was deleted"),
    **dict.fromkeys(
        (State.REFUSED, State.FAILED, State.MISSED, State.LEFT),
        Sentence("not posted: the usual message, which was deleted, is given back"),
    ),
}
"""Of a strike post for which the usual post was deleted."""
_CLEARED = {
    State.PENDING: Sentence("usual post to be deleted"),
    State.SENDING: Sentence("usual post being deleted"),
    State.SENT: Sentence("usual post deleted"),
    State.RETRY: Sentence("usual post to be deleted, tried again"),
    State.UNCERTAIN: Sentence("check: the usual post may still be there"),
    State.REFUSED: Sentence("{network} refused to delete the usual post"),
    State.FAILED: Sentence("given up, usual post not deleted"),
    State.HELD: Sentence("usual post not deleted, on hold"),
    State.MISSED: Sentence("usual post not deleted"),
    State.LEFT: Sentence("usual post not deleted"),
    State.HANDED: Sentence("usual post not deleted"),
}
_GIVEN_BACK = {
    State.PENDING: Sentence("usual message to be posted again"),
    State.SENDING: Sentence("usual message being posted again"),
    State.SENT: Sentence("usual message posted again"),
    State.RETRY: Sentence("usual message to be posted again, tried again"),
    State.UNCERTAIN: Sentence("check: the usual message may be posted again"),
    State.REFUSED: Sentence("{network} refused the usual message: post it by hand"),
    State.FAILED: Sentence("given up, usual message not posted again: post it by hand"),
    State.HELD: Sentence("usual message not posted again, on hold"),
    State.MISSED: Sentence("usual message not posted again"),
    State.LEFT: Sentence("usual message not posted again"),
    State.HANDED: Sentence("usual message not posted again"),
}
_RETRACTED = {
    State.PENDING: Sentence("to be retracted"),
    State.SENDING: Sentence("being retracted"),
    State.SENT: Sentence("retracted"),
    State.RETRY: Sentence("retraction to be tried again"),
    State.UNCERTAIN: Sentence("check: may still be there"),
    State.REFUSED: Sentence("retraction refused by {network}"),
    State.FAILED: Sentence("given up, not retracted"),
    State.HELD: Sentence("retraction on hold"),
    State.MISSED: Sentence("not retracted"),
    State.LEFT: Sentence("not retracted"),
    State.HANDED: Sentence("handed to somebody, to be retracted"),
}
_RESTORED = {
    State.PENDING: Sentence("to be put back"),
    State.SENDING: Sentence("being put back"),
    State.SENT: Sentence("put back"),
    State.RETRY: Sentence("putting back to be tried again"),
    State.UNCERTAIN: Sentence("check: may not be put back"),
    State.REFUSED: Sentence("putting back refused by {network}"),
    State.FAILED: Sentence("given up, not put back"),
    State.HELD: Sentence("putting back on hold"),
    State.MISSED: Sentence("not put back"),
    State.LEFT: Sentence("not put back"),
    State.HANDED: Sentence("handed to somebody, to be put back"),
}
_WORDS: Mapping[_Deed, Mapping[State, Sentence]] = {
    _Deed.ANNOUNCE: _ANNOUNCED,
    _Deed.EDIT: _EDITED,
    _Deed.DISPLACE: _DISPLACED,
    _Deed.CLEAR: _CLEARED,
    _Deed.GIVE_BACK: _GIVEN_BACK,
    _Deed.RETRACT: _RETRACTED,
    _Deed.RESTORE: _RESTORED,
}

_GONE: Mapping[tuple[_Deed, GoneBy], Sentence] = {
    (_Deed.ANNOUNCE, GoneBy.OCCUPIER): Sentence("posted, then retracted"),
    (_Deed.ANNOUNCE, GoneBy.OTHERS): Sentence("posted, then deleted by somebody else"),
    (_Deed.ANNOUNCE, GoneBy.UNKNOWN): Sentence("posted, no longer there"),
    (_Deed.DISPLACE, GoneBy.OCCUPIER): Sentence("in place of the usual post, then retracted"),
    (_Deed.DISPLACE, GoneBy.OTHERS): Sentence("in place of the usual post, then deleted by somebody else"),
    (_Deed.DISPLACE, GoneBy.UNKNOWN): Sentence("in place of the usual post, no longer there"),
    (_Deed.EDIT, GoneBy.OCCUPIER): Sentence("in place of the usual post, then put back"),
    (_Deed.EDIT, GoneBy.OTHERS): Sentence("in place of the usual post, then deleted by somebody else"),
    (_Deed.EDIT, GoneBy.UNKNOWN): Sentence("in place of the usual post, no longer there"),
}

_BY_REASON: Mapping[tuple[_Deed, State, str], Sentence] = {
    (_Deed.ANNOUNCE, State.LEFT, "silence"): Sentence("not posted (silence)"),
    (_Deed.ANNOUNCE, State.LEFT, "usual_out"): Sentence("not posted (the usual post is out)"),
    (_Deed.ANNOUNCE, State.MISSED, "usual_out"): Sentence("not posted (the usual post is out)"),
    (_Deed.ANNOUNCE, State.PENDING, "usual_may_come"): Sentence("waits to see whether the usual post comes"),
    (_Deed.ANNOUNCE, State.LEFT, "dropped"): Sentence("not posted (by decision)"),
    (_Deed.EDIT, State.LEFT, "dropped"): Sentence("not posted (by decision)"),
    (_Deed.EDIT, State.LEFT, "silence"): Sentence("not posted (silence)"),
    (_Deed.EDIT, State.LEFT, "edited"): Sentence("usual post changed since, left as it is"),
    (_Deed.EDIT, State.LEFT, "gone"): Sentence("usual post taken away since"),
    (_Deed.ANNOUNCE, State.PENDING, "awaits_usual"): Sentence("waits for the usual post"),
    (_Deed.ANNOUNCE, State.PENDING, "takes_place"): Sentence("waits until the usual post is deleted"),
    (_Deed.CLEAR, State.SENT, "given_back"): Sentence("usual post deleted, then posted again"),
    (_Deed.CLEAR, State.LEFT, "gone"): Sentence("usual post deleted by somebody else"),
    (_Deed.ANNOUNCE, State.MISSED, "not_done"): Sentence("nobody said that it was posted"),
    (_Deed.ANNOUNCE, State.MISSED, "not_by_hand"): Sentence("not posted, says a person"),
    (_Deed.ANNOUNCE, State.MISSED, "not_read"): Sentence("not read by your tool, not posted"),
}
"""Where the state alone would mislead."""
_BY_PLACE: Mapping[tuple[_Deed, State, str], Sentence] = {
    (_Deed.ANNOUNCE, State.HANDED, MANUAL): Sentence("to be posted by hand"),
    (_Deed.ANNOUNCE, State.PENDING, FEED): Sentence("to be handed to your tool"),
}
"""Of an announcement on an account on which occupier does not post itself."""
_DATED = {
    State.PENDING: Sentence("due at {time}"),
    State.RETRY: Sentence("trying again at {time}: nothing has left, attempt {attempt} of {most}"),
}
WITH_REASON = frozenset({State.HELD, State.MISSED, State.LEFT, State.FAILED, State.UNCERTAIN, State.RETRY})
"""States whose reason a reader needs beside the words; a refusal tells its own."""
_EXPLAINED = {
    (_Deed.ANNOUNCE, State.REFUSED): Sentence("refused by {network}: {reason}"),
    (_Deed.EDIT, State.REFUSED): Sentence("edit refused by {network}: {reason}"),
}


def group_of(state: State) -> Group:
    """Return the group that counts this state."""
    return next(group for group, states in GROUPS.items() if state in states)


def group_words(group: Group) -> str:
    """Say a group: “publié”, “en cours”, “à vérifier par une personne”, “non publié”."""
    return gettext(_GROUPS[group].text)


def handed_words(account: Account) -> str:
    """Say what was handed on an account: “remis à l’outil”, “à publier à la main”."""
    return gettext(_BY_PLACE.get((_Deed.ANNOUNCE, State.HANDED, account.platform), _ANNOUNCED[State.HANDED]).text)


def state_words(
    state: State | str,
    *,
    zone: ZoneInfo,
    due_at: datetime | None = None,
    attempts: int = 0,
    platform: str | None = None,
    reason: str | None = None,
    verb: Verb | str = Verb.PUBLISH,
    gone_by: GoneBy | str | None = None,
    purpose: Purpose | str = Purpose.STRIKE,
    replaced: str | None = None,
) -> str:
    """Say a state: “à venir (11h42)”, “refusé par Facebook : …”.

    Args:
        state: the state, or its id; an id that is none is returned as it is.
        zone: in which hours are said.
        due_at: when a waiting one will be tried (aware).
        attempts: how many there were.
        platform: the id of the network.
        reason: why it stands so, as the log has it.
        verb: what is done: the same state of a retraction has other words.
        gone_by: who took a post away that was there.
        purpose: what it is done for: the same verb of another purpose has other words.
        replaced: how the usual post gave way to it, as the log has it.
    """
    if state not in set(State):
        return str(state)
    deed = _deed(Verb(verb), Purpose(purpose), replaced)
    sentence = _standing(State(state), deed, platform, reason, gone_by, is_dated=due_at is not None)
    return gettext(sentence.text).format(
        time=short_time(due_at, zone) if due_at else "",
        attempt=attempts + 1,
        most=MAX_ATTEMPTS,
        network=network_name(platform),
        reason=reason_words(reason, platform) if reason else "",
    )


_DEEDS = {
    Purpose.RETRACT: _Deed.RETRACT,
    Purpose.RESTORE: _Deed.RESTORE,
    Purpose.REPLACE: _Deed.CLEAR,
    Purpose.GIVE_BACK: _Deed.GIVE_BACK,
}


def _deed(verb: Verb, purpose: Purpose, replaced: str | None) -> _Deed:
    if purpose in _DEEDS:
        return _DEEDS[purpose]
    if verb is Verb.EDIT:
        return _Deed.EDIT
    return _Deed.DISPLACE if replaced == "deleted" else _Deed.ANNOUNCE


def _standing(
    state: State, deed: _Deed, platform: str | None, reason: str | None, gone_by: str | None, *, is_dated: bool
) -> Sentence:
    """Return what says most of what is known."""
    announces = deed in (_Deed.ANNOUNCE, _Deed.EDIT, _Deed.DISPLACE)
    known = (
        _GONE.get((deed, GoneBy(gone_by))) if gone_by and state is State.SENT else None,
        _BY_REASON.get((deed, state, reason or "")),
        _BY_PLACE.get((deed, state, platform or "")),
        _DATED.get(state) if is_dated and announces else None,
        _EXPLAINED.get((deed, state)) if reason else None,
    )
    return next(filter(None, known), _WORDS[deed][state])
