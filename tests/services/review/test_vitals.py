"""Vital signs: what a supervisor is told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from occupier.domain.errors import FeedError
from occupier.services.review.vitals import OVERDUE, SCHEDULED_FOR, Vitals
from tests.services.newsroom import Newsroom, entry, feed

SECOND = timedelta(seconds=1)


@pytest.fixture
def vitals(room: Newsroom) -> Vitals:
    return Vitals(room.store, lambda: room.setup)


def beat(room: Newsroom) -> None:
    now = room.clock.now().isoformat()
    room.store.pulse({"heartbeat": now, "job:polls": now})


def test_a_journal_that_nobody_works_on_has_no_heartbeat(vitals: Vitals) -> None:
    assert vitals.ailments() == ("heartbeat", "polls")


def test_a_daemon_that_works_is_well(room: Newsroom, vitals: Vitals) -> None:
    room.show(entry(1))
    room.poll()
    beat(room)
    assert vitals.ailments() == ()


def test_a_daemon_that_no_longer_beats_is_not(room: Newsroom, vitals: Vitals) -> None:
    beat(room)
    room.clock.advance(16)
    assert vitals.ailments() == ("heartbeat",)


def test_polls_that_are_no_longer_handed_out_are_noticed_though_the_heart_beats(room: Newsroom, vitals: Vitals) -> None:
    beat(room)
    now = room.clock.advance(SCHEDULED_FOR)
    room.store.pulse({"heartbeat": now.isoformat()})
    assert vitals.ailments() == ("polls",)


def test_a_feed_in_nobodys_hands_is_named(room: Newsroom, vitals: Vitals) -> None:
    room.show(entry(1))
    room.poll()
    with room.store.reading() as tx:
        (state,) = tx.feeds.all()
    assert state.next_at is not None
    room.clock.jump(state.next_at + OVERDUE)
    beat(room)
    assert vitals.ailments() == ()
    room.clock.advance(SECOND)
    assert vitals.ailments() == ("feed:une",)


def test_a_feed_that_cannot_be_reached_is_no_ailment_of_ours(room: Newsroom, vitals: Vitals) -> None:
    source = room.source("une")
    room.fetcher.give(source.url, FeedError("The feed at {url} does not answer.", url=source.url))
    for _ in range(3):
        room.clock.advance(timedelta(hours=1))
        room.watching.poll(source)
        beat(room)
        assert vitals.ailments() == ()


def test_a_feed_that_is_watched_no_more_is_nobodys_concern(room: Newsroom, vitals: Vitals) -> None:
    room.show(entry(1))
    room.poll()
    room.change(feeds=(feed("autre"),))
    room.clock.advance(timedelta(days=1))
    beat(room)
    assert vitals.ailments() == ()


def test_a_clock_that_was_set_back_leaves_no_daemon_well_for_an_hour(room: Newsroom, vitals: Vitals) -> None:
    beat(room)
    room.clock.jump(room.clock.now() - timedelta(hours=1))
    assert vitals.ailments() == ("heartbeat", "polls")
