"""Files, database, clock, and a machine that must not fall asleep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from occupier.domain.errors import FeedError, Sentence, SettingsError
from occupier.domain.limits import Limits
from occupier.domain.machine import Power, Rest, Rights
from occupier.domain.ports import Pause
from occupier.domain.setup import Setup
from occupier.services.eve.checks.evidence import DatabaseFound, Keys, Remembered
from occupier.services.eve.checks.finding import Level
from occupier.services.eve.checks.house import (
    FULL,
    TIGHT,
    check_awake,
    check_clock,
    check_database,
    check_disk,
    check_files,
)
from occupier.services.eve.checks.stops import check_address, check_notify, check_pauses
from tests.services.eve.check_room import AWAKE, FakeMachine
from tests.services.newsroom import Newsroom

NOW = datetime(2027, 1, 23, 21, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HERE = Path("/data/settings.toml")
DATABASE = Path("/data/occupier.db")


@pytest.mark.parametrize(
    ("rights", "level"),
    [
        (Rights(read=False, write=False), Level.GREEN),
        (Rights(read=True, write=False), Level.AMBER),
        (Rights(read=True, write=True), Level.RED),
    ],
)
def test_who_else_may_read_or_change_the_settings(rights: Rights, level: Level) -> None:
    (finding,) = check_files(HERE, Keys(), FakeMachine(others=rights))
    assert finding.level is level


def test_a_key_that_others_can_read_is_said() -> None:
    keys = Keys(exposed={"x-une": (Sentence("Others can read it."),)})
    (finding,) = check_files(None, keys, FakeMachine())
    assert (finding.id, finding.subject, finding.level) == ("secret_file", "x-une", Level.AMBER)


@pytest.mark.parametrize(
    ("found", "levels"),
    [
        (DatabaseFound(DATABASE), [Level.GREEN, Level.GREEN]),
        (DatabaseFound(DATABASE, is_there=False), [Level.GREEN]),
        (DatabaseFound(DATABASE, problem=Sentence("It is damaged.")), [Level.RED, Level.GREEN]),
        (DatabaseFound(DATABASE, is_held=True, beat=NOW - MINUTE), [Level.GREEN, Level.GREEN]),
        (DatabaseFound(DATABASE, is_held=True, beat=NOW - 5 * MINUTE), [Level.GREEN, Level.RED]),
        (DatabaseFound(DATABASE, is_held=True), [Level.GREEN, Level.RED]),
    ],
)
def test_the_database_and_whoever_holds_it(found: DatabaseFound, levels: list[Level]) -> None:
    assert [f.level for f in check_database(found, NOW)] == levels
    assert len(list(check_database(found, NOW, we_hold_it=True))) == 1


@pytest.mark.parametrize(
    ("free", "level"), [(FULL - 1, Level.RED), (TIGHT - 1, Level.AMBER), (TIGHT, Level.GREEN), (10**12, Level.GREEN)]
)
def test_room_on_the_disk(free: int, level: Level) -> None:
    (finding,) = check_disk(Path("/data"), FakeMachine(free=free))
    assert finding.level is level
    assert list(check_disk(Path("/data"), FakeMachine(free=None))) == []


@pytest.mark.parametrize(
    ("minutes", "level"),
    [([], Level.AMBER), ([0], Level.GREEN), ([0, 1], Level.GREEN), ([5], Level.AMBER), ([5, 0], Level.AMBER),
     ([5, -5], Level.RED)],
)  # fmt: skip
def test_only_two_hosts_together_call_a_clock_wrong(minutes: list[int], level: Level) -> None:
    skews = {f"host-{n}": MINUTE * off for n, off in enumerate(minutes)}
    assert check_clock(skews, Limits()).level is level


@pytest.mark.parametrize(
    ("rest", "says", "level"),
    [
        (AWAKE, "does not go to sleep", Level.GREEN),
        (Rest(has_lid=True, sleeps_on_lid=True, idle=timedelta(0)), "when the lid closes", Level.AMBER),
        (Rest(has_lid=True, sleeps_on_lid=False, idle=20 * MINUTE), "without anybody", Level.AMBER),
        (Rest(), "does not tell", Level.AMBER),
        (Rest(has_lid=True, idle=timedelta(0)), "does not tell", Level.AMBER),
    ],
)
def test_a_machine_that_falls_asleep_is_said_in_plain_words(rest: Rest, says: str, level: Level) -> None:
    (finding,) = check_awake(FakeMachine(rests=rest), [], NOW)
    assert finding.level is level
    assert says in str(finding.sentence)


@pytest.mark.parametrize(
    ("power", "level"),
    [
        (Power(on_battery=False, percent=80), Level.GREEN),
        (Power(on_battery=True, percent=80), Level.AMBER),
        (Power(on_battery=True), Level.AMBER),
        (Power(on_battery=True, percent=12), Level.RED),
    ],
)
def test_what_feeds_the_machine(power: Power, level: Level) -> None:
    findings = {f.id: f for f in check_awake(FakeMachine(powered=power), [], NOW)}
    assert findings["battery"].level is level


def test_what_is_stopped_now_is_said_with_how_to_go_on(room: Newsroom) -> None:
    remembered = Remembered((Pause(None, "person", "person", NOW), Pause(1, "lane", "credentials", NOW),
                             Pause(2, "lane", "credentials", NOW)), {1: "courrier"})  # fmt: skip
    findings = list(check_pauses(remembered))
    assert [(f.subject, f.level) for f in findings] == [("-", Level.AMBER), ("courrier", Level.AMBER)]
    assert all("occupier resume" in str(f.advice) for f in findings)


@pytest.mark.parametrize(
    ("heard", "level"),
    [(b"Greve.", Level.GREEN), (b"STOP", Level.AMBER), (FeedError("Gone."), Level.RED), (None, None)],
)
def test_the_address_that_stops_everything(
    room: Newsroom, heard: bytes | FeedError | None, level: Level | None
) -> None:
    setup = Setup(room.setup.zone, pause_url="https://pad.example/greve")
    assert [f.level for f in check_address(setup, heard)] == ([level] if level else [])
    assert list(check_address(Setup(room.setup.zone), b"STOP")) == []


@pytest.mark.parametrize(
    ("keys", "levels"),
    [
        (Keys(), [Level.AMBER]),
        (Keys(notify=2), [Level.GREEN]),
        (Keys(notify=2, notify_problems=(SettingsError("No variable."),)), [Level.RED]),
    ],
)
def test_whether_anybody_would_be_told(keys: Keys, levels: list[Level]) -> None:
    assert [f.level for f in check_notify(keys)] == levels
