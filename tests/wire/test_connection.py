from __future__ import annotations

import contextlib
import gzip
import ssl
import threading
import time
import tracemalloc
import zlib
from collections.abc import Iterator

import pytest
import urllib3
from urllib3 import HTTPResponse, PoolManager

from occupier.wire.connection import FRESH, KEPT, BodyTooLarge, pool_manager, read_body, tls_context
from occupier.wire.flight import Flight, Stage, TooLate, flight
from tests.loopback import AUTHORITY, Loopback, answer, closes, says

LATEST = 3.0
"""Seconds after which a call that should have ended did not; generous, since the machine is shared."""


def trusting() -> ssl.SSLContext:
    context = tls_context()
    context.load_verify_locations(AUTHORITY)
    return context


@pytest.fixture
def manager() -> Iterator[PoolManager]:
    made = pool_manager(ssl_context=trusting())
    yield made
    made.clear()


def get(manager: PoolManager, url: str, limit: int = 1024 * 1024) -> bytes:
    response = manager.request("GET", url, retries=False, redirect=False, preload_content=False)
    assert isinstance(response, HTTPResponse)
    return read_body(response, limit)


def ends(manager: PoolManager, url: str, **times: float) -> tuple[Flight, float]:
    """Make a call that must fail; return its flight and how long it took."""
    began = time.monotonic()
    with flight(**times) as made, pytest.raises((urllib3.exceptions.HTTPError, TimeoutError)):  # type: ignore[arg-type]
        get(manager, url)
    return made, time.monotonic() - began


@pytest.mark.parametrize("tls", [False, True])
@pytest.mark.parametrize("whole_until", [0, 17, 38])
def test_an_answer_that_drips_ends_at_the_deadline_wherever_it_drips(
    manager: PoolManager, tls: bool, whole_until: int
) -> None:
    text = answer(b"x" * 5000)
    with Loopback(None, tls=tls) as server:
        server.now(server.drips(text, quick=whole_until))
        made, took = ends(manager, server.url, seconds=0.4)
    assert made.begun
    assert made.over
    assert took < LATEST


def test_silence_after_the_request_ends_at_the_deadline_and_counts_as_begun(manager: PoolManager) -> None:
    with Loopback(says()) as server:
        made, took = ends(manager, server.url, seconds=0.2)
    assert made.begun
    assert took < LATEST


def test_a_handshake_that_never_ends_is_given_up_in_the_time_to_connect_and_sends_nothing(
    manager: PoolManager,
) -> None:
    with Loopback(None, tls=True) as server:
        made, took = ends(manager, server.url, seconds=30, connect=0.2)
    assert (made.begun, made.stage) == (False, Stage.TLS)
    assert took < LATEST


def test_a_certificate_that_nobody_vouches_for_sends_nothing() -> None:
    with Loopback(says(answer()), tls=True) as server:
        made, _ = ends(pool_manager(), server.url)
        assert server.requests == []
    assert (made.begun, made.stage) == (False, Stage.TLS)


def test_a_refused_connection_sends_nothing(manager: PoolManager) -> None:
    with Loopback(None) as server:
        closed = server.url
    made, _ = ends(manager, closed)
    assert (made.begun, made.stage) == (False, Stage.CONNECT)


def test_an_unknown_host_sends_nothing(manager: PoolManager) -> None:
    made, _ = ends(manager, "http://nobody.invalid/")
    assert (made.begun, made.stage) == (False, Stage.DNS)


@pytest.mark.parametrize("tls", [False, True])
def test_leave_is_asked_once_the_connection_stands_and_before_its_first_byte(manager: PoolManager, tls: bool) -> None:
    with Loopback(says(answer()), tls=tls) as server:
        asked: list[int] = []

        def may_begin() -> bool:
            asked.append(len(server.requests))
            return False

        with flight(may_begin=may_begin) as made, pytest.raises(TooLate):
            get(manager, server.url)
        assert asked == [0]
        assert server.requests == []
    assert (made.begun, made.stage) == (False, Stage.LATE)


def test_leave_is_asked_again_on_a_connection_that_was_kept(manager: PoolManager) -> None:
    with Loopback(says(answer(b"one"))) as server:
        with flight() as first:
            assert get(manager, server.url) == b"one"
        with flight(may_begin=lambda: False) as second, pytest.raises(TooLate):
            get(manager, server.url)
        assert server.connections == 1
        assert len(server.requests) == 1
    assert (first.begun, second.begun, second.stage) == (True, False, Stage.LATE)


def test_a_deadline_that_passed_while_connecting_lets_nothing_begin() -> None:
    now = [0.0]
    late = Flight(seconds=1, monotonic=lambda: now[0])
    now[0] = 1.5
    with pytest.raises(TooLate):
        late.begin()
    assert not late.begun


@pytest.mark.parametrize(("pools", "connections"), [(KEPT, 1), (FRESH, 3)])
def test_connections_are_kept_for_feeds_and_never_for_networks(pools: dict[str, type], connections: int) -> None:
    made = pool_manager(pools=pools)
    with Loopback(says(answer(b"ok"))) as server:
        for _ in range(3):
            with flight():
                assert get(made, server.url) == b"ok"
        assert server.connections == connections
    made.clear()


def test_an_answer_that_never_comes_is_an_error_after_the_first_byte(manager: PoolManager) -> None:
    with Loopback(closes) as server:
        made, _ = ends(manager, server.url)
    assert made.begun
    assert made.answer is None


def test_a_long_body_is_given_up_at_the_limit(manager: PoolManager) -> None:
    with Loopback(says(answer(b"x" * 100_001))) as server, flight(), pytest.raises(BodyTooLarge):
        get(manager, server.url, limit=100_000)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_is_given_up_at_the_limit_without_being_held_in_memory(manager: PoolManager, encoding: str) -> None:
    zeros = bytes(64 * 1024 * 1024)
    bomb = gzip.compress(zeros) if encoding == "gzip" else zlib.compress(zeros)
    del zeros
    tracemalloc.start()
    try:
        with Loopback(says(answer(bomb, "200 OK", f"Content-Encoding: {encoding}"))) as server:
            with flight(), pytest.raises(BodyTooLarge):
                get(manager, server.url)
            _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 24 * 1024 * 1024


def test_flights_of_several_threads_do_not_see_each_other(manager: PoolManager) -> None:
    released = threading.Event()
    results: dict[str, bytes | bool] = {}

    def waits(connection: object, request: bytes) -> None:
        if b"/slow" in request:
            released.wait(5)
        connection.sendall(answer(b"ok"))  # type: ignore[attr-defined]

    def ask(path: str, seconds: float) -> None:
        with flight(seconds=seconds) as made, contextlib.suppress(Exception):
            results[path] = get(manager, server.url + path)
        results[path + " over"] = made.over

    with Loopback(waits) as server:
        threads = [threading.Thread(target=ask, args=given) for given in (("/slow", 0.3), ("/quick", 20.0))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
        released.set()
    assert results == {"/quick": b"ok", "/quick over": False, "/slow over": True}
