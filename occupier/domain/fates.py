"""Fates: what each article of a strike came to on one account, and what took it out of the common way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from occupier.domain.action import GIVEN, Purpose, State


class Fate(StrEnum):
    """What a concerned article came to on one account: each has exactly one, at every instant."""

    REPLACED = "replaced"
    AS_USUAL = "as_usual"
    UNDER_WAY = "under_way"
    TO_CHECK = "to_check"
    NOT_POSTED = "not_posted"


_FATES: Mapping[State, Fate] = {
    State.PENDING: Fate.UNDER_WAY,
    State.SENDING: Fate.UNDER_WAY,
    State.RETRY: Fate.UNDER_WAY,
    State.UNCERTAIN: Fate.TO_CHECK,
    State.HELD: Fate.TO_CHECK,
    State.REFUSED: Fate.NOT_POSTED,
    State.FAILED: Fate.NOT_POSTED,
    State.MISSED: Fate.NOT_POSTED,
    State.LEFT: Fate.NOT_POSTED,
}
"""Of what has not left."""


def fate_of(purpose: Purpose, state: State) -> Fate:
    """Return what an action of this purpose, standing so, came to."""
    if state in GIVEN:
        return Fate.REPLACED if purpose is Purpose.STRIKE else Fate.AS_USUAL
    return _FATES[state]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many actions of a target stand alike under a strike; the latest post and the latest claim among them.

    `late` counts the strike posts that were claimed at or after the strike's end: none, ever. `gone` counts the posts
    that were taken away since, `edited` the usual posts that were made to say the strike where they stood, `restored`
    those of them that were put back.
    """

    target_id: int
    purpose: Purpose
    state: State
    reason: str
    count: int
    last_sent_at: datetime | None = None
    last_claimed_at: datetime | None = None
    late: int = 0
    gone: int = 0
    edited: int = 0
    restored: int = 0

    @property
    def fate(self) -> Fate:
        """What they came to."""
        return fate_of(self.purpose, self.state)


class Ground(StrEnum):
    """Why an article of the strike was not simply replaced: a rule, an account's silence, or a guard."""

    ORDINARY = "ordinary"
    HOLD = "hold"
    LEAVE = "leave"
    MASS = "mass"
    OLD = "old"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Exemption:
    """How many articles of an account a rule or a guard took out, and what they have come to."""

    target_id: int
    ground: Ground
    fate: Fate
    count: int
