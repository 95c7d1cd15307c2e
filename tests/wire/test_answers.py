from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.action import Payload, Verb
from occupier.domain.errors import NetworkError
from occupier.domain.outcome import Outcome, Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Order
from occupier.wire.answers import REFUSING, THROTTLED, Calls, Dialect, Refusal, not_before, outcome
from occupier.wire.flight import Answer, Flight, Stage
from occupier.wire.session import guarded_session
from tests.fakes import FakeClock
from tests.loopback import Loopback, answer, closes, says

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
TOKEN = "SECRETTOKEN-0123456789"


def receipt(body: Any) -> Receipt | None:
    return Receipt(str(body["id"])) if isinstance(body, dict) and "id" in body else None


def refusal(status: int, body: Any) -> Refusal:
    if not isinstance(body, dict) or "no" not in body:
        return None
    return THROTTLED if body["no"] == "slow" else RefusalKind.CONTENT


DIALECT = Dialect("Somewhere", receipt, refusal)


def answered(status: int, body: bytes | None = b"{}", **headers: str) -> Flight:
    made = Flight(begun=True, stage=Stage.BEGUN)
    made.answer = Answer(status, {name.replace("_", "-"): value for name, value in headers.items()}, body)
    return made


def became(made: Flight, problem: Exception | None = None) -> Outcome:
    return outcome(made, problem, DIALECT, NOW, [TOKEN])


@pytest.mark.parametrize("stage", [Stage.DNS, Stage.CONNECT, Stage.TLS, Stage.LATE])
def test_what_went_wrong_before_the_first_byte_is_surely_unsent(stage: Stage) -> None:
    assert became(Flight(stage=stage), OSError("why")) == Retryable(stage.value, excerpt="OSError: why")


@pytest.mark.parametrize("status", sorted(REFUSING))
def test_a_refusing_status_with_the_networks_own_error_is_a_refusal(status: int) -> None:
    assert became(answered(status, b'{"no": 1}')) == Refused(RefusalKind.CONTENT, status, '{"no": 1}')


@pytest.mark.parametrize("status", sorted(REFUSING))
@pytest.mark.parametrize("body", [b"<html>gateway</html>", b"", b"null", b"[]", b'{"errors": null}', b'{"no', None])
def test_a_refusing_status_with_anybody_elses_words_is_uncertain(status: int, body: bytes | None) -> None:
    assert isinstance(became(answered(status, body)), Uncertain)


@pytest.mark.parametrize("status", [402, 403, 409, 418, 451, 500, 502, 503, 504, 520])
def test_only_the_listed_statuses_refuse(status: int) -> None:
    expected = Refused if status in REFUSING else Uncertain
    assert isinstance(became(answered(status, b'{"no": 1}')), expected)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"no": 1}', None])
def test_a_429_is_surely_unsent_whatever_it_says(body: bytes | None) -> None:
    outcome = became(answered(429, body, retry_after="30"))
    assert isinstance(outcome, Retryable)
    assert (outcome.reason, outcome.not_before) == ("throttled", NOW + timedelta(seconds=30))


def test_a_network_that_throttles_with_another_status_is_understood() -> None:
    outcome = became(answered(403, b'{"no": "slow"}'))
    assert isinstance(outcome, Retryable)
    assert outcome.reason == "throttled"


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (200, b"{}", "no_id"),
        (201, b'{"errors": [{"title": "x"}]}', "no_id"),
        (200, b"<html>", "not_json"),
        (200, b"", "not_json"),
        (204, b"", "not_json"),
        (200, None, "cut_off"),
        (307, b"", "redirect"),
        (503, b"{}", "server_error"),
        (503, b'{"id": 1}', "server_error"),
        (409, b"{}", "unclear"),
        (200, b"[" * 100_000, "not_json"),
    ],
)
def test_anything_unclear_after_the_first_byte_is_uncertain(status: int, body: bytes | None, reason: str) -> None:
    outcome = became(answered(status, body))
    assert isinstance(outcome, Uncertain)
    assert (outcome.reason, outcome.http_status) == (reason, status)


