from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from occupier.domain.errors import NetworkError
from occupier.wire.replies import Reply, ask
from occupier.wire.session import guarded_session
from tests.loopback import Behaviour, Loopback, answer, closes, says

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def asked(url: str) -> Reply:
    return ask(lambda: guarded_session(now=lambda: NOW).get(url), "Le réseau", NOW)


@pytest.mark.parametrize("status", ["200 OK", "302 Found", "401 Unauthorized", "404 Not Found"])
def test_an_answer_is_an_answer_whatever_it_says(status: str) -> None:
    with Loopback(says(answer(b'{"a": 1}', status, "X-A: b"))) as server:
        reply = asked(server.url)
    assert (reply.status, reply.json, reply.headers["x-a"]) == (int(status[:3]), {"a": 1}, "b")
    assert reply.fine is (status == "200 OK")


def test_what_a_library_makes_of_an_answer_counts_for_nothing() -> None:
    def call(url: str) -> None:
        guarded_session(now=lambda: NOW).get(url)
        raise TypeError("malformed")

    with Loopback(says(answer(b"<html>"))) as server:
        reply = ask(lambda: call(server.url), "Le réseau", NOW)
    assert (reply.fine, reply.json, reply.said()) == (True, None, "<html>")


def test_neither_body_nor_headers_are_in_the_repr() -> None:
    assert "canary" not in repr(Reply(200, {"set-cookie": "canary"}, b"canary"))


@pytest.mark.parametrize(
    ("behave", "sentence"),
    [
        (closes, "Le réseau did not answer in time, or broke off."),
        (says(answer(b"{}", length=9)[:-1]), "Le réseau did not answer in time, or broke off."),
        (says(answer(b"", "502 Bad Gateway")), r"Le réseau has trouble of its own \(HTTP 502\)"),
        (says(answer(b"", "429 Too Many Requests")), "Le réseau asks to wait before it is asked again."),
    ],
)
def test_what_is_no_answer_is_one_sentence(behave: Behaviour, sentence: str) -> None:
    def torn(connection: object, request: bytes) -> None:
        behave(connection, request)  # type: ignore[arg-type]
        closes(connection, request)  # type: ignore[arg-type]

    with Loopback(torn) as server, pytest.raises(NetworkError, match=sentence):
        asked(server.url)


def test_when_to_come_back_is_kept() -> None:
    said = answer(b"", "429 Too Many Requests", "Retry-After: 60")
    with Loopback(says(said)) as server, pytest.raises(NetworkError) as caught:
        asked(server.url)
    assert caught.value.not_before == NOW + timedelta(seconds=60)


def test_a_certificate_that_nobody_vouches_for_is_named() -> None:
    with Loopback(says(answer()), tls=True) as server, pytest.raises(NetworkError, match="its certificate"):
        asked(server.url)


def test_nobody_there_is_named() -> None:
    with pytest.raises(NetworkError, match="Nothing answers at Le réseau"):
        asked("http://127.0.0.1:1/")
