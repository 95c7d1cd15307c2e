"""What the check stands on in tests: a machine and files that say what the test wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from occupier.domain.errors import OccupierError
from occupier.domain.machine import Machine, Power, Rest, Rights
from occupier.domain.strike import Strike
from occupier.services.eve.checking import Checking, World
from occupier.services.eve.checks.evidence import DatabaseFound, Keys, Premises
from occupier.services.eve.checks.finding import Finding, Level
from occupier.services.eve.previewing import Previewing
from tests.services.newsroom import HOUR, TEMPLATES, Newsroom

AWAKE = Rest(has_lid=False, sleeps_on_lid=False, idle=timedelta(0))


@dataclass
class FakeMachine(Machine):
    """A machine that never sleeps, with room and closed files, until the test says otherwise."""

    powered: Power | None = None
    rests: Rest = AWAKE
    free: int | None = 50 * 2**30
    others: Rights | None = Rights(read=False, write=False)

    def power(self) -> Power | None:
        return self.powered

    def rest(self) -> Rest:
        return self.rests

    def free_bytes(self, folder: Path) -> int | None:
        return self.free

    def rights(self, file: Path) -> Rights | None:
        return self.others


@dataclass
class FakePremises(Premises):
    """Files in order, and every key there."""

    found: DatabaseFound = field(default_factory=lambda: DatabaseFound(Path("/data/occupier.db")))
    known: Keys = field(default_factory=lambda: Keys(notify=1))

    def settings_file(self) -> Path | None:
        return Path("/data/settings.toml")

    def folder(self) -> Path:
        return Path("/data")

    def database(self) -> DatabaseFound:
        return self.found

    def keys(self) -> Keys:
        return self.known


@dataclass
class CheckRoom:
    """A newsroom whose check can be asked."""

    room: Newsroom
    machine: FakeMachine = field(default_factory=FakeMachine)
    premises: FakePremises = field(default_factory=FakePremises)

    def previewing(self) -> Previewing:
        room = self.room
        return Previewing(room.fetcher, room.parser, TEMPLATES, room.networks, lambda: room.setup)

    def checking(self, **how: Any) -> Checking:
        room = self.room
        there = {name: n for name, n in room.networks.items() if not self.premises.known.missing.get(name)}
        world = World(
            self.previewing(), room.fetcher, room.parser, there, room.networks, self.machine, self.premises,
            room.store, room.clock,
        )  # fmt: skip
        return Checking(world, lambda: room.setup, **how)

    def check(self, *strikes: Strike, **how: Any) -> dict[str, list[Finding]]:
        """Return the findings by id; every sentence can be said."""
        findings: dict[str, list[Finding]] = {}
        for finding in self.checking(**how).check(strikes):
            str(finding.sentence), str(finding.advice), finding.topic
            findings.setdefault(finding.id, []).append(finding)
        return findings

    def levels(self, kind: str, *strikes: Strike) -> list[Level]:
        """Return the levels of the findings of one id."""
        return [finding.level for finding in self.check(*strikes).get(kind, [])]

    def lose_keys(self, account: str, *errors: OccupierError) -> None:
        """Let an account's keys be missing."""
        self.premises.known = replace(self.premises.known, missing={account: errors})

    def strike(self, name: str = "greve", **values: Any) -> Strike:
        """Make a strike that has begun, for eight hours."""
        now = self.room.clock.now()
        usual: dict[str, Any] = {"starts_at": now, "ends_at": now + 8 * HOUR, "mandate": "AG", "declared_at": now,
                                 "reason": "les retraites"}  # fmt: skip
        return Strike(name, **usual | values)


Find = Callable[[Sequence[Finding]], Finding]
