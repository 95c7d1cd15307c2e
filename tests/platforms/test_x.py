from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from occupier.domain.action import Payload, Verb
from occupier.domain.errors import NetworkError
from occupier.domain.outcome import Receipt, RefusalKind, Retryable, Uncertain
from occupier.platforms.x import (
    FORBIDDEN_WORDS,
    POST_PRICE,
    POST_WITH_LINK_PRICE,
    READ_PRICE,
    REFUSALS,
    X,
    refusal,
)
from occupier.platforms.x_reading import post
from occupier.wire.answers import REFUSING, THROTTLED
from tests.fakes import FakeClock
from tests.loopback import Loopback, answer, says
from tests.platforms.conftest import HOUR, LINK, MakeOrder

SECRETS = {
    "consumer_key": "SECRET-consumer-key",
    "consumer_secret": "SECRET-consumer-secret",
    "access_token": "1450000001-SECRET-token",
    "access_token_secret": "SECRET-token-secret",
}
LATER = 1_795_000_000


def made(url: str, clock: FakeClock, **given: Any) -> X:
    return X(api_url=url, clock=clock, **(SECRETS | given))


def as_json(value: Any, status: str = "200 OK", *headers: str) -> bytes:
    return answer(json.dumps(value).encode(), status, "Content-Type: application/json", *headers)


@pytest.mark.parametrize(
    "said",
    [
        as_json({"errors": [{"title": "Forbidden"}]}, "201 Created"),
        as_json({"data": {}}, "201 Created"),
        as_json({"data": None}, "201 Created"),
        as_json([], "201 Created"),
        answer(b"<html>", "201 Created", "Content-Type: text/html"),
        as_json({"errors": None}, "403 Forbidden"),
        as_json([], "403 Forbidden"),
        as_json("no", "401 Unauthorized"),
        answer(b"<html>", "403 Forbidden"),
        as_json({"title": "x"}, "503 Service Unavailable"),
        answer(b"<html>", "503 Service Unavailable"),
        answer(b"", "307 Temporary Redirect", "Location: http://localhost:9/"),
    ],
)
def test_an_odd_answer_is_uncertain(said: bytes, clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(said)) as server:
        network = made(server.url, clock)
        assert isinstance(network.apply(order(network)), Uncertain)
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ((), None),
        (("x-rate-limit-reset: 1",), None),
        (("x-rate-limit-reset: soon",), None),
        (("x-rate-limit-reset: {later}",), 60),
    ],
)
def test_being_throttled_is_answered_at_once_whatever_the_header_says(
    headers: tuple[str, ...], wait: int | None, clock: FakeClock, order: MakeOrder
) -> None:
    later = int(clock.now().timestamp()) + 60
    with Loopback(says(as_json({"title": "x"}, "429 Too Many", *(h.format(later=later) for h in headers)))) as server:
        network = made(server.url, clock)
        outcome = network.apply(order(network))
        assert len(server.requests) == 1
    assert isinstance(outcome, Retryable)
    assert outcome.not_before == (clock.now() + timedelta(seconds=wait) if wait else None)


def test_what_is_posted_is_the_text_signed_for_the_host_it_goes_to(clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(as_json({"data": {"id": "7"}}, "201 Created"))) as server:
        network = made(server.url + "/base", clock)
        asked = order(network)
        assert network.apply(asked) == Receipt("7", "https://x.com/i/web/status/7")
        head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /base/2/tweets ")
    assert b"oauth_signature" in head
    assert not any(secret.encode() in head + body for name, secret in SECRETS.items() if "secret" in name)
    assert json.loads(body) == {"text": asked.payload.text}


def test_every_refusing_status_has_its_kind() -> None:
    assert set(REFUSALS) == REFUSING
    for status in REFUSING:
        assert refusal(status, {"title": "no"}) is REFUSALS[status]
        assert refusal(status, {"errors": None}) is None


@pytest.mark.parametrize(("word", "kind"), FORBIDDEN_WORDS)
def test_a_403_is_told_by_its_words(word: str, kind: Any) -> None:
    assert refusal(403, {"title": "Forbidden", "detail": f"Sorry: {word.capitalize()}."}) is kind


@pytest.mark.parametrize(
    ("detail", "kind"),
    [
        ("You are not allowed to create a Tweet with duplicate content.", RefusalKind.DUPLICATE),
        ("User is over daily status update limit.", THROTTLED),
        ("This request looks like it might be automated. To protect our users from spam…", RefusalKind.AUTOMATION),
        ("Your account is suspended and is not permitted to access this feature.", RefusalKind.AUTOMATION),
        ("You are not permitted to perform this action.", RefusalKind.PERMISSION),
        ("Your client app is not configured with the appropriate oauth1 app permissions.", RefusalKind.PERMISSION),
    ],
)
def test_a_403_in_xs_own_words_is_understood(detail: str, kind: Any) -> None:
    assert refusal(403, {"title": "Forbidden", "detail": detail, "type": "about:blank", "status": 403}) is kind


def test_the_account_is_known_from_its_token_without_paying(clock: FakeClock) -> None:
    with Loopback(says(as_json({"meta": {"result_count": 0}}))) as server:
        assert made(server.url, clock).recent(clock.now() - HOUR).complete
        assert len(server.requests) == 1
        target = urlsplit(server.requests[0].split()[1].decode())
    assert target.path == "/2/users/1450000001/tweets"
    query = parse_qs(target.query)
    # only what was posted since is asked for: each post is billed
    assert query["start_time"] == ["2026-11-20T11:00:00Z"]
    assert query["max_results"] == ["100"]
    assert query["exclude"] == ["retweets"]


