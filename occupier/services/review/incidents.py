"""Incidents: what interrupted a strike, or nearly, read from the events of its time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta

from occupier.domain.incidents import Incident, IncidentKind, in_order
from occupier.domain.ports import Event, Transaction
from occupier.domain.strike import Strike
from occupier.domain.times import quarter_after, quarter_before

AFTERMATH = timedelta(days=1)
"""What happens this long after the end still belongs to the strike's account: posts are looked for until then."""
_AT_ONCE = {
    "feed_failing": IncidentKind.FEED_FAILING,
    "mass": IncidentKind.MASS,
    "restored": IncidentKind.RESTORED,
    "handed_over": IncidentKind.HANDED_OVER,
}
_TOLD = ("paused", "resumed", *_AT_ONCE)
"""The kinds of events that incidents are made of."""


def incidents(tx: Transaction, strike: Strike) -> tuple[Incident, ...]:
    """Return what happened during a strike, or in its aftermath, in order."""
    return in_order(_touching(tx, strike))


def _touching(tx: Transaction, strike: Strike) -> Iterator[Incident]:
    names = {target.id: target.name for target in tx.targets.all()}
    since, until = strike.acts_from, strike.ended_at + AFTERMATH
    events = list(tx.recounts.events(_TOLD, until))
    for incident in (*_pauses(events, names), *_others(events, names)):
        if (incident.until or incident.at) >= since or (incident.kind is IncidentKind.PAUSE and not incident.until):
            yield incident


def _pauses(events: Iterable[Event], names: Mapping[int, str]) -> Iterator[Incident]:
    running: dict[tuple[int | None, str], Incident] = {}
    for event in events:
        if event.kind == "paused":
            by = str(event.data["by"])
            account = names.get(event.target_id) if event.target_id else None
            running[event.target_id, by] = Incident(
                IncidentKind.PAUSE, quarter_before(event.at), None, account, by=by, reason=str(event.data["reason"])
            )
        elif event.kind == "resumed":
            for by in words(event.data["by"]):
                paused = running.pop((event.target_id, by), None)
                if paused is not None:
                    yield replace(paused, until=quarter_after(event.at))
    yield from running.values()


def _others(events: Iterable[Event], names: Mapping[int, str]) -> Iterator[Incident]:
    for event in events:
        feed = str(event.data["feed"]) if "feed" in event.data else None
        if event.kind in _AT_ONCE:
            account = names.get(event.target_id) if event.target_id else None
            count = event.data.get("new") or event.data.get("changed") or event.data.get("actions") or 0
            yield Incident(_AT_ONCE[event.kind], event.at, None, account, feed, count=int(str(count)))


def words(value: object) -> list[str]:
    """Return the words that an event tells, which may be one."""
    return [str(word) for word in value] if isinstance(value, list) else [str(value)]
