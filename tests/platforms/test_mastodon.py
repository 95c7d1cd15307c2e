from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from occupier.domain.errors import NetworkError
from occupier.domain.outcome import Receipt, RefusalKind, Refused, Uncertain
from occupier.platforms.lengths import MastodonRuler
from occupier.platforms.mastodon import REFUSALS, Mastodon, receipt, refusal
from occupier.platforms.mastodon_reading import lengths, page, post
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from occupier.wire.answers import REFUSING
from tests.fakes import FakeClock
from tests.loopback import Loopback, answer, says
from tests.platforms.conftest import HOUR, Connect, MakeOrder

TOKEN = "SECRETTOKEN-mastodon"


def made(server: str, clock: FakeClock, **given: Any) -> Mastodon:
    return Mastodon(server=server, access_token=TOKEN, clock=clock, **given)


def as_json(value: Any, status: str = "200 OK", *headers: str) -> bytes:
    return answer(json.dumps(value).encode(), status, "Content-Type: application/json", *headers)


def form(request: bytes) -> dict[str, list[str]]:
    return parse_qs(request.partition(b"\r\n\r\n")[2].decode())


@pytest.mark.parametrize(
    ("given", "options", "sent"),
    [
        ({}, {}, {"visibility": ["public"]}),
        ({"visibility": "unlisted", "language": "fr"}, {}, {"visibility": ["unlisted"], "language": ["fr"]}),
        (
            {"visibility": "unlisted", "language": "fr"},
            {"visibility": "private", "language": "oc"},
            {"visibility": ["private"], "language": ["oc"]},
        ),
    ],
)
def test_visibility_is_always_sent_and_the_payload_has_the_last_word(
    given: dict[str, str], options: dict[str, str], sent: dict[str, list[str]], clock: FakeClock, order: MakeOrder
) -> None:
    with Loopback(says(as_json({"id": "1", "url": "https://e.org/1"}))) as server:
        network = made(server.url, clock, **given)
        asked = order(network, options=options)
        assert network.apply(asked) == Receipt("1", "https://e.org/1")
        fields = form(server.requests[0])
        assert fields.pop("status") == [asked.payload.text]
        assert {name: fields[name] for name in sent} == sent
        assert "language" in sent or "language" not in fields
        assert f"idempotency-key: {asked.idempotency_key}".encode() in server.requests[0].lower()


def test_posting_is_one_request_and_nothing_is_asked_before(clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(as_json({"id": "1"}))) as server:
        network = made(server.url, clock)
        network.apply(order(network))
        assert len(server.requests) == 1


def test_the_same_key_posts_once_where_it_is_honoured(connect: Connect, box: Sandbox, order: MakeOrder) -> None:
    network = connect("mastodon")
    asked = order(network)
    first, second = network.apply(asked), network.apply(asked)
    assert first == second
    assert len(box.posts("mastodon")) == 1


def test_being_throttled_without_a_header_is_answered_at_once(clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(as_json({"error": "slow"}, "429 Too Many Requests"))) as server:
        network = made(server.url, clock)
        network.apply(order(network))
        assert len(server.requests) == 1


@pytest.mark.parametrize(
    "said",
    [
        as_json({"error": "x"}, "200 OK"),
        as_json({}, "200 OK"),
        as_json([], "200 OK"),
        as_json(None, "200 OK"),
        as_json("id", "200 OK"),
        as_json({"id": None}, "200 OK"),
        as_json({"id": "7", "scheduled_at": "2027-01-01T00:00:00Z", "params": {}}, "200 OK"),
        answer(b"", "200 OK"),
        answer(b"Bad Request", "400 Bad Request", "Content-Type: text/plain"),
        answer(b"", "422 Unprocessable"),
        as_json({"error": None}, "422 Unprocessable"),
        as_json(["error"], "401 Unauthorized"),
        as_json({"error": "x"}, "500 Oops"),
        as_json({"error": "x"}, "409 Conflict"),
    ],
)
def test_an_odd_answer_is_uncertain(said: bytes, clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(said)) as server:
        network = made(server.url, clock)
        assert isinstance(network.apply(order(network)), Uncertain)


def test_a_deprecation_notice_changes_nothing(clock: FakeClock, order: MakeOrder) -> None:
    with Loopback(says(as_json({"id": "1"}, "200 OK", "Deprecation: true"))) as server:
        network = made(server.url, clock)
        assert network.apply(order(network)) == Receipt("1")


def test_a_receipt_does_not_need_an_address() -> None:
    assert receipt({"id": 5, "url": {"odd": 1}}) == Receipt("5")