def test_a_token_of_another_shape_asks_who_it_is(clock: FakeClock) -> None:
    replies = [as_json({"data": {"id": "5", "name": "C", "username": "c"}}), as_json({"meta": {"result_count": 0}})]
    with Loopback(lambda connection, _: connection.sendall(replies.pop(0))) as server:
        made(server.url, clock, access_token="a-token-like-no-other").recent(clock.now())
        assert b"/2/users/5/tweets" in server.requests[1]


def test_pages_are_followed_by_their_token_and_each_post_is_paid_for(clock: FakeClock) -> None:
    def tweet(number: int) -> dict[str, Any]:
        return {"id": str(number), "text": "mots", "created_at": clock.now().isoformat()}

    replies = [
        as_json({"data": [tweet(3), tweet(2)], "meta": {"next_token": "abc"}}),
        as_json({"data": [tweet(1)], "meta": {}}),
    ]
    with Loopback(lambda connection, _: connection.sendall(replies.pop(0))) as server:
        read = made(server.url, clock).recent(clock.now() - HOUR)
        assert b"pagination_token=abc" in server.requests[1]
    assert ([p.id for p in read.posts], read.complete) == (["3", "2", "1"], True)
    assert read.cost_microusd == 3 * READ_PRICE


@pytest.mark.parametrize(
    "said", [{"errors": [{"title": "Not Found Error"}]}, {}, [], {"meta": None}, {"meta": {}, "data": [{}]}, None]
)
def test_a_timeline_that_is_none_cannot_be_read(said: Any, clock: FakeClock) -> None:
    with Loopback(says(as_json(said))) as server, pytest.raises(NetworkError):
        made(server.url, clock).recent(clock.now())


def test_a_token_that_may_only_read_is_noted(clock: FakeClock) -> None:
    me = {"data": {"id": "5", "name": "C", "username": "c"}}
    with Loopback(says(as_json(me, "200 OK", "x-access-level: read"))) as server:
        assert made(server.url, clock).verify().access.may_post is False
    with Loopback(says(as_json(me, "200 OK", "x-access-level: read-write"))) as server:
        assert made(server.url, clock).verify().access.may_post is True


@pytest.mark.parametrize(
    ("text", "link", "price"),
    [
        ("En grève", None, POST_PRICE),
        (f"En grève\n{LINK}", LINK, POST_WITH_LINK_PRICE),
        ("En grève : syndicat.fr", None, POST_WITH_LINK_PRICE),
        ("En grève\nhttp://127.0.0.1:1/a", "http://127.0.0.1:1/a", POST_WITH_LINK_PRICE),
    ],
)
def test_an_address_makes_a_post_thirteen_times_dearer(
    text: str, link: str | None, price: int, clock: FakeClock
) -> None:
    assert made("https://api.twitter.com", clock).cost(Payload(text, link)) == price


def test_short_addresses_go_and_what_they_stand_for_is_collected() -> None:
    read = post(
        {
            "id": "1",
            "text": "R&amp;D &lt;3 https://t.co/abc123 et https://t.co/def456",
            "created_at": "2026-11-20T12:00:00.000Z",
            "entities": {
                "urls": [
                    {"url": "https://t.co/abc123", "expanded_url": "https://a.fr/1"},
                    {"url": "https://t.co/def456", "expanded_url": "https://s.fr/2", "unwound_url": "https://b.fr/2"},
                ]
            },
        }
    )
    assert read.text.split() == ["R&D", "<3", "et"]
    assert read.links == ("https://a.fr/1", "https://b.fr/2", "https://s.fr/2")
    assert read.created_at.tzinfo is not None


@pytest.mark.parametrize(
    "said", [as_json({"data": {"deleted": False}}), as_json({"data": {}}), as_json({"errors": [{"title": "no"}]})]
)
def test_a_deletion_that_is_not_confirmed_is_uncertain(said: bytes, clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(said)) as server:
        network = made(server.url, clock)
        outcome = network.apply(replace(order(network), verb=Verb.DELETE, post_id="12"))
        assert isinstance(outcome, Uncertain)
        assert server.requests[0].startswith(b"DELETE /2/tweets/12 ")


def test_a_post_that_is_withheld_is_neither_there_nor_gone(clock: FakeClock) -> None:
    withheld = {
        "errors": [{"resource_id": "12", "type": "https://api.twitter.com/2/problems/not-authorized-for-resource"}]
    }
    with Loopback(says(as_json(withheld))) as server, pytest.raises(NetworkError):
        made(server.url, clock).look_up(["12"])


def test_figures_are_asked_for_without_anybody_s_name(clock: FakeClock) -> None:
    with Loopback(says(as_json({"data": [{"id": "12", "text": "x", "created_at": "2026-11-20T12:00:00Z"}]}))) as server:
        network = made(server.url, clock)
        network.look_up(["12"])
        network.look_up(["12"], figures=True)
        plain, counted = (parse_qs(urlsplit(r.split(b" ")[1].decode()).query) for r in server.requests)
    assert "public_metrics" not in plain["tweet.fields"][0]
    assert "public_metrics" in counted["tweet.fields"][0]
    assert set(counted) == {"ids", "tweet.fields"}
