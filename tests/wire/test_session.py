from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from occupier.wire.flight import Stage, flight
from occupier.wire.session import GuardedSession, UnsafeAddress, guarded_session, is_loopback, is_safe
from tests.loopback import AUTHORITY, Loopback, answer, closes, says

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def session() -> Iterator[GuardedSession]:
    with guarded_session(now=lambda: NOW) as made:
        yield made


def test_a_write_follows_no_redirect_and_its_token_goes_nowhere_else(session: GuardedSession) -> None:
    with Loopback(says(answer())) as other, Loopback(None) as server:
        server.now(says(answer(b"", "307 Temporary Redirect", f"Location: {other.url}/x")))
        with flight() as made:
            response = session.post(f"{server.url}/feed", data={"access_token": "SECRETTOKEN"})
        assert other.connections == 0
        assert server.connections == 1
    assert response.status_code == 307
    assert made.answer
    assert made.answer.status == 307


def test_a_write_is_not_repeated_on_its_own_host_either(session: GuardedSession) -> None:
    with Loopback(says(answer(b"", "308 Permanent Redirect", "Location: /again"))) as server:
        session.post(f"{server.url}/feed", data={"a": "1"})
        assert len(server.requests) == 1


def test_a_read_follows_a_redirect_on_its_own_host_only(session: GuardedSession) -> None:
    with Loopback(says(answer(b"other"))) as other, Loopback(None) as server:

        def behave(connection: object, request: bytes) -> None:
            location = {b"/here": "/there", b"/away": f"{other.url}/x"}.get(request.split()[1])
            said = answer(b"", "302 Found", f"Location: {location}") if location else answer(b"there")
            connection.sendall(said)  # type: ignore[attr-defined]

        server.now(behave)
        headers = {"Authorization": "Bearer SECRETTOKEN"}
        assert session.get(f"{server.url}/here", headers=headers).content == b"there"
        assert session.get(f"{server.url}/away", headers=headers).status_code == 302
        assert other.connections == 0


def test_redirects_without_end_are_given_up(session: GuardedSession) -> None:
    with Loopback(says(answer(b"", "302 Found", "Location: /again"))) as server:
        with pytest.raises(requests.TooManyRedirects):
            session.get(server.url)
        assert len(server.requests) == 6


def test_an_address_is_rewritten_before_the_request_is_made() -> None:
    with Loopback(says(answer(b"ok"))) as server:
        with guarded_session(now=lambda: NOW, rewrite={"https://api.example": f"{server.url}/x"}) as session:
            signed: list[str] = []

            def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
                signed.append(str(request.url))
                return request

            session.get("https://api.example/2/posts?a=b", auth=sign)
        assert signed == [f"{server.url}/x/2/posts?a=b"]
        assert server.requests[0].startswith(b"GET /x/2/posts?a=b ")


def test_an_address_that_only_begins_alike_is_not_rewritten() -> None:
    session = guarded_session(now=lambda: NOW, rewrite={"https://api.example": "http://localhost:1"})
    prepared = session.prepare_request(requests.Request("GET", "https://api.example.org/"))
    assert prepared.url == "https://api.example.org/"


def test_a_token_never_travels_in_clear_except_on_this_machine(session: GuardedSession) -> None:
    with flight() as made, pytest.raises(UnsafeAddress):
        session.post("http://graph.example/feed", data={"access_token": "SECRETTOKEN"})
    assert not made.begun


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://mastodon.example/", True),
        ("http://localhost:1/", True),
        ("http://127.8.8.8/", True),
        ("http://[::1]:80/", True),
        ("http://localhost.example/", False),
        ("http://10.0.0.1/", False),
        ("ftp://localhost/", False),
    ],
)
def test_safe_is_https_or_this_machine(url: str, safe: bool) -> None:
    assert is_safe(url) is safe


def test_no_host_is_no_loopback() -> None:
    assert not is_loopback(None)