def test_every_refusing_status_has_its_kind() -> None:
    assert set(REFUSALS) == REFUSING
    for status in REFUSING:
        assert refusal(status, {"error": "no"}) is REFUSALS[status]
        assert refusal(status, {"error": ""}) is None


def test_an_account_that_was_stopped_is_told_from_a_missing_right(clock: FakeClock) -> None:
    assert refusal(403, {"error": "Your login is currently disabled"}) is RefusalKind.AUTOMATION
    assert refusal(403, {"error": "This action is outside the authorized scopes"}) is RefusalKind.PERMISSION


def test_a_text_that_is_too_long_is_refused_by_the_server(connect: Connect, order: MakeOrder) -> None:
    network = connect("mastodon")
    outcome = network.apply(order(network, "x" * 501))
    assert isinstance(outcome, Refused)
    assert outcome.kind is RefusalKind.CONTENT


INSTANCE = {"configuration": {"statuses": {"max_characters": 5000, "characters_reserved_per_url": 25}}}


def test_a_server_that_knows_only_the_older_way_tells_its_lengths(clock: FakeClock) -> None:
    def behave(connection: Any, request: bytes) -> None:
        old = request.startswith(b"GET /api/v1/instance")
        connection.sendall(as_json(INSTANCE) if old else as_json({"error": "Not found"}, "404 Not Found"))

    with Loopback(behave) as server:
        network = made(server.url, clock)
        limits = network.read_limits()
        assert len(server.requests) == 2
    assert limits == {"max_characters": 5000, "characters_reserved_per_url": 25}
    assert network.ruler(limits) == MastodonRuler(5000, 25)


def test_a_server_that_tells_nothing_is_asked_twice_and_no_more(clock: FakeClock) -> None:
    with Loopback(says(answer(b"", "503 Service Unavailable"))) as server:
        network = made(server.url, clock)
        with pytest.raises(NetworkError):
            network.read_limits()
        assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ({}, {}),
        ({"configuration": None}, {}),
        ({"max_toot_chars": 3000}, {"max_characters": 3000}),
        ({"configuration": {"statuses": {"max_characters": "many", "characters_reserved_per_url": -1}}}, {}),
        ({"configuration": {"statuses": {"max_characters": 10**9}}}, {}),
    ],
)
def test_lengths_that_are_missing_or_absurd_are_left_out(said: Any, read: dict[str, int]) -> None:
    assert lengths(said) == read


def status(number: int, clock: FakeClock, **more: Any) -> dict[str, Any]:
    at = clock.now() - timedelta(minutes=number)
    return {"id": str(10_000 - number), "created_at": at.isoformat(), "content": "<p>mots</p>"} | more


def test_boosts_are_not_posts_and_do_not_end_a_page(clock: FakeClock) -> None:
    read = page([status(1, clock), status(2, clock, reblog={"id": "9"})])
    assert [p.id for p in read.posts] == ["9999"]
    assert read.older == "9998"


def test_a_filtered_page_is_not_the_last(clock: FakeClock) -> None:
    pages = [[status(1, clock)], [status(2, clock, reblog={"id": "3"})], [status(3, clock)], []]
    with Loopback(lambda connection, _: connection.sendall(as_json(pages.pop(0)))) as server:
        network = made(server.url, clock)
        network._remote_id = "1"
        read = network.recent(clock.now() - HOUR)
        assert [b"max_id=9997" in r for r in server.requests] == [False, False, False, True]
    assert ([p.id for p in read.posts], read.complete) == (["9999", "9997"], True)


def test_a_status_says_which_application_made_it(clock: FakeClock) -> None:
    made_by = {"application": {"name": "occupier", "website": None}, "url": "https://e.org/@c/1"}
    assert post(status(1, clock, **made_by)).application == "occupier"
    assert post(status(1, clock)).application is None


@pytest.mark.parametrize("said", [{"error": "x"}, [{"id": "1"}], [None], "x", [{"id": 1, "content": None}]])
def test_a_timeline_that_is_none_cannot_be_read(said: Any, clock: FakeClock) -> None:
    with Loopback(says(as_json(said))) as server:
        network = made(server.url, clock)
        network._remote_id = "1"
        with pytest.raises(NetworkError):
            network.recent(clock.now())


def test_a_key_that_is_ignored_shows_twice_on_the_timeline(
    connect: Connect, box: Sandbox, order: MakeOrder, clock: FakeClock
) -> None:
    box.fault("mastodon", Fault(FaultKind.IGNORE_KEY))
    network = connect("mastodon")
    asked = order(network)
    assert network.apply(asked) != network.apply(asked)
    assert len(network.recent(clock.now() - HOUR).posts) == 2
