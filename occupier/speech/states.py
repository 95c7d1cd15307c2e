"""Where an action stands, in words, and the four groups that a screen shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from occupier.domain.action import GoneBy, State, Verb
from occupier.domain.by_hand import MANUAL
from occupier.domain.errors import Sentence
from occupier.domain.limits import MAX_ATTEMPTS
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

_STATES = {
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

_BY_HAND = Sentence("to be posted by hand")

_DATED = {
    State.PENDING: Sentence("due at {time}"),
    State.RETRY: Sentence("trying again at {time}: nothing has left, attempt {attempt} of {most}"),
}

_RETRACTIONS = {
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

_RESTORATIONS = {
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
_EDITED = {
    State.SENT: Sentence("in place of the usual post"),
    State.REFUSED: Sentence("edit refused by {network}"),
    State.UNCERTAIN: Sentence("check: may be edited"),
}
"""Of a usual post that was edited where it stands, where it differs from a post of its own."""
_PUT_BACK = Sentence("in place of the usual post, then put back")

_GONE = {
    GoneBy.OCCUPIER: Sentence("posted, then retracted"),
    GoneBy.OTHERS: Sentence("posted, then deleted by somebody else"),
    GoneBy.UNKNOWN: Sentence("posted, no longer there"),
}

_EXPLAINED = {State.REFUSED: Sentence("refused by {network}: {reason}")}


def group_of(state: State) -> Group:
    """Return the group that counts this state."""
    return next(group for group, states in GROUPS.items() if state in states)


def group_words(group: Group) -> str:
    """Say a group: “publié”, “en cours”, “à vérifier par une personne”, “non publié”."""
    return gettext(_GROUPS[group].text)


def state_words(
    state: State | str,
    *,
    zone: ZoneInfo,
    due_at: datetime | None = None,
    attempts: int = 0,
    platform: str | None = None,
    reason: str | None = None,
    verb: Verb = Verb.PUBLISH,
    gone_by: GoneBy | str | None = None,
    undoes: bool = False,
) -> str:
    """Say a state: “à venir (11h42)”, “refusé par Facebook : …”.

    Args:
        state: the state, or its id; an id that is none is returned as it is.
        zone: in which hours are said.
        due_at: when a waiting one will be tried (aware).
        attempts: how many there were.
        platform: the id of the network.
        reason: why it was refused, as the log has it.
        verb: what is done: the same state of a retraction has other words.
        gone_by: who took a post away that was there.
        undoes: whether an edit puts a post back, instead of making it say the strike.
    """
    if state not in set(State):
        return str(state)
    state = State(state)
    sentence = _standing(state, verb, undoes=undoes)
    if gone_by and state is State.SENT:
        back = verb is Verb.EDIT and GoneBy(gone_by) is GoneBy.OCCUPIER
        sentence = _PUT_BACK if back else _GONE[GoneBy(gone_by)]
    elif verb is Verb.DELETE or undoes:
        pass
    elif state is State.HANDED and platform == MANUAL:
        sentence = _BY_HAND
    elif due_at and state in _DATED:
        sentence = _DATED[state]
    elif reason and state in _EXPLAINED:
        sentence = _EXPLAINED[state]
    return gettext(sentence.text).format(
        time=short_time(due_at, zone) if due_at else "",
        attempt=attempts + 1,
        most=MAX_ATTEMPTS,
        network=network_name(platform),
        reason=reason_words(reason, platform) if reason else "",
    )


def _standing(state: State, verb: Verb, *, undoes: bool) -> Sentence:
    if verb is Verb.DELETE:
        return _RETRACTIONS[state]
    if undoes:
        return _RESTORATIONS[state]
    return _EDITED.get(state, _STATES[state]) if verb is Verb.EDIT else _STATES[state]
