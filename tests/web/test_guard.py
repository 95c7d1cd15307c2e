"""Connections that never say what they want, over real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from occupier.web.guard import Guarded
from tests.web.newsdesk import Newsdesk, Visitor


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Guarded, "slowest_head", 0.1)


def connect(visitor: Visitor, said: str = "") -> socket.socket:
    made = socket.create_connection(("127.0.0.1", visitor.port), timeout=10)
    made.sendall(said.encode())
    return made


def is_cut(connection: socket.socket) -> bool:
    """Wait until the other end closes; False if it says something first."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.fixture
def held(visitor: Visitor) -> Iterator[list[socket.socket]]:
    found: list[socket.socket] = []
    yield found
    for connection in found:
        connection.close()


@pytest.mark.parametrize("said", ["", "G", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "])
def test_a_head_that_does_not_come_to_its_end_is_cut(visitor: Visitor, impatient: None, said: str) -> None:
    with connect(visitor, said) as slow:
        assert is_cut(slow)


def test_so_is_the_second_head_of_a_connection(visitor: Visitor, impatient: None) -> None:
    with connect(visitor, f"GET /login HTTP/1.1\r\nHost: {visitor.host}\r\n\r\n") as slow:
        answer = slow.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200")
        slow.sendall(b"GET /login HT")
        while not is_cut(slow):
            pass


def test_an_answer_takes_as_long_as_it_takes(desk: Newsdesk, visitor: Visitor, impatient: None) -> None:
    asked, may_go = threading.Event(), threading.Event()
    inner = desk.door.app
    assert inner is not None

    async def slow(scope: object, receive: object, send: object) -> None:
        asked.set()
        await asyncio.to_thread(may_go.wait, 20)
        await inner(scope, receive, send)  # type: ignore[arg-type]

    desk.door.app = slow
    with connect(visitor, f"GET /login HTTP/1.1\r\nHost: {visitor.host}\r\nConnection: close\r\n\r\n") as patient:
        assert asked.wait(10)
        # longer than a head may take: the loop's own timers pass meanwhile
        with connect(visitor, "G") as other:
            assert is_cut(other)
        may_go.set()
        assert patient.recv(12) == b"HTTP/1.1 200"


def test_one_too_many_is_sent_away_and_the_next_is_served(
    visitor: Visitor, held: list[socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Guarded, "most_connections", 3)
    for _ in range(3):
        held.append(connect(visitor, "G"))
    with connect(visitor, "G") as fourth:
        assert is_cut(fourth)
    held.pop().close()
    while visitor_status(visitor) != 200:
        pass


def visitor_status(visitor: Visitor) -> int:
    try:
        return visitor.get("/login").status
    except OSError:
        return 0
