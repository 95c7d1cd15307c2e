from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from occupier.domain.errors import DatabaseError
from occupier.domain.ports import FeedState, Fetched, Transaction
from occupier.services.unchanged import Unchanged
from tests.services.newsroom import Newsroom, feed

COUNT = 20


class Slow:
    """A store whose first note takes until everybody else waits."""

    def __init__(self, room: Newsroom, failing: int = 0) -> None:
        self.room, self.failing = room, failing
        self.notes = 0
        self.others_wait = threading.Event()

    @contextmanager
    def noting(self) -> Iterator[Transaction]:
        self.notes += 1
        if self.notes == 1:
            assert self.others_wait.wait(30)
        if self.notes <= self.failing:
            raise DatabaseError("The disk is full.")
        with self.room.store.noting() as tx:
            yield tx


def poll_at_once(room: Newsroom, store: Slow) -> tuple[list[FeedState], list[BaseException | None]]:
    """Note many feeds from as many threads; return their states before, and what each thread met."""
    room.change(feeds=tuple(feed(f"feed-{n}") for n in range(COUNT)))
    with room.store.writing() as tx:
        before = [tx.feeds.ensure(source) for source in room.setup.feeds]
    unchanged = Unchanged(store, lambda: room.setup)  # type: ignore[arg-type]
    with ThreadPoolExecutor(COUNT) as pool:
        notes = [
            pool.submit(unchanged.note, source, state, Fetched(None))
            for source, state in zip(room.setup.feeds, before, strict=True)
        ]
        while len(unchanged._waiting) < COUNT - 1:  # the first one has taken its own
            pass
        store.others_wait.set()
        return before, [note.exception() for note in notes]


def states(room: Newsroom) -> list[FeedState]:
    with room.store.reading() as tx:
        return tx.feeds.all()


def test_polls_that_end_together_share_a_transaction(room: Newsroom) -> None:
    store = Slow(room)
    _, met = poll_at_once(room, store)
    assert met == [None] * COUNT
    assert store.notes == 2
    now = room.clock.now()
    assert {(s.last_ok_at, s.next_at) for s in states(room)} == {(now, now + room.setup.feeds[0].interval)}


def test_what_cannot_be_written_is_told_to_each_whose_it_was(room: Newsroom) -> None:
    store = Slow(room, failing=2)
    _, met = poll_at_once(room, store)
    assert [type(m) for m in met if m] == [DatabaseError] * 2
    written = [s for s in states(room) if s.last_ok_at is not None]
    assert len(written) == COUNT - 2


def test_a_feed_that_was_forgotten_meanwhile_stays_forgotten(room: Newsroom) -> None:
    room.poll()
    with room.store.writing() as tx:
        before = tx.feeds.ensure(room.source("une"))
    room.controlling.rebaseline("une")
    Unchanged(room.store, lambda: room.setup).note(room.source("une"), before, Fetched(None))
    assert [(s.body_hash, s.next_at) for s in states(room)] == [(None, None)]
