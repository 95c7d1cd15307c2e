from __future__ import annotations

import json
import socket
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from occupier.domain.action import Verb
from occupier.domain.errors import NetworkError
from occupier.domain.outcome import Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.platforms.facebook import REFUSALS, UNSURE, Facebook, refusal
from occupier.platforms.facebook_reading import page, post, unwrapped
from tests.fakes import FakeClock
from tests.loopback import Loopback, answer, closes, says
from tests.platforms.conftest import HOUR, LINK, MakeOrder

TOKEN = "SECRETTOKEN-facebook"


def made(url: str, clock: FakeClock, **given: Any) -> Facebook:
    defaults = {"api_version": "v26.0", "page_id": "615", "access_token": TOKEN}
    return Facebook(api_url=url, clock=clock, **(defaults | given))


def as_json(value: Any, status: str = "200 OK", *headers: str) -> bytes:
    return answer(json.dumps(value).encode(), status, "Content-Type: application/json", *headers)


def wrong(code: int, status: str = "400 Bad Request", **more: Any) -> bytes:
    return as_json({"error": {"message": f"(#{code}) no", "code": code, **more}}, status)


@pytest.mark.parametrize("version", ["v26.0", "26.0"])
def test_the_version_of_the_settings_is_spoken_and_the_token_is_in_the_body(
    version: str, clock: FakeClock, order: MakeOrder
) -> None:
    with Loopback(says(as_json({"id": "615_1"}))) as server:
        network = made(server.url + "/graph", clock, api_version=version)
        asked = order(network)
        assert network.apply(asked) == Receipt("615_1", "https://www.facebook.com/615_1")
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /graph/v26.0/615/feed HTTP/1.1")
    fields = parse_qs(body.decode())
    assert fields == {"message": [asked.payload.text], "link": [LINK], "access_token": [TOKEN]}


def test_a_post_without_a_link_has_no_link_field(clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(as_json({"id": "615_1"}))) as server:
        network = made(server.url, clock)
        network.apply(order(network, link=None))
        assert b"link=" not in server.requests[0]


@pytest.mark.parametrize(
    "said",
    [
        as_json({}, "503 Service Unavailable"),
        as_json({"id": "615_1"}, "503 Service Unavailable"),
        as_json({"success": True}),
        as_json({"id": ""}),
        as_json({"id": "615_1", "error": {"code": 100}}),
        as_json({"error": {"code": 100, "message": "x"}}),
        as_json([]),
        answer(b"{}", "200 OK"),
        answer(b"id=1", "200 OK", "Content-Type: text/plain"),
        answer(b"<html>", "500 Oops", "Content-Type: text/html"),
        answer(b"{", "200 OK", "Content-Type: application/json"),
        answer(b"GIF89a", "200 OK", "Content-Type: image/gif"),
        as_json({"message": "x"}, "400 Bad Request"),
        as_json({"error": None}, "400 Bad Request"),
        as_json({"error": "no"}, "400 Bad Request"),
        as_json({"error": {"code": "100"}}, "400 Bad Request"),
        wrong(1),
        wrong(2, "403 Forbidden"),
        wrong(100, "500 Oops"),
        answer(b"", "307 Temporary Redirect", "Location: http://localhost:9/"),
    ],
)
def test_an_odd_answer_is_uncertain(said: bytes, clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(said)) as server:
        network = made(server.url, clock)
        assert isinstance(network.apply(order(network)), Uncertain)
        assert len(server.requests) == 1


def test_a_429_that_looks_like_success_is_none(clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(as_json({"message": "slow", "id": "1"}, "429 Too Many"))) as server:
        network = made(server.url, clock)
        assert isinstance(network.apply(order(network)), Retryable)


@pytest.mark.parametrize(("code", "kind"), sorted(REFUSALS.items())[:40:2] + [(c, REFUSALS[c]) for c in (506, 613)])
def test_a_code_is_told_by_the_table(code: int, kind: Any, clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(wrong(code))) as server:
        network = made(server.url, clock)
        outcome = network.apply(order(network))
    if isinstance(kind, RefusalKind):
        assert isinstance(outcome, Refused)
        assert outcome.kind is kind
    else:
        assert isinstance(outcome, Retryable)


