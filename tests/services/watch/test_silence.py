"""A feed that answers and shows nothing new is told of, against its own hours and near a strike only."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from occupier.services.watch.silence import Silence
from tests.services.newsroom import DAY, HOUR, MINUTE, Newsroom, entry


@pytest.fixture
def watched(room: Newsroom) -> Newsroom:
    """Eight days of a feed that shows an article every ten minutes, day and night."""
    now = room.clock.now()
    dated = [entry(n, published_at=now - n * 10 * MINUTE) for n in range(8 * 24 * 6)]
    room.poll(*dated, after=timedelta(0))
    return room


def listen(room: Newsroom) -> list[str]:
    """Ask the feed, which has nothing new, and listen."""
    with room.store.writing() as tx:
        for state in tx.feeds.all():
            tx.feeds.save(replace(state, last_ok_at=tx.now))
    before = len(room.notices.told)
    Silence(room.store, room.notices, lambda: room.setup).listen()
    return room.notices.kinds[before:]


def test_a_silence_in_a_strike_is_told_once_and_so_is_its_end(watched: Newsroom) -> None:
    watched.strike()
    assert listen(watched) == []
    watched.clock.advance(HOUR)
    assert listen(watched) == ["feed_silent"]
    assert "une" in str(watched.notices.told[-1].sentence)
    watched.clock.advance(HOUR)
    assert listen(watched) == []
    watched.poll(entry("new"))
    assert listen(watched) == ["feed_well"]
    assert listen(watched) == []


def test_nobody_hears_of_it_while_no_strike_is_near(watched: Newsroom) -> None:
    start = watched.clock.now() + 3 * DAY
    watched.strike("plus-tard", starts_at=start, ends_at=start + HOUR)
    watched.clock.advance(HOUR)
    assert listen(watched) == []


def test_the_evening_before_it_is_told(watched: Newsroom) -> None:
    start = watched.clock.now() + 12 * HOUR
    watched.strike("demain", starts_at=start, ends_at=start + HOUR)
    watched.clock.advance(HOUR)
    assert listen(watched) == ["feed_silent"]


def test_a_feed_that_nobody_could_read_is_not_called_silent(watched: Newsroom) -> None:
    watched.strike()
    watched.clock.advance(HOUR)
    before = len(watched.notices.told)
    Silence(watched.store, watched.notices, lambda: watched.setup).listen()
    assert watched.notices.kinds[before:] == []
