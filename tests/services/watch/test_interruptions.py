"""A machine that slept says what it did not watch."""

from __future__ import annotations

from datetime import timedelta

import pytest

from occupier.services.watch.interruptions import Interruptions
from tests.services.newsroom import Newsroom, entry, feed

HOUR = timedelta(hours=1)


@pytest.fixture
def interruptions(room: Newsroom) -> Interruptions:
    room.poll(entry(1))
    found = Interruptions(room.store, room.notices, lambda: room.setup)
    found.look()
    room.notices.told.clear()
    return found


def test_a_gap_is_told_once_with_its_hours_when_it_is_over(room: Newsroom, interruptions: Interruptions) -> None:
    before = room.clock.now()
    room.poll(entry(1), entry(2), after=3 * HOUR)
    interruptions.look()
    interruptions.look()
    (notice,) = [n for n in room.notices.told if n.kind == "gap"]
    assert dict(notice.sentence.values) == {"feeds": ["une"], "since": before, "until": before + 3 * HOUR}
    assert not notice.serious


def test_one_that_touches_a_strike_is_worth_waking_somebody(room: Newsroom, interruptions: Interruptions) -> None:
    room.strike()
    room.poll(entry(1), entry(2), after=HOUR)
    interruptions.look()
    assert [n.serious for n in room.notices.told if n.kind == "gap"] == [True]


def test_one_after_the_end_of_a_strike_wakes_nobody(room: Newsroom, interruptions: Interruptions) -> None:
    room.strike(hours=1 / 60)
    room.poll(entry(2), after=timedelta(minutes=2))
    room.poll(entry("after"), after=HOUR)
    interruptions.look()
    assert [n.serious for n in room.notices.told if n.kind == "gap"] == [False]


def test_the_feeds_that_come_back_together_are_told_together(room: Newsroom, interruptions: Interruptions) -> None:
    room.change(feeds=(feed("une"), feed("sports")))
    room.poll(entry(1), feed="sports")
    room.clock.advance(HOUR)
    for name in ("une", "sports"):
        room.poll(entry(name), feed=name, after=timedelta(0))
    interruptions.look()
    (notice,) = [n for n in room.notices.told if n.kind == "gap"]
    assert notice.sentence.values["feeds"] == ["sports", "une"]


def test_a_slow_poll_is_no_gap(room: Newsroom, interruptions: Interruptions) -> None:
    room.poll(entry(1), entry(2), after=timedelta(minutes=4))
    interruptions.look()
    assert [n for n in room.notices.told if n.kind == "gap"] == []


def test_what_was_over_when_the_process_began_is_old_news(room: Newsroom) -> None:
    room.poll(entry(1))
    room.poll(entry(2), after=HOUR)
    late = Interruptions(room.store, room.notices, lambda: room.setup)
    late.look()
    late.look()
    assert [n for n in room.notices.told if n.kind == "gap"] == []