def test_a_netrc_is_not_read(session: GuardedSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password hidden\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with Loopback(says(answer())) as server:
        session.get(server.url)
        session.get(server.url, headers={"Authorization": "Bearer SECRETTOKEN"})
        assert b"authorization" not in server.requests[0].lower()
        assert b"Bearer SECRETTOKEN" in server.requests[1]


def test_a_proxy_is_never_used_for_this_machine(session: GuardedSession, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with Loopback(says(answer(b"ok"))) as server:
        assert session.get(server.url).content == b"ok"


def test_a_proxy_of_the_environment_is_used_and_its_refusal_sends_nothing(
    session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    with Loopback(says(answer(b"", "503 Service Unavailable"))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with flight() as made, pytest.raises(requests.RequestException):
            session.post("https://graph.example/feed", data={"access_token": "SECRETTOKEN"})
        assert proxy.requests[0].startswith(b"CONNECT graph.example:443 ")
        assert b"SECRETTOKEN" not in b"".join(proxy.requests)
    assert not made.begun


def test_every_answer_tells_how_far_the_clocks_are_apart() -> None:
    told: list[tuple[str, timedelta]] = []
    dated = answer(b"{}", "200 OK", "Date: Fri, 20 Nov 2026 12:03:00 GMT")
    with Loopback(says(dated)) as server, flight() as made:
        guarded_session(now=lambda: NOW, on_date=lambda *given: told.append(given)).get(server.url)
    assert told == [("localhost", timedelta(minutes=3))]
    assert made.skew == timedelta(minutes=3)


@pytest.mark.parametrize("date", ["yesterday", "", "Fri, 99 Nov 2026 12:03:00 GMT", "0"])
def test_a_date_that_is_none_tells_nothing(session: GuardedSession, date: str) -> None:
    with Loopback(says(answer(b"{}", "200 OK", f"Date: {date}"))) as server, flight() as made:
        session.get(server.url)
    assert made.skew is None


def test_cookies_are_not_kept(session: GuardedSession) -> None:
    with Loopback(says(answer(b"{}", "200 OK", "Set-Cookie: a=b"))) as server:
        session.get(server.url)
        session.get(server.url)
        assert b"cookie" not in server.requests[1].lower()


def test_what_was_answered_is_noted_even_when_the_rest_is_lost(session: GuardedSession) -> None:
    with Loopback(None) as server:

        def half(connection: object, request: bytes) -> None:
            connection.sendall(answer(b'{"id":', length=400))  # type: ignore[attr-defined]
            closes(connection, request)  # type: ignore[arg-type]

        server.now(half)
        with flight() as made, pytest.raises(Exception, match="IncompleteRead|incomplete"):
            session.post(server.url)
    assert made.answer
    assert (made.answer.status, made.answer.body) == (200, None)


def test_each_request_has_a_connection_of_its_own(session: GuardedSession) -> None:
    with Loopback(says(answer(b"{}", "200 OK", "Connection: keep-alive"))) as server:
        for _ in range(3):
            session.post(server.url)
        assert server.connections == 3
        assert all(b"\r\nConnection: close\r\n" in request for request in server.requests)


def test_a_library_that_sets_no_timeout_has_one_all_the_same(session: GuardedSession) -> None:
    with Loopback(says()) as server, flight(seconds=0.2) as made, pytest.raises(requests.RequestException):
        session.post(server.url, timeout=None)
    assert made.over


def test_tls_is_verified_and_the_environment_may_name_an_authority(
    session: GuardedSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Loopback(says(answer(b"ok")), tls=True) as server:
        with flight() as made, pytest.raises(requests.exceptions.SSLError):
            session.post(server.url)
        assert made.stage is Stage.TLS
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(AUTHORITY))
        assert session.post(server.url).content == b"ok"


def test_a_call_outside_any_flight_has_the_default_times(session: GuardedSession) -> None:
    with Loopback(says(answer(b"ok"))) as server:
        assert session.get(server.url).text == "ok"