def test_no_answer_at_all_is_uncertain_and_tells_a_deadline_from_a_break() -> None:
    now = [0.0]
    made = Flight(seconds=1, begun=True, stage=Stage.BEGUN, monotonic=lambda: now[0])
    assert became(made).reason == "no_answer"  # type: ignore[union-attr]
    now[0] = 2.0
    assert became(made).reason == "timeout"  # type: ignore[union-attr]


def test_an_id_in_a_2xx_is_the_receipt() -> None:
    assert became(answered(201, b'{"id": 7}')) == Receipt("7")


@given(
    status=st.integers(100, 599),
    body=st.one_of(
        st.none(),
        st.binary(max_size=40),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda deeper: (
                st.lists(deeper, max_size=3)
                | st.dictionaries(st.sampled_from(["id", "no", "errors", "error", "data"]), deeper, max_size=3)
            ),
            max_leaves=6,
        ).map(lambda value: json.dumps(value).encode()),
    ),
    headers=st.dictionaries(
        st.sampled_from(
            ["retry-after", "date", "x-rate-limit-reset", "x-ratelimit-reset", "x-business-use-case-usage"]
        ),
        st.text(max_size=30),
    ),
)
def test_every_answer_has_an_outcome_and_success_always_has_an_id(
    status: int, body: bytes | None, headers: dict[str, str]
) -> None:
    made = answered(status, body)
    made.answer = Answer(status, headers, body)
    outcome = became(made)
    if isinstance(outcome, Receipt):
        assert 200 <= status < 300
    elif isinstance(outcome, Refused):
        assert status in REFUSING
    elif isinstance(outcome, Retryable):
        assert status in REFUSING | {429}
        assert outcome.not_before is None or NOW < outcome.not_before <= NOW + timedelta(days=7)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after": "120"}, 120),
        ({"retry-after": "Fri, 20 Nov 2026 12:02:00 GMT"}, 120),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 90)}, 90),
        ({"x-ratelimit-reset": "2026-11-20T12:05:00.123456Z"}, 300.123456),
        ({"x-ratelimit-reset": "2026-11-20T12:05:00"}, 300),
        ({"x-ratelimit-reset": f"{NOW.timestamp() + 5.5}"}, 5.5),
        ({"retry-after": "10", "x-rate-limit-reset": str(int(NOW.timestamp()) + 90)}, 90),
        (
            {
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": str(int(NOW.timestamp()) + 3600),
                "x-rate-limit-reset": str(int(NOW.timestamp()) + 90),
            },
            3600,
        ),
        ({"x-user-limit-24hour-remaining": "5", "x-user-limit-24hour-reset": str(int(NOW.timestamp()) + 3600)}, None),
        ({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 4}]}'}, 240),
        ({"x-business-use-case-usage": '{"1": [{"estimated_time_to_regain_access": 0}]}'}, None),
        ({"x-business-use-case-usage": "[]"}, None),
        # Their clock is ten minutes late: what they name is meant by that clock.
        ({"date": "Fri, 20 Nov 2026 11:50:00 GMT", "retry-after": "Fri, 20 Nov 2026 11:51:00 GMT"}, 60),
        ({"date": "Fri, 20 Nov 2026 11:50:00 GMT", "retry-after": "60"}, 60),
        ({}, None),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "²"}, None),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) - 90)}, None),
        ({"x-rate-limit-reset": "1e999"}, None),
        ({"x-rate-limit-reset": "9" * 30}, None),
        ({"x-ratelimit-reset": "2026-13-40"}, None),
    ],
)
def test_when_to_ask_again_is_taken_from_what_networks_send(headers: dict[str, str], wait: float | None) -> None:
    assert not_before(headers, NOW) == (None if wait is None else NOW + timedelta(seconds=wait))


# --- over a real connection -------------------------------------------------------------------------------------------


