"""Whether the plan that was voted is the one that ran: from the seals of a strike, and the times it was held. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from occupier.domain.errors import Sentence
from occupier.domain.times import QUARTER, quarter_after, quarter_before
from occupier.domain.voted import PARTS, SHOWN, Part

SEALED, KNOWN, HELD, FREED = "plan_sealed", "plan_known", "plan_held", "plan_freed"
"""The kinds of the events that tell of a plan."""


@dataclass(frozen=True, slots=True)
class PlanEvent:
    """One event about the plan of a strike (aware): `told` is its fingerprint, or what differed."""

    kind: str
    at: datetime
    told: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """A time in which nothing left under the strike, for another plan would have run; `until` None: still."""

    since: datetime
    until: datetime | None
    what: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """The seals of a strike with their hours, first to last, and when it was held.

    Hours of seals are rounded to a quarter, since in a team of two an exact one is a name.
    """

    seals: tuple[tuple[datetime, str], ...] = ()
    held: tuple[Held, ...] = ()

    @property
    def is_held(self) -> bool:
        """Whether it is held now."""
        return bool(self.held) and self.held[-1].until is None

    def sentences(self, acts_from: datetime) -> Iterator[Sentence]:
        """Say it; `acts_from`: since when the strike acts."""
        if not self.seals:
            yield Sentence("The plan was never sealed: nothing shows whether what ran is what was voted.")
            return
        (first, fingerprint), *again = self.seals
        if first - acts_from >= QUARTER:
            text = (
                "Sealed around {at}, to a quarter of an hour, as {seal}: after the strike had begun. Since then every"
                " strike post is compared with it before it leaves."
            )
            yield Sentence(text, {"at": first, "seal": fingerprint[:SHOWN]})
        else:
            text = (
                "Yes: sealed around {at}, to a quarter of an hour, as {seal}, and every strike post is compared with it"
                " before it leaves."
            )
            yield Sentence(text, {"at": first, "seal": fingerprint[:SHOWN]})
        for at, later in again:
            yield Sentence("Sealed again around {at}, as {seal}.", {"at": at, "seal": later[:SHOWN]})
        yield from (_held(one) for one in self.held)


def _held(one: Held) -> Sentence:
    values = {"since": one.since, "until": one.until, "what": [PARTS[part] for part in one.what]}
    if one.until is None:
        return Sentence("Held since {since}, for it is different from the plan that was voted:{what}", values)
    return Sentence("Held from {since} to {until}, for it was different from the plan that was voted:{what}", values)


def kept(events: Iterable[PlanEvent]) -> Kept:
    """Read what became of a plan from its events, in their order."""
    seals: list[tuple[datetime, str]] = []
    held: list[Held] = []
    for event in events:
        if event.kind == SEALED:
            seals.append((quarter_before(event.at), event.told[0]))
        elif event.kind == HELD:
            held.append(Held(event.at, None, tuple(Part(word) for word in event.told)))
        elif event.kind == FREED and held:
            held[-1] = replace(held[-1], until=event.at)
    return Kept(tuple(seals), tuple(_rounded(one) for one in held))


def _rounded(one: Held) -> Held:
    until = one.until
    after = None if until is None else quarter_after(until)
    return replace(one, since=quarter_before(one.since), until=after)
