"""The log for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from occupier.domain.ports import LogQuery
from tests.web.newsdesk import ACTING, READING, Answer, Newsdesk, Visitor


def asked(visitor: Visitor, query: str = "") -> Any:
    answer = visitor.get(f"/api/log{query}")
    assert answer.status == 200, answer.text
    return json.loads(answer.text)


def test_the_records_are_those_of_the_log(desk: Newsdesk, visitor: Visitor) -> None:
    desk.uncertain("Un titre « à part »")
    desk.held()
    with desk.house.store.reading() as tx:
        wanted = list(tx.register.records(LogQuery()))
    assert asked(visitor) == {"version": 1, "records": wanted, "next": None}


def test_the_pages_are_the_whole_log_once(desk: Newsdesk, visitor: Visitor) -> None:
    actions = [desk.held() for _ in range(7)]
    seen, after = [], "0"
    while after is not None:
        page = asked(visitor, f"?limit=3&after={after}")
        seen += [record["id"] for record in page["records"]]
        after = page["next"]
    assert seen == [str(action.id) for action in actions]


def test_the_newest_come_first_where_no_page_is_asked(desk: Newsdesk, visitor: Visitor) -> None:
    actions = [desk.held() for _ in range(4)]
    assert [r["id"] for r in asked(visitor, "?limit=2")["records"]] == [str(a.id) for a in actions[2:]]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?state=held", 1),
        ("?state=uncertain", 1),
        ("?account=compte", 2),
        ("?strike=retraites&feed=une&all=yes", 2),
        ("?since=2999-01-01T00:00", 0),
        ("?until=2999-01-01T00:00", 2),
    ],
)
def test_the_filters_are_those_of_the_command(desk: Newsdesk, visitor: Visitor, query: str, count: int) -> None:
    desk.uncertain()
    desk.held()
    assert len(asked(visitor, query)["records"]) == count


@pytest.mark.parametrize(
    "query", ["?limit=0", "?limit=x", "?after=-1", "?acount=a", "?state=nope", "?since=2020-01-24", "?all=perhaps"]
)
def test_what_is_asked_wrongly_is_said(visitor: Visitor, query: str) -> None:
    answer = visitor.get(f"/api/log{query}")
    assert answer.status == 400
    assert set(json.loads(answer.text)) == {"version", "error"}


@pytest.mark.parametrize("query", ["?strike=autre", "?account=autre", "?feed=autre"])
def test_a_name_that_nobody_has_is_said(visitor: Visitor, query: str) -> None:
    answer = visitor.get(f"/api/log{query}")
    assert answer.status == 404
    assert "autre" in json.loads(answer.text)["error"]


def test_an_account_that_has_posted_nothing_yet_has_an_empty_list(desk: Newsdesk, visitor: Visitor) -> None:
    assert asked(visitor, "?account=compte&feed=une")["records"] == []


class TestPrograms:
    """A program shows the secret with each request."""

    def get(self, visitor: Visitor, secret: str, path: str = "/api/log") -> Answer:
        return Visitor(visitor.port).get(path, Authorization=f"Bearer {secret}")

    def test_the_secret_for_reading_reads_and_sets_no_cookie(self, desk: Newsdesk) -> None:
        desk.secrets()
        with desk.open() as visitor:
            answer = self.get(visitor, READING)
            assert (answer.status, answer.headers["Set-Cookie"]) == (200, None)
            assert self.get(visitor, READING, "/strikes/retraites/unannounced.rss").status == 200
            assert self.get(visitor, ACTING).status == 200
            refused = visitor.get("/api/log")
            assert (refused.status, refused.headers["WWW-Authenticate"]) == (401, "Bearer")

    def test_it_never_acts(self, desk: Newsdesk) -> None:
        desk.secrets()
        with desk.open() as visitor:
            assert visitor.post("/pause", Authorization=f"Bearer {ACTING}").status == 403
        with desk.house.store.reading() as tx:
            assert tx.pauses.all() == []

    def test_guessing_is_slowed_down_as_at_the_login(self, desk: Newsdesk) -> None:
        desk.secrets()
        with desk.open() as visitor:
            assert [self.get(visitor, f"not the secret {n}").status for n in range(4)] == [401] * 4
            refused = self.get(visitor, READING)
            assert (refused.status, refused.headers["Retry-After"]) == (429, "1")
            desk.clock.advance(1)
            assert self.get(visitor, READING).status == 200

    def test_an_old_secret_that_a_program_goes_on_with_locks_nobody_out(self, desk: Newsdesk) -> None:
        desk.secrets()
        with desk.open() as visitor:
            assert {self.get(visitor, "an old secret").status for _ in range(20)} == {401}
            assert visitor.log_in(READING).status == 303

    def test_a_new_secret_ends_the_old_and_the_old_one_may_come_back(self, desk: Newsdesk) -> None:
        desk.secrets()
        with desk.open() as visitor:
            assert self.get(visitor, READING).status == 200
            desk.passwords.write("read", "another secret")
            assert self.get(visitor, READING).status == 401
            assert self.get(visitor, "another secret").status == 200
            desk.passwords.write("read", READING)
            assert self.get(visitor, READING).status == 200

    def test_in_clear_it_is_not_even_looked_at(self, desk: Newsdesk) -> None:
        desk.secrets()
        with desk.open_in_front() as visitor:
            said = {"Authorization": f"Bearer {READING}", "X_Forwarded_Proto": "http"}
            assert visitor.get("/api/log", **said).status == 403
            assert visitor.get("/api/log", **(said | {"X_Forwarded_Proto": "https"})).status == 200