def test_the_table_holds_every_documented_code() -> None:
    documented = {3, 4, 10, 17, 102, 190, 341, 368, 506, 1609005, *range(200, 300)}
    assert documented <= set(REFUSALS)
    assert not UNSURE & set(REFUSALS)
    assert None not in REFUSALS.values()
    assert {k for k in REFUSALS.values() if isinstance(k, RefusalKind)} == set(RefusalKind) - {
        RefusalKind.MONEY,  # Facebook takes none
        RefusalKind.UNKNOWN,  # for what is not in the table
        RefusalKind.GONE,  # a subcode tells it
    }


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 987654}, RefusalKind.UNKNOWN),
        ({"code": 100, "error_subcode": 33}, RefusalKind.PERMISSION),
        ({"code": 100, "message": "…is a duplicate of, or too similar to, one…"}, RefusalKind.DUPLICATE),
        ({"code": 368, "message": "You've already posted this."}, RefusalKind.DUPLICATE),
        ({"code": 368, "error_user_msg": "You're temporarily blocked"}, RefusalKind.AUTOMATION),
    ],
)
def test_words_and_subcodes_tell_what_a_code_does_not(error: dict[str, Any], kind: RefusalKind) -> None:
    assert refusal(400, {"error": error}) is kind


def test_how_long_a_page_is_throttled_is_read_from_its_usage(clock: FakeClock, order: MakeOrder) -> None:
    usage = json.dumps({"615": [{"type": "pages", "estimated_time_to_regain_access": 7}]})
    said = as_json({"error": {"code": 80001}}, "403 Forbidden", f"X-Business-Use-Case-Usage: {usage}")
    with Loopback(says(said)) as server:
        network = made(server.url, clock)
        outcome = network.apply(order(network))
    assert isinstance(outcome, Retryable)
    assert outcome.not_before == clock.now() + timedelta(minutes=7)


def test_a_redirect_does_not_take_the_token_elsewhere(clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(as_json({"id": "1_1"}))) as other, Loopback(None) as server:
        server.now(says(answer(b"", "307 Temporary Redirect", f"Location: {other.url}/v26.0/615/feed")))
        network = made(server.url, clock)
        outcome = network.apply(order(network))
        assert isinstance(outcome, Uncertain)
        assert outcome.reason == "redirect"
        with pytest.raises(NetworkError):
            network.recent(clock.now())
        assert other.connections == 0


