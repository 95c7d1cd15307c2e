"""The check that nobody has to think of."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from occupier.domain.errors import Sentence
from occupier.domain.strike import Strike
from occupier.services.eve.checks.finding import EVERYTHING, Finding, Level
from occupier.services.eve.eve import BEFORE, MOST_TOLD, Eve, LastCheck, last_check
from tests.services.newsroom import DAY, HOUR, MINUTE, Newsroom

GREEN = Finding("strike", "greve", Level.GREEN, Sentence("Fine."))
AMBER = Finding("label", "courrier", Level.AMBER, Sentence("No label."))
RED = Finding("account", "courrier", Level.RED, Sentence("It does not answer."))
GENERAL = Finding("disk", EVERYTHING, Level.RED, Sentence("The disk is full."))


class Watchman:
    """An eve, and what it was asked to check."""

    def __init__(self, room: Newsroom) -> None:
        self.room, self.found, self.checks = room, [GREEN], 0
        self.eve = Eve(room.store, self.check, room.notices)
        self.stopped = False

    def check(self, _strikes: Sequence[Strike], _go_on: Callable[[], bool]) -> Sequence[Finding]:
        self.checks += 1
        return self.found

    def look(self) -> int:
        """Look, and return how many checks were made so far."""
        self.eve.look(lambda: not self.stopped)
        return self.checks

    def strike(self, name: str = "greve", **ahead: float) -> Strike:
        start = self.room.clock.now() + HOUR * ahead.get("hours", 0) + MINUTE * ahead.get("minutes", 0)
        return self.room.strike(name, starts_at=start, ends_at=start + 8 * HOUR)

    def wait(self, hours: float) -> None:
        self.room.clock.advance(HOUR * hours)


@pytest.fixture
def watchman(room: Newsroom) -> Watchman:
    return Watchman(room)


def test_a_day_and_an_hour_before_it_is_checked_once_each(watchman: Watchman) -> None:
    watchman.strike(hours=30)
    assert watchman.look() == 0
    watchman.wait(5.9)
    assert watchman.look() == 0
    watchman.wait(0.2)
    assert [watchman.look() for _ in range(3)] == [1, 1, 1]
    watchman.wait(22.8)
    assert watchman.look() == 1
    watchman.wait(0.2)
    assert [watchman.look() for _ in range(3)] == [2, 2, 2]
    watchman.wait(5)
    assert watchman.look() == 2


def test_what_was_checked_is_known_after_a_restart(watchman: Watchman, room: Newsroom) -> None:
    watchman.strike(hours=20)
    watchman.look()
    assert Watchman(room).look() == 0


@pytest.mark.parametrize(("hours", "later"), [(20, 2), (0.5, 1), (0, 1)])
def test_a_strike_that_is_declared_late_is_checked_for_when_it_is_noticed(
    watchman: Watchman, hours: float, later: int
) -> None:
    watchman.strike(hours=hours)
    assert watchman.look() == 1
    watchman.wait(hours)
    assert watchman.look() == later


def test_two_strikes_of_one_hour_are_one_check(watchman: Watchman) -> None:
    watchman.strike("a", hours=2)
    watchman.room.strike("b", starts_at=watchman.room.clock.now() + 12 * HOUR,
                         ends_at=watchman.room.clock.now() + 13 * HOUR)  # fmt: skip
    assert watchman.look() == 1
    assert [event.data["ready"] for event in watchman.room.events("checked")] == [True, True]


def test_a_strike_that_is_over_is_not_checked_for(watchman: Watchman) -> None:
    watchman.strike(hours=40)
    watchman.wait(60)
    assert watchman.look() == 0


def test_a_start_that_was_moved_is_checked_for_again(watchman: Watchman) -> None:
    strike = watchman.strike(hours=20)
    watchman.look()
    with watchman.room.store.writing() as tx:
        from dataclasses import replace

        tx.strikes.change(replace(strike, starts_at=strike.starts_at + 2 * DAY, ends_at=strike.ends_at + 2 * DAY))
    watchman.look()
    watchman.wait(45)
    assert watchman.look() == 2


def test_what_came_out_is_told_with_what_must_be_mended(watchman: Watchman) -> None:
    watchman.strike(hours=20)
    watchman.found = [GREEN, AMBER, RED, GENERAL]
    watchman.look()
    told = [(n.kind, n.serious, str(n.sentence)) for n in watchman.room.notices.told]
    assert [(kind, serious) for kind, serious, _ in told] == [
        ("check", True), ("check_red", True), ("check_red", True), ("check_amber", False)
    ]  # fmt: skip
    assert told[1][2] == "courrier: It does not answer."
    assert told[2][2] == "The disk is full."


def test_of_many_faults_the_first_are_told(watchman: Watchman) -> None:
    watchman.strike(hours=20)
    watchman.found = [RED] * 9
    watchman.look()
    assert watchman.room.notices.kinds.count("check_red") == MOST_TOLD


def test_when_all_is_well_one_message_says_so(watchman: Watchman) -> None:
    watchman.strike(hours=20)
    watchman.look()
    (notice,) = watchman.room.notices.told
    assert (notice.kind, notice.serious) == ("check", False)


def test_the_record_keeps_ids_and_names_and_no_sentence(watchman: Watchman) -> None:
    watchman.strike(hours=20)
    watchman.found = [AMBER, RED]
    watchman.look()
    (event,) = watchman.room.events("checked")
    assert event.data == {"ready": False, "red": 1, "amber": 1, "mend": ["account courrier"]}
    with watchman.room.store.reading() as tx:
        last = last_check(tx)
    assert last == watchman.room.reviewing.status().checked == LastCheck(watchman.room.clock.now(), 1, 1)


def test_a_check_that_was_cut_short_is_made_again(watchman: Watchman) -> None:
    watchman.strike(hours=20)
    watchman.stopped = True
    watchman.look()
    assert watchman.room.events("checked") == []
    watchman.stopped = False
    assert watchman.look() == 2
    assert len(watchman.room.events("checked")) == 1


def test_the_hours_are_those_that_are_promised() -> None:
    assert [before / HOUR for before in BEFORE] == [24, 1]
