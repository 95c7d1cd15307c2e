"""Say the domain's sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from occupier.domain.action import State
from occupier.domain.errors import OccupierError, Sentence
from occupier.domain.text import clean
from occupier.speech.figures import in_figures
from occupier.speech.languages import gettext
from occupier.speech.moments import duration, end_moment, full_day, moment
from occupier.speech.reasons import REASONS, reason_words
from occupier.speech.states import state_words

_UTC = ZoneInfo("UTC")
_ENDS = {"end", "ends", "until"}


def say(what: Sentence | OccupierError, zone: ZoneInfo | None = None) -> str:
    """Return the sentence in the language in force, its values made fit for a terminal.

    Instants (aware) are said in full in `zone`; without one in the zone that they carry, or else UTC. One that is
    called `end`, `ends` or `until` is the end of a period, so never said as midnight. Durations, days, states and the
    log's reasons become words, a number called `limit` is
    written as people do, and sentences among the values are translated too; several of them are a list, a line each.
    """
    sentence = what.sentence if isinstance(what, OccupierError) else what
    return gettext(sentence.text).format(**_said(sentence.values, zone))


def clean_line(text: str) -> str:
    """Return the text on one line, without anything that could steer a terminal."""
    return clean(text)


def _said(values: Mapping[str, object], zone: ZoneInfo | None) -> dict[str, object]:
    return {name: _value(name, value, zone) for name, value in values.items()}


def _value(name: str, value: object, zone: ZoneInfo | None) -> object:
    match value:
        case Sentence() | OccupierError():
            return say(value, zone)
        case datetime():
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            place = zone or (aware.tzinfo if isinstance(aware.tzinfo, ZoneInfo) else _UTC)
            return end_moment(aware, place) if name in _ENDS else moment(aware, place)
        case date():
            return full_day(value)
        case timedelta():
            return duration(value)
        case State():
            return state_words(value, zone=zone or _UTC)
        case str() if name == "reason" and value in REASONS:
            return reason_words(value)
        case int() if name == "limit":
            return in_figures(value)
        case int() | float():
            return value
        case [Sentence(), *_]:
            return "".join(f"\n  – {say(step, zone)}" for step in value if isinstance(step, Sentence))
        case list() | tuple() | set() | frozenset():
            return ", ".join(clean(str(item)) for item in value)
        case _:
            return clean(str(value))
