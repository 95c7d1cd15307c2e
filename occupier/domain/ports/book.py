"""What people decided: strikes, the plans that were voted, and stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from occupier.domain.action import Action
from occupier.domain.strike import Strike
from occupier.domain.voted import Seal


class Strikes(Protocol):
    """The strike book."""

    def all(self) -> list[Strike]:
        """Return every strike ever declared, in order of start."""

    def open(self) -> list[Strike]:
        """Return those that are not closed."""

    def get(self, name: str) -> Strike:
        """Return one by name; raises UnknownName."""

    def by_id(self, strike_id: int) -> Strike:
        """Return one by id."""

    def of(self, action: Action) -> Strike | None:
        """Return the strike that an action stands under; None where it stands under none."""

    def add(self, strike: Strike) -> Strike:
        """Write a new one and its event; raises StrikeError if the name was ever used."""

    def change(self, strike: Strike) -> None:
        """Write changed dates and texts of one that is not over, and its event."""

    def close(self, strike_id: int, at: datetime, reason: str) -> None:
        """Close one for ever, and write its event; nothing happens if it is closed."""


class Seals(Protocol):
    """The plans that were voted, by strike."""

    def of(self, strike_id: int) -> Seal | None:
        """Return the seal of a strike; None if its plan was never sealed."""

    def all(self) -> dict[int, Seal]:
        """Return every seal, by the strike's id."""

    def put(self, strike_id: int, seal: Seal) -> None:
        """Seal a strike's plan, or seal it again, and write the event."""

    def know(self, strike_id: int, identities: Mapping[str, str]) -> None:
        """Note whose accounts are, that was not known when the plan was sealed, and write the event."""

    def hold(self, strike_id: int, at: datetime, found: str, what: Sequence[str]) -> None:
        """Note since when another plan would run, its fingerprint and what differs in it, and write the event."""

    def free(self, strike_id: int) -> None:
        """Note that what would run is what was voted again, and write the event."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A stop: for all targets (`target_id` None) or one; by person, file, address, lane or clock."""

    target_id: int | None
    by: str
    reason: str
    since: datetime

    def stops(self, target_id: int) -> bool:
        """Say whether nothing leaves on this target while it lasts."""
        return self.target_id in (None, target_id)


class Pauses(Protocol):
    """Stops, which every claim obeys."""

    def all(self) -> list[Pause]:
        """Return the pauses in force."""

    def add(self, pause: Pause) -> bool:
        """Pause, and write the event; False if the same stop by the same cause stands already."""

    def lift(self, target_id: int | None, by: Sequence[str]) -> int:
        """Lift the pauses of a target (or of all) made by these causes; return how many."""
