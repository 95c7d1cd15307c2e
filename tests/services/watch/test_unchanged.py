from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from occupier.domain.errors import DatabaseError
from occupier.domain.ports import FeedState
from tests.services.newsroom import DAY, HOUR, MINUTE, Newsroom, entry, feed


def states(room: Newsroom) -> list[FeedState]:
    with room.store.reading() as tx:
        return tx.feeds.all()


def test_polls_without_news_are_written_together_and_wake_nobody(open_newsroom: Callable[..., Newsroom]) -> None:
    room = open_newsroom(feeds=[feed(f"feed-{n}") for n in range(30)])
    for source in room.setup.feeds:
        room.poll(entry(source.name), feed=source.name, after=MINUTE)
    room.clock.advance(HOUR)
    ready, _ = room.watching.due()
    room.store.changed()
    with ThreadPoolExecutor(10) as pool:
        assert not any(polled.failed or polled.new for polled in pool.map(room.watching.poll, ready))
    assert len({s.last_ok_at for s in states(room)}) == 30
    asked_at = room.clock.now()
    room.clock.advance(1)
    assert room.watching.due() == ([], asked_at + room.setup.feeds[0].interval)
    assert {s.last_ok_at for s in states(room)} == {asked_at}
    assert not room.store.changed()


def test_what_could_not_be_written_is_written_later(room: Newsroom) -> None:
    room.poll(entry(1))
    room.poll(entry(1))
    asked_at = room.clock.now()
    away = room.path.rename(room.path.with_suffix(".away"))
    with pytest.raises(DatabaseError):
        room.watching.due()
    away.rename(room.path)
    room.clock.advance(HOUR)
    room.watching.due()
    assert states(room)[0].last_ok_at == asked_at


def test_a_note_is_written_before_its_feed_is_read_again(room: Newsroom) -> None:
    for _ in range(3):
        room.poll(entry(1), after=3 * MINUTE)
    assert room.poll(entry(1), entry(2), after=3 * MINUTE).new == 1
    assert room.events("gap") == []


def test_a_gap_is_told_of_a_feed_that_had_nothing_new(room: Newsroom) -> None:
    room.poll(entry(1))
    room.poll(entry(1), after=2 * DAY)
    room.watching.write_notes()
    assert len(room.events("gap")) == 1


def test_a_feed_that_was_forgotten_meanwhile_stays_forgotten(room: Newsroom) -> None:
    room.poll(entry(1))
    room.poll(entry(1))
    room.controlling.rebaseline("une")
    room.watching.write_notes()
    assert [(s.body_hash, s.next_at, s.baseline_at) for s in states(room)] == [(None, None, None)]
