import http.client
import socket
import threading
import time

import pytest

from occupier.sandbox import Fault, FaultKind, Sandbox
from tests.sandbox.conftest import Ask, Clock


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("kind", "error"), [(FaultKind.CLOSED, http.client.RemoteDisconnected), (FaultKind.RESET, ConnectionResetError)]
)
def test_an_answer_can_be_lost(toot: Ask, box: Sandbox, kind: FaultKind, error: type[Exception], after: bool) -> None:
    box.fault("mastodon", Fault(kind, after=after, times=1))
    with pytest.raises(error):
        toot("un")
    assert len(box.posts()) == int(after)
    assert toot("deux").status == 200


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("body", "kind"), [("json", "application/json"), ("html", "text/html"), ("empty", "text/html")]
)
@pytest.mark.parametrize("status", [200, 502])
def test_a_status_can_be_wrong_before_and_after_accepting(
    toot: Ask, box: Sandbox, status: int, body: str, kind: str, after: bool
) -> None:
    box.fault("mastodon", Fault(FaultKind.STATUS, status=status, body=body, after=after))
    answer = toot("un")
    assert answer.status == status
    assert answer.headers["Content-Type"].startswith(kind)
    assert len(box.posts()) == int(after)


def test_a_truncated_answer_ends_too_early(toot: Ask, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.TRUNCATED))
    with pytest.raises(http.client.IncompleteRead):
        toot("un")
    assert len(box.posts()) == 1


def test_a_dripping_answer_comes_byte_by_byte(toot: Ask, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.DRIP, seconds=0.0001))
    assert toot("un").json["id"] == box.posts()[0].id


def test_a_redirect_leads_to_another_host(toot: Ask, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.REDIRECT))
    answer = toot("un")
    assert answer.status == 307
    assert answer.headers["Location"].startswith("http://localhost:")
    assert [seen.path for seen in box.requests] == ["/api/v1/statuses"]


@pytest.mark.parametrize(
    ("platform", "kind", "status", "body"),
    [
        ("mastodon", FaultKind.NO_ID, 200, {}),
        ("mastodon", FaultKind.ERROR_INSIDE, 200, {"error": "Service temporarily unavailable"}),
    ],
)
def test_success_can_be_empty(
    toot: Ask, box: Sandbox, platform: str, kind: FaultKind, status: int, body: object
) -> None:
    box.fault(platform, Fault(kind, after=True))
    answer = toot("un")
    assert (answer.status, answer.json) == (status, body)
    assert len(box.posts()) == 1


def test_a_slow_network_can_accept_after_its_client_has_gone(toot: Ask, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.SLOW, seconds=0.4, times=1))
    with pytest.raises(TimeoutError):
        toot("tard", timeout=0.1)
    assert toot("après").status == 200
    deadline = time.monotonic() + 5
    while len(box.posts()) < 2 and time.monotonic() < deadline:
        pass
    assert "tard" in [post.text for post in box.posts()]


def test_closing_lets_go_of_whoever_waits() -> None:
    box = Sandbox()
    box.fault("mastodon", Fault(FaultKind.SLOW, seconds=3600, verb="any"))
    ended = threading.Event()

    def wait() -> None:
        connection = http.client.HTTPConnection(box.url.removeprefix("http://"))
        try:
            connection.request("GET", "/api/v1/instance")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
            ended.set()

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not box.requests:
        pass
    box.close()
    assert ended.wait(5)
    waiting.join()


def test_a_post_is_seen_only_when_its_lag_is_over(toot: Ask, ask: Ask, box: Sandbox, clock: Clock) -> None:
    box.fault("mastodon", Fault(FaultKind.VISIBLE_AFTER, seconds=90))
    post = toot("un").json
    path = f"/api/v1/accounts/{post['account']['id']}/statuses"
    assert ask("GET", path).json == []
    assert ask("GET", f"/api/v1/statuses/{post['id']}").status == 404
    clock.advance(90)
    assert [status["id"] for status in ask("GET", path).json] == [post["id"]]


def test_a_fault_is_used_as_often_as_it_says(toot: Ask, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.STATUS, status=503, times=2))
    assert [toot(str(n)).status for n in range(3)] == [503, 503, 200]


def test_a_fault_on_writing_leaves_reading_alone(toot: Ask, ask: Ask, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.STATUS, status=503))
    assert ask("GET", "/api/v2/instance").status == 200
    assert toot("un").status == 503


def test_a_fault_on_one_account_leaves_another_alone(toot: Ask, box: Sandbox) -> None:
    other = box.add_account("mastodon", "La Gazette du Port")
    box.fault("mastodon", Fault(FaultKind.STATUS, account=other["remote_id"]))
    assert toot("un").status == 200


@pytest.mark.parametrize(
    ("retry_after", "reset_in", "expected"),
    [
        (30, None, {"Retry-After": "30"}),
        (None, 60, {"X-RateLimit-Reset": "2026-01-24T09:31:15.250000Z", "X-RateLimit-Remaining": "0"}),
        (None, None, {"Retry-After": None, "X-RateLimit-Reset": None}),
    ],
)
def test_a_429_comes_with_either_header_or_none(
    toot: Ask, box: Sandbox, retry_after: int | None, reset_in: int | None, expected: dict[str, str | None]
) -> None:
    box.fault("mastodon", Fault(FaultKind.STATUS, status=429, retry_after=retry_after, reset_in=reset_in))
    answer = toot("un")
    assert answer.status == 429
    assert {name: answer.headers.get(name) for name in expected} == expected


def test_the_date_header_is_the_sandboxs_clock_and_can_be_wrong(toot: Ask, box: Sandbox) -> None:
    assert toot("un").headers["Date"] == "Sat, 24 Jan 2026 09:30:15 GMT"
    box.fault("mastodon", Fault(FaultKind.CLOCK_SKEW, seconds=-300))
    assert toot("deux").headers["Date"] == "Sat, 24 Jan 2026 09:25:15 GMT"


@pytest.mark.parametrize("values", [{"verb": "sing"}, {"body": "wax"}, {"status": 99}])
def test_what_no_network_could_do_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not "):
        Fault(FaultKind.STATUS, **values)  # type: ignore[arg-type]


def test_posts_arriving_at_once_have_each_an_id_of_their_own(toot: Ask, box: Sandbox) -> None:
    threads = [threading.Thread(target=toot, args=(str(n),)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({post.id for post in box.posts()}) == 20


def test_the_same_key_at_once_posts_once(toot: Ask, box: Sandbox) -> None:
    threads = [threading.Thread(target=toot, args=("un", "k")) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(box.posts()) == 1


def test_it_listens_on_the_loopback_address_only(box: Sandbox) -> None:
    port = int(box.url.rpartition(":")[2])
    with socket.socket() as probe, pytest.raises(OSError, match="refused"):
        probe.connect(("127.0.0.2", port))


def test_a_campaign_can_go_without_rate_limits(toot: Ask, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.UNLIMITED))
    assert {toot("x", key="same").status for _ in range(302)} == {200}
