"""The log for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from occupier.domain.ports import LogQuery
from tests.web.newsdesk import Newsdesk, Visitor


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
        ("?account=autre", 0),
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
    "query", ["?limit=0", "?limit=x", "?after=-1", "?acount=a", "?state=nope", "?since=2020-01-24"]
)
def test_what_is_asked_wrongly_is_said(visitor: Visitor, query: str) -> None:
    answer = visitor.get(f"/api/log{query}")
    assert answer.status == 400
    assert set(json.loads(answer.text)) == {"version", "error"}
