"""The lines of a strike: each the announcement of an article on one account, beside the others about that article."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, literal_column, or_, select, text

from occupier.domain.action import GIVEN, Purpose, State
from occupier.domain.fates import Fate, fate_of
from occupier.domain.strike import Strike
from occupier.storage.schema import ANNOUNCED, actions, observations, targets

DOUBLE = "same_account"
"""The reason of a line whose article another line of the same account announces."""
OTHER = actions.alias("other")
"""Another line about the same article."""
GIVEN_STATES = [s.value for s in GIVEN]
UNPOSTED_STATES = [s.value for s in State if fate_of(Purpose.STRIKE, s) is Fate.NOT_POSTED]


def lines_of(strike: Strike) -> tuple[Any, ...]:
    """Return what makes an action one of the strike's; written as its index is, or SQLite would not take it."""
    c = actions.c
    found = (text(ANNOUNCED), c.strike_id == strike.id, c.reason.is_distinct_from(DOUBLE))
    return (*found, c.purpose != Purpose.DESTROYED.value)


def announces(columns: Any) -> ColumnElement[bool]:
    """Say that a row of `actions` is the announcement of an article."""
    return columns.slot == literal_column("'announce'")  # type: ignore[no-any-return]


def another(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Say that some target has a line about the same article that is so."""
    o = OTHER.c
    about = exists().where(o.target_id == targets.c.id, o.subject == actions.c.subject, announces(o), *conditions)
    return exists(select(targets.c.id).where(about.correlate(actions, targets)).correlate(actions))


def is_of(strike: Strike) -> ColumnElement[bool]:
    """Say that the other line is one of the strike's."""
    # more than a bare column: SQLite would rather go through all of the strike than look up one article
    return OTHER.c.strike_id + 0 == strike.id


def is_announced() -> ColumnElement[bool]:
    """Say that the article is announced somewhere, by anybody, or may still be."""
    o = observations.c
    elsewhere = exists().where(o.action_id == OTHER.c.id, o.verdict == "elsewhere").correlate(OTHER)
    return or_(another(OTHER.c.state.not_in(UNPOSTED_STATES)), another(elsewhere))


def is_left(reason: str = "rule") -> ColumnElement[bool]:
    """Say that a rule left the article to the usual tool."""
    return another(OTHER.c.state == State.LEFT.value, OTHER.c.reason == reason)
