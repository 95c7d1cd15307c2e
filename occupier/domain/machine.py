"""The machine that occupier runs on, as far as it tells: does it stay awake, is there room, who may read what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Power:
    """What feeds the machine; `percent` of the battery where that is told."""

    on_battery: bool
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """When the machine goes to sleep by itself; None wherever it does not tell.

    Attributes:
        has_lid: whether it is one that can be closed.
        sleeps_on_lid: whether closing it puts the machine to sleep.
        idle: after how long without anybody it sleeps; zero: never.
    """

    has_lid: bool | None = None
    sleeps_on_lid: bool | None = None
    idle: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rights:
    """What other users of the machine may do with a file."""

    read: bool
    write: bool


class Machine(Protocol):
    """The machine's own word. Nothing here raises: what cannot be told is None."""

    def power(self) -> Power | None:
        """Return what feeds it; None where it has no battery."""

    def rest(self) -> Rest:
        """Return when it sleeps by itself."""

    def free_bytes(self, folder: Path) -> int | None:
        """Return how much may still be written in a folder."""

    def rights(self, file: Path) -> Rights | None:
        """Return what others may do with a file."""
