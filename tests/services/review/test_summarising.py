"""Once a day of strike, its figures and the head of the log."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.setup import DuringStrikes
from occupier.services.review.recounting import Recounting
from occupier.services.review.summarising import Summarising
from tests.fakes import FakeNotices
from tests.services.newsroom import DAY, MINUTE, Newsroom


class Evening:
    """A newsroom, and who sums its days up."""

    def __init__(self, room: Newsroom) -> None:
        self.room, self.notices = room, FakeNotices()
        self.summarising = Summarising(
            room.store, Recounting(room.store, lambda: room.setup), self.notices, lambda: room.setup
        )

    def at(self, hour: int, minute: int = 0, *, days: int = 0) -> list[str]:
        zone: ZoneInfo = self.room.setup.zone
        now = self.room.clock.now().astimezone(zone)
        wanted = datetime(now.year, now.month, now.day, hour, minute, tzinfo=zone) + days * DAY
        self.room.clock.jump(wanted)
        before = len(self.notices.told)
        self.summarising.tell_day()
        return [str(n.sentence) for n in self.notices.told[before:]]


@pytest.fixture
def evening(room: Newsroom) -> Evening:
    room.occupied()
    room.article(1)
    room.live_on(2 * MINUTE)
    return Evening(room)


def test_it_is_told_once_in_the_evening_with_figures_and_head(evening: Evening) -> None:
    assert evening.at(19, 59) == []
    (told,) = evening.at(20, 1)
    with evening.room.store.reading() as tx:
        head = tx.recounts.head()
    assert head is not None
    assert "Articles concerned, on all accounts: 1. Strike posts: 1." in told
    assert told.endswith(head.hash)
    assert "by silence" not in told
    assert evening.at(21) == []


def test_the_other_ways_are_told_where_posts_went_them(room: Newsroom) -> None:
    room.change(accounts=(replace(room.account(), during_strikes=DuringStrikes.SILENCE),))
    room.occupied()
    room.article(1)
    (told,) = Evening(room).at(20, 1)
    assert "Not posted: 1. Of the strike posts, usual posts edited in place: 0" in told
    assert "by silence: 1. Usual posts in spite of the strike: 0. Gaps" in told


def test_a_process_that_starts_again_does_not_repeat_it(evening: Evening) -> None:
    assert len(evening.at(20, 1)) == 1
    assert Evening(evening.room).at(20, 30) == []


def test_each_day_of_a_strike_has_its_own(room: Newsroom) -> None:
    room.occupied(hours=72)
    evening = Evening(room)
    assert [len(evening.at(20, days=n)) for n in (0, 1, 1)] == [1, 1, 1]


def test_without_a_strike_today_there_is_none(evening: Evening) -> None:
    assert evening.at(20, days=40) == []


def test_a_strike_that_ended_this_afternoon_is_told_of(room: Newsroom) -> None:
    zone = room.setup.zone
    room.clock.jump(room.clock.now().astimezone(zone).replace(hour=9, minute=0) + DAY)
    room.occupied(hours=4)
    assert len(Evening(room).at(20, 0)) == 1
