from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from occupier.domain.errors import NetworkError
from occupier.domain.reconcile import RemotePost
from occupier.wire.timeline import Page, read_back

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def post(number: int) -> RemotePost:
    return RemotePost(str(number), "words", (), NOW - timedelta(minutes=number))


def book(posts: int, per_page: int = 3, cost: int = 7) -> Callable[[str | None], Page]:
    def page(cursor: str | None) -> Page:
        start = int(cursor or 0)
        here = tuple(post(n) for n in range(start, min(start + per_page, posts)))
        older = str(start + per_page) if start + per_page < posts else None
        return Page(here, older, here[-1].created_at if here else None, cost)

    return page


def test_reading_stops_on_the_page_that_reaches_past_what_was_asked() -> None:
    read = read_back(book(100), NOW - timedelta(minutes=4))
    assert [p.id for p in read.posts] == ["0", "1", "2", "3", "4", "5"]
    assert (read.complete, read.cost_microusd) == (True, 14)


def test_reading_to_the_end_is_complete() -> None:
    read = read_back(book(4), NOW - timedelta(days=1))
    assert (len(read.posts), read.complete) == (4, True)


def test_an_empty_timeline_is_complete() -> None:
    assert read_back(book(0), NOW).complete


def test_a_post_exactly_as_old_as_asked_does_not_end_the_reading() -> None:
    assert len(read_back(book(100), NOW - timedelta(minutes=2)).posts) == 6


def test_reading_has_an_end_and_says_that_it_is_not_the_timelines() -> None:
    read = read_back(book(1000), NOW - timedelta(days=30), pages=4)
    assert (len(read.posts), read.complete, read.cost_microusd) == (12, False, 28)


def test_a_slow_reading_ends_in_time_and_is_incomplete() -> None:
    hours = iter([0.0, 5.0, 11.0, 12.5, 20.0])
    read = read_back(book(1000), NOW - timedelta(days=30), monotonic=lambda: next(hours))
    assert (len(read.posts), read.complete) == (9, False)


def test_a_server_that_does_not_know_its_own_cursor_is_incomplete_and_not_asked_for_ever() -> None:
    asked: list[str | None] = []

    def page(cursor: str | None) -> Page:
        asked.append(cursor)
        return Page((post(1),), "1", post(1).created_at)

    read = read_back(page, NOW - timedelta(days=1))
    assert (len(read.posts), read.complete, asked) == (1, False, [None, "1"])


def test_what_was_read_before_a_failure_counts_and_is_incomplete() -> None:
    whole = book(100)

    def page(cursor: str | None) -> Page:
        if cursor:
            raise NetworkError("{network} did not answer in time.", network="X")
        return whole(cursor)

    read = read_back(page, NOW - timedelta(days=1))
    assert (len(read.posts), read.complete, read.cost_microusd) == (3, False, 7)


def test_a_first_page_that_fails_is_an_error() -> None:
    def page(cursor: str | None) -> Page:
        raise NetworkError("{network} did not answer in time.", network="X")

    with pytest.raises(NetworkError):
        read_back(page, NOW)
