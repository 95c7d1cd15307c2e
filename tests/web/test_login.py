"""Two secrets for two rights."""

from __future__ import annotations

import pytest

from occupier.web.login import BUSY, Doorkeeper
from occupier.web.passwords import Passwords
from occupier.web.sessions import Sessions
from tests.web.newsdesk import ACTING, READING, Newsdesk, Visitor


def test_without_a_secret_reading_needs_a_login(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor:
        answer = visitor.get("/?strike=a&b=c")
        assert (answer.status, answer.location) == (303, "/login?back=%2F%3Fstrike%3Da%26b%3Dc")
        assert visitor.get("/api/log").status == 401
        assert visitor.post("/pause").status == 403


def test_a_part_of_a_page_that_is_asked_for_too_late_leads_to_the_form(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor:
        answer = visitor.get("/?strike=a", HX_Request="true")
        assert (answer.status, answer.headers["HX-Redirect"]) == (401, "/login?back=%2F%3Fstrike%3Da")


def test_the_secret_for_reading_reads_and_no_more(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor:
        assert visitor.log_in(READING, "/api/log").location == "/api/log"
        assert visitor.get("/api/log").status == 200
        assert visitor.post("/pause").status == 403
    with desk.house.store.reading() as tx:
        assert tx.pauses.all() == []


def test_the_secret_for_acting_reads_and_acts(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor:
        visitor.log_in(ACTING)
        assert visitor.get("/api/log").status == 200
        assert visitor.post("/pause").status == 303


def test_with_a_secret_for_acting_alone_this_machine_reads_freely(desk: Newsdesk) -> None:
    desk.passwords.write("write", ACTING)
    with desk.open() as visitor:
        assert visitor.get("/api/log").status == 200
        assert visitor.post("/pause").status == 403


def test_with_a_secret_for_reading_alone_nobody_acts(desk: Newsdesk) -> None:
    desk.passwords.write("read", READING)
    with desk.open() as visitor:
        visitor.log_in(READING)
        assert visitor.post("/pause").status == 403


def test_a_file_that_cannot_be_understood_opens_nothing(desk: Newsdesk) -> None:
    for right in ("read", "write"):
        desk.passwords.file(right).write_bytes(b"\xff scrypt:1:2")
    with desk.open() as visitor:
        assert visitor.get("/api/log").status == 401
        assert visitor.log_in("").status == 403
        assert visitor.log_in("scrypt:1:2").status == 403


def test_a_login_has_a_new_key_and_logging_out_ends_it(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor:
        visitor.get("/login")
        before = dict(visitor.cookies)
        visitor.log_in(READING)
        after = dict(visitor.cookies)
        assert before != after
        assert Visitor(visitor.port, cookies=before).get("/api/log").status == 401
        assert visitor.post("/logout").location == "/login"
        assert Visitor(visitor.port, cookies=after).get("/api/log").status == 401


@pytest.mark.parametrize("key", ["x" * 43, "é" * 43, "a b", '"quoted"', "x" * 5000])
def test_a_key_that_somebody_made_up_gives_nothing(desk: Newsdesk, key: str) -> None:
    desk.secrets()
    with desk.open() as visitor:
        # as bytes, for the library would refuse to send some of them
        found = Visitor(visitor.port).ask("GET", "/api/log", Cookie=f"occupier={key}".encode().decode("latin-1"))
        assert found.status == 401


def test_guessing_is_slowed_down_more_and_more_and_the_right_secret_waits_too(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor:
        token = visitor.token()
        assert [visitor.log_in("not the secret", token=token).status for _ in range(4)] == [403] * 4
        waits = []
        for _ in range(3):
            refused = visitor.log_in(READING, token=token)
            assert refused.status == 429
            waits.append(int(refused.headers["Retry-After"]))
            desk.clock.advance(waits[-1])
            assert visitor.log_in("not the secret", token=token).status == 403
        assert waits == [1, 2, 4]
        desk.clock.advance(60)
        assert visitor.log_in(READING, token=token).status == 303


def test_two_secrets_are_never_tried_at_once(desk: Newsdesk) -> None:
    class Meanwhile(Passwords):
        def matching(self, secret: str) -> tuple[str, str] | None:
            answers.append(keeper.attempt(secret))
            return ("read", "mark")

    answers: list[object] = []
    sessions = Sessions(desk.clock.monotonic)
    keeper = Doorkeeper(Meanwhile(desk.house.store.path), sessions, desk.clock.monotonic, home_only=True)
    assert keeper.attempt(READING) == ("read", "mark")
    assert answers == [BUSY]


def test_guessing_disturbs_nobody_who_is_logged_in(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor:
        visitor.log_in(READING)
        other = Visitor(visitor.port)
        token = other.token()
        for _ in range(6):
            other.log_in("not the secret", token=token)
        assert visitor.get("/api/log").status == 200


def test_what_is_long_past_is_forgiven(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor:
        token = visitor.token()
        for _ in range(4):
            visitor.log_in("not the secret", token=token)
        desk.clock.advance(3600)
        assert [visitor.log_in("not the secret", token=token).status for _ in range(4)] == [403] * 4


def test_a_new_secret_ends_the_sessions_of_the_old(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor:
        visitor.log_in(READING)
        desk.passwords.write("read", "another secret for reading")
        assert visitor.get("/api/log").status == 401
        assert visitor.log_in(READING).status == 403


@pytest.mark.parametrize(("steps", "status"), [([7000.0] * 6, 200), ([7000.0] * 7, 401), ([7300.0], 401)])
def test_a_session_ends_after_two_idle_hours_and_twelve_in_all(desk: Newsdesk, steps: list[float], status: int) -> None:
    desk.secrets()
    with desk.open() as visitor:
        visitor.log_in(READING)
        for step in steps:
            desk.clock.advance(step)
            answer = visitor.get("/api/log")
        assert answer.status == status


def test_no_page_and_no_address_ever_holds_a_secret(desk: Newsdesk) -> None:
    desk.secrets()
    with desk.open() as visitor:
        for answer in (visitor.log_in("not the secret"), visitor.log_in(READING), visitor.get("/")):
            for secret in ("not the secret", READING):
                assert secret not in answer.text
                assert secret.split()[-1] not in answer.location
