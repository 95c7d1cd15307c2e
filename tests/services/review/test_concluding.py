"""After a strike: what is left to people, and that all is clear; each told once."""

from __future__ import annotations

import pytest

from occupier.domain.outcome import Uncertain
from occupier.services.review.concluding import Concluding
from occupier.services.review.recounting import Recounting
from tests.fakes import FakeNotices
from tests.services.newsroom import DAY, HOUR, MINUTE, Newsroom


class Morning:
    """Who concludes, and what was told since the last time."""

    def __init__(self, room: Newsroom) -> None:
        self.room, self.notices = room, FakeNotices()
        self.concluding = Concluding(
            room.store, Recounting(room.store, lambda: room.setup), self.notices, lambda: room.setup
        )

    def tells(self) -> list[str]:
        before = len(self.notices.told)
        self.concluding.mind()
        return [notice.kind for notice in self.notices.told[before:]]

    def last(self, kind: str) -> str:
        sentence = next(n.sentence for n in reversed(self.notices.told) if n.kind == kind)
        steps = sentence.values.get("steps", ())
        assert isinstance(steps, tuple)
        return " ".join([str(sentence), *map(str, steps)])


@pytest.fixture
def morning(room: Newsroom) -> Morning:
    room.occupied(hours=1)
    room.article(1)
    room.live_on(2 * MINUTE)
    return Morning(room)


def end(morning: Morning) -> None:
    morning.room.clock.advance(HOUR)
    morning.room.striking.close_ended()


def test_before_the_end_nothing_is_told(morning: Morning) -> None:
    assert morning.tells() == []


def test_at_the_end_come_the_checklist_and_the_all_clear_once(morning: Morning) -> None:
    end(morning)
    assert morning.tells() == ["afterwards", "all_clear"]
    steps = morning.last("afterwards")
    assert "from now, not from its queue" in steps
    assert "https://courrier.example/oauth/authorized_applications" in steps
    assert "occupier catch-up greve" in steps
    assert "Strike posts: 1. Not posted: 0. Begun after the end: 0." in morning.last("all_clear")
    assert morning.tells() == []
    assert Morning(morning.room).tells() == []


def test_while_something_waits_for_a_person_all_is_not_clear(morning: Morning) -> None:
    morning.room.network().outcomes.append(Uncertain("timeout"))
    morning.room.article(2)
    morning.room.run_lane()
    end(morning)
    assert morning.tells() == ["afterwards"]


def test_a_strike_that_a_person_ended_is_said_to_be_over(morning: Morning) -> None:
    morning.room.striking.end("greve")
    assert morning.tells() == ["strike_over", "afterwards", "all_clear"]
    assert "before its hour" in morning.last("strike_over")


def test_a_strike_that_was_called_off_before_it_began_leaves_nothing_to_say(room: Newsroom) -> None:
    start = room.clock.now() + DAY
    room.strike("demain", starts_at=start, ends_at=start + HOUR)
    room.striking.end("demain")
    assert Morning(room).tells() == []


def test_of_a_strike_of_last_month_nothing_is_told(morning: Morning) -> None:
    end(morning)
    morning.room.clock.advance(30 * DAY)
    assert morning.tells() == []
