"""Figures are counted once while nothing changes, and nobody waits for a long count."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from occupier.domain.errors import DatabaseError
from occupier.domain.recount import Recount
from occupier.services.review.recounting import Recounting
from occupier.web.counting import Counted, Counting
from tests.storage.journal import HOUR
from tests.web.newsdesk import Newsdesk


class Slow(Recounting):
    """Counts when it is let; `times` is how often it was asked to."""

    def __init__(self, desk: Newsdesk) -> None:
        super().__init__(desk.house.store, desk.house.live.setup)
        self.may_go = threading.Event()
        self.may_go.set()
        self.times = 0
        self.broken = False

    def of(self, name: str) -> Recount:
        self.times += 1
        assert self.may_go.wait(20)
        if self.broken:
            raise DatabaseError("The database {path} cannot be used.", path="x")
        return super().of(name)


@pytest.fixture
def slow(desk: Newsdesk) -> Iterator[Slow]:
    made = Slow(desk)
    yield made
    made.may_go.set()


def counting(desk: Newsdesk, slow: Slow, patience: float = 20.0) -> Counting:
    return Counting(desk.house.store, slow, desk.house.live.setup, patience, desk.clock.monotonic)


def asked(counting: Counting, desk: Newsdesk) -> Counted:
    with desk.house.store.reading() as tx:
        strike = tx.strikes.get(desk.strike.name)
    found = counting.of(strike)
    assert found is not None
    return found


def end(desk: Newsdesk) -> None:
    desk.clock.advance(2 * HOUR)
    with desk.journal.writing() as tx:
        tx.strikes.close(desk.strike.id, tx.now, "ended")


def test_a_strike_that_is_over_is_counted_once(desk: Newsdesk, slow: Slow) -> None:
    end(desk)
    figures = counting(desk, slow)
    first = asked(figures, desk)
    desk.clock.advance(HOUR)
    again = asked(figures, desk)
    assert slow.times == 1
    assert again.recount.accounts == first.recount.accounts
    assert again.recount.at == desk.clock.now()


def test_whatever_happens_is_counted_at_once(desk: Newsdesk, slow: Slow) -> None:
    figures = counting(desk, slow)
    assert asked(figures, desk).recount.concerned == 0
    desk.journal.sent(desk.journal.action(desk.target, desk.strike), "12")
    assert asked(figures, desk).recount.concerned == 1
    desk.journal.article()
    asked(figures, desk)
    assert slow.times == 3


def test_no_strike_post_is_drawn_before_the_strike(desk: Newsdesk, slow: Slow) -> None:
    desk.clock.jump(desk.strike.starts_at + timedelta(seconds=5))
    desk.journal.sent(desk.journal.action(desk.target, desk.strike), "12")
    ((mark,),) = (lane.marks for lane in asked(counting(desk, slow), desk).lanes)
    assert mark.at == desk.strike.acts_from


def test_time_counts_too_while_a_strike_runs(desk: Newsdesk, slow: Slow) -> None:
    figures = counting(desk, slow)
    for seconds, times in ((0, 1), (4, 1), (2, 2)):
        desk.clock.advance(seconds)
        asked(figures, desk)
        assert slow.times == times


def test_nobody_waits_for_a_long_count_and_none_is_begun_twice(desk: Newsdesk, slow: Slow) -> None:
    slow.may_go.clear()
    figures = counting(desk, slow, patience=0.01)
    assert figures.of(desk.strike) is None
    desk.uncertain()
    assert figures.of(desk.strike) is None
    assert slow.times == 1
    slow.may_go.set()
    patient = counting(desk, slow)
    patient._counts = figures._counts
    assert asked(patient, desk).recount.concerned == 1


def test_what_took_long_may_be_a_little_old(desk: Newsdesk, slow: Slow) -> None:
    figures = counting(desk, slow)
    asked(figures, desk)
    figures._counts[desk.strike.name].took = 10.0
    desk.uncertain()
    desk.clock.advance(29)
    assert asked(figures, desk).recount.concerned == 0
    desk.clock.advance(2)
    assert asked(figures, desk).recount.concerned == 1


def test_a_count_that_failed_is_said_and_tried_again(desk: Newsdesk, slow: Slow) -> None:
    slow.broken = True
    figures = counting(desk, slow)
    with pytest.raises(DatabaseError):
        asked(figures, desk)
    slow.broken = False
    assert asked(figures, desk).recount.concerned == 0


def test_the_page_says_that_it_is_counting_and_comes_back(desk: Newsdesk, slow: Slow) -> None:
    desk.uncertain()
    slow.may_go.clear()
    with desk.open() as visitor:
        assert desk.door.app is not None
        desk.door.app.state.counting = counting(desk, slow, patience=0.01)  # type: ignore[attr-defined]
        page = visitor.get("/").text
        assert '<meta http-equiv="refresh" content="2">' in page
        assert "parmi les 1 du registre" in page
        assert visitor.get("/", HX_Request="true").status == 204
        slow.may_go.set()
        desk.door.app.state.counting._patience = 20  # type: ignore[attr-defined]
        page = visitor.get("/").text
        assert "refresh" not in page
        assert 'id="q13"' in page
