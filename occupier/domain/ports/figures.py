"""What readers answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from occupier.domain.action import Purpose
from occupier.domain.metrics import Age, Figures
from occupier.domain.reconcile import RemotePost


@dataclass(frozen=True, slots=True)
class Reading:
    """Figures of one post to be read at one age; `action_id` is that of the strike post."""

    id: int
    strike_id: int
    target_id: int
    action_id: int | None
    remote_id: str
    age: Age
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class MetricRead:
    """One call that was made for figures: of strike posts or of ordinary ones, how many, at what price."""

    strike_id: int | None
    target_id: int
    purpose: Purpose
    posts: int
    cost_microusd: int = 0


class Metrics(Protocol):
    """What readers answered: numbers only."""

    def plan(self, target_id: int) -> int:
        """Write what is to be read of each strike post that is there; return how many readings were added."""

    def lapse(self, target_id: int) -> int:
        """Give up what it is too late to read, and what was taken away since; return how many."""

    def due(self, target_id: int, limit: int) -> list[Reading]:
        """Return what is to be read of the target now, oldest first."""

    def next_at(self, target_id: int) -> datetime | None:
        """Return when the next figures of the target are due; past hours too."""

    def answer(self, reading: Reading, figures: Figures) -> None:
        """Write what was read."""

    def gone(self, reading: Reading) -> None:
        """Write that the post is not there any more: nothing will be read of it."""

    def add_usual(self, strike_id: int, target_id: int, posts: Iterable[RemotePost]) -> int:
        """Write the figures of ordinary posts, each at the age that it has reached; return how many counted."""

    def note(self, read: MetricRead) -> None:
        """Write that a call was made, and what it cost."""

    def has_usual(self, strike_id: int, target_id: int) -> bool:
        """Say whether the ordinary posts before this strike were read already."""

    def figures(self, strike_id: int, target_id: int) -> Mapping[tuple[Purpose, Age], Sequence[Figures]]:
        """Return what was read under a strike on a target: of strike posts and of ordinary ones, by age."""

    def outcomes(self, strike_id: int, target_id: int) -> Mapping[str, int]:
        """Return how many readings of strike posts ended how: read, gone, late; those to come are `due`."""