def order(may_begin: bool = True, seconds: float = 5.0) -> Order:
    return Order(Verb.PUBLISH, Payload("words"), "key", seconds, lambda: may_begin)


def calls(clock: FakeClock | None = None) -> Calls:
    return Calls(DIALECT, clock or FakeClock(), (TOKEN,))


def post(server: Loopback) -> object:
    with guarded_session(now=FakeClock().now) as session:
        return session.post(server.url, params={"access_token": TOKEN}).json()


def test_a_write_asks_for_leave_and_sends_nothing_without_it() -> None:
    with Loopback(says(answer(b'{"id": 1}'))) as server:
        assert calls().write(order(may_begin=False), lambda: post(server)) == Retryable(
            "late", excerpt="TooLate: too late to begin"
        )
        assert server.requests == []
        assert calls().write(order(), lambda: post(server)) == Receipt("1")


def test_an_answer_that_is_lost_is_uncertain_and_no_secret_is_in_the_excerpt() -> None:
    with Loopback(closes) as server:
        outcome = calls().write(order(), lambda: post(server))
    assert isinstance(outcome, Uncertain)
    assert outcome.reason == "no_answer"
    assert TOKEN not in outcome.excerpt


def test_a_connection_that_cannot_be_made_has_no_secret_in_its_excerpt() -> None:
    with Loopback(None) as server:
        pass
    outcome = calls().write(order(), lambda: post(server))
    assert isinstance(outcome, Retryable)
    assert "ConnectionError" in outcome.excerpt
    assert TOKEN not in outcome.excerpt


def test_a_server_that_gives_the_token_back_does_not_get_it_into_the_excerpt() -> None:
    with Loopback(says(answer(f'{{"no": "{TOKEN}"}}'.encode(), "400 Bad Request"))) as server:
        outcome = calls().write(order(), lambda: post(server))
    assert outcome == Refused(RefusalKind.CONTENT, 400, '{"no": "[…]"}')


@pytest.mark.parametrize(
    ("said", "sentence", "kind"),
    [
        (
            answer(b'{"error": "invalid"}', "401 Unauthorized"),
            "Somewhere does not accept the keys of this account (HTTP 401): copy them again, or have them renewed.",
            "credentials",
        ),
        (answer(b'{"no": 1}', "404 Not Found"), 'Somewhere could not be read (HTTP 404): {"no": 1}', "content"),
        (
            answer(b"<p>", "503 Service Unavailable"),
            "Somewhere has trouble of its own (HTTP 503): try again in a few minutes.",
            None,
        ),
        (answer(b"", "429 Too Many"), "Somewhere asks to wait before it is read again.", None),
        (
            answer(b"<p>"),
            "Somewhere answers, but not as this network does (HTTP 200): check its address in the settings.",
            None,
        ),
        (answer(b'{"other": 1}'), 'Somewhere could not be read (HTTP 200): {"other": 1}', None),
    ],
)
def test_a_reading_that_fails_says_why_in_a_sentence(said: bytes, sentence: str, kind: str | None) -> None:
    with Loopback(says(said)) as server, pytest.raises(NetworkError) as caught:
        calls().read(lambda: post(server), lambda body, _: body["posts"])
    assert str(caught.value) == sentence
    assert caught.value.kind == kind


@pytest.mark.parametrize("reachable", [True, False])
def test_nothing_that_hangs_on_to_a_failed_reading_holds_a_secret(reachable: bool) -> None:
    with Loopback(closes) as server:
        if reachable:
            with pytest.raises(NetworkError) as caught:
                calls().read(lambda: post(server), lambda body, _: body)
    if not reachable:
        with pytest.raises(NetworkError) as caught:
            calls().read(lambda: post(server), lambda body, _: body)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None
    assert TOKEN not in f"{caught.value!r} {caught.value}"


def test_a_repr_shows_no_secret() -> None:
    assert TOKEN not in repr(calls())