def test_the_token_in_a_readings_address_is_never_told(clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(closes) as server:
        network = made(server.url, clock)
        with pytest.raises(NetworkError) as caught:
            network.recent(clock.now())
        assert TOKEN.encode() in server.requests[0]
    error: BaseException | None = caught.value
    while error:
        assert TOKEN not in f"{error!r} {error}"
        error = error.__cause__ or error.__context__


def test_a_token_of_another_is_no_identity(clock: FakeClock) -> None:
    with Loopback(says(as_json({"id": "999", "name": "Somebody"}))) as server, pytest.raises(NetworkError) as caught:
        made(server.url, clock).verify()
    assert caught.value.kind == "credentials"
    assert "Somebody" not in str(caught.value)


def test_a_page_that_nobody_sees_is_noted(clock: FakeClock) -> None:
    with Loopback(says(as_json({"id": "615", "name": "C", "is_published": False}))) as server:
        assert len(made(server.url, clock).verify().notes) == 1


def test_pages_are_followed_by_their_cursor_without_following_the_given_address(clock: FakeClock) -> None:
    def entry(number: int) -> dict[str, Any]:
        return {"id": f"615_{number}", "created_time": "2026-11-20T12:00:00+0000", "message": "mots"}

    paging = {"cursors": {"after": "CURSOR"}, "next": "http://localhost:9/elsewhere?access_token=x"}
    replies = [as_json({"data": [entry(2)], "paging": paging}), as_json({"data": [entry(1)]})]
    with Loopback(lambda connection, _: connection.sendall(replies.pop(0))) as server:
        read = made(server.url, clock).recent(clock.now() - HOUR)
        assert b"after=CURSOR" in server.requests[1]
    assert ([p.id for p in read.posts], read.complete) == (["615_2", "615_1"], True)


def test_a_cursor_without_a_next_page_is_the_end() -> None:
    assert page({"data": [], "paging": {"cursors": {"after": "A"}}}).older is None


@pytest.mark.parametrize("said", [{}, [], None, {"data": [{}]}, {"data": None}, {"data": [{"id": 1}]}])
def test_a_timeline_that_is_none_cannot_be_read(said: Any, clock: FakeClock) -> None:
    with Loopback(says(as_json(said))) as server, pytest.raises(NetworkError):
        made(server.url, clock).recent(clock.now())


@pytest.mark.parametrize(
    ("url", "leads_to"),
    [
        ("https://l.facebook.com/l.php?u=https%3A%2F%2Fa.fr%2F1%3Fb%3Dc&h=AT0", "https://a.fr/1?b=c"),
        ("https://l.facebook.com/l.php?h=AT0", "https://l.facebook.com/l.php?h=AT0"),
        ("https://evil.example/l.php?u=https%3A%2F%2Fa.fr", "https://evil.example/l.php?u=https%3A%2F%2Fa.fr"),
        ("https://a.fr/1", "https://a.fr/1"),
        ("", ""),
    ],
)
def test_facebooks_way_out_is_unwrapped(url: str, leads_to: str) -> None:
    assert unwrapped(url) == leads_to


def test_a_posts_links_are_its_attachments_and_what_stands_in_its_text() -> None:
    read = post(
        {
            "id": "1_1",
            "message": "Voir https://syndicat.fr/a.",
            "created_time": "2026-11-20T12:00:00+0000",
            "attachments": {"data": [{"url": "https://l.facebook.com/l.php?u=https%3A%2F%2Fa.fr%2F1"}, {}]},
        }
    )
    assert read.links == ("https://a.fr/1", "https://syndicat.fr/a")


NO_SUCH = wrong(100, error_subcode=33)


def test_a_post_is_gone_only_where_the_token_is_good(clock: FakeClock) -> None:
    with Loopback(says(NO_SUCH)) as server:
        network = made(server.url, clock)
        with pytest.raises(NetworkError):
            network.look_up(["615_1"])

    def answers(connection: socket.socket, request: bytes) -> None:
        me = as_json({"id": "615", "name": "Le Courrier"})
        connection.sendall(me if b"/me?" in request else NO_SUCH)

    with Loopback(answers) as server:
        assert made(server.url, clock).look_up(["615_1"]).gone == {"615_1"}


def test_figures_are_counted_by_facebook_and_nobody_is_named(clock: FakeClock) -> None:
    post = {"id": "615_1", "created_time": "2026-11-20T12:00:00+0000", "message": "x"}
    with Loopback(says(as_json(post))) as server:
        network = made(server.url, clock)
        network.look_up(["615_1"])
        network.look_up(["615_1"], figures=True)
        plain, counted = (parse_qs(urlsplit(r.split(b" ")[1].decode()).query)["fields"][0] for r in server.requests)
    assert "reactions" not in plain
    edges = [part for part in counted.split(",") if part.startswith(("reactions", "comments"))]
    assert [edge.partition(".")[2] for edge in edges] == ["limit(0).summary(total_count)"] * 2


@pytest.mark.parametrize(
    "said", [as_json({"success": False}), as_json({}), as_json({"success": True, "error": {}}, "500 x")]
)
def test_a_deletion_that_is_not_confirmed_is_uncertain(said: bytes, clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(said)) as server:
        network = made(server.url, clock)
        outcome = network.apply(replace(order(network), verb=Verb.DELETE, post_id="615_1"))
        assert isinstance(outcome, Uncertain)
        assert server.requests[0].startswith(b"DELETE /v26.0/615_1?")
