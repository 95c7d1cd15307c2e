"""A person's word, from the page to the journal."""

from __future__ import annotations

import pytest

from occupier.domain.action import Proof, State
from tests.web.newsdesk import Newsdesk, Visitor


def test_everything_is_paused_and_goes_on(desk: Newsdesk, visitor: Visitor) -> None:
    visitor.post("/pause", {"back": "/accounts"})
    with desk.house.store.reading() as tx:
        assert [(p.target_id, p.by) for p in tx.pauses.all()] == [(None, "person")]
    assert "Tout est en pause." in visitor.get("/").text
    visitor.post("/resume")
    with desk.house.store.reading() as tx:
        assert tx.pauses.all() == []


def test_one_account_is_paused_and_goes_on(desk: Newsdesk, visitor: Visitor) -> None:
    visitor.post("/pause", {"account": "compte"})
    with desk.house.store.reading() as tx:
        assert [p.target_id for p in tx.pauses.all()] == [desk.target.id]
    visitor.post("/resume", {"account": "compte"})
    with desk.house.store.reading() as tx:
        assert tx.pauses.all() == []


def test_an_account_that_there_is_not_is_said(visitor: Visitor) -> None:
    answer = visitor.post("/pause", {"account": "nobody"})
    assert answer.status == 404
    assert "nobody" in answer.text


def test_a_strike_ends_only_once_that_was_confirmed(desk: Newsdesk, visitor: Visitor) -> None:
    asked = visitor.post(f"/strikes/{desk.strike.name}/end")
    assert asked.status == 200
    assert 'name="confirmed" value="yes"' in asked.text
    with desk.house.store.reading() as tx:
        assert tx.strikes.get(desk.strike.name).closed_at is None
    assert visitor.post(f"/strikes/{desk.strike.name}/end", {"confirmed": "yes"}).status == 303
    with desk.house.store.reading() as tx:
        assert tx.strikes.get(desk.strike.name).closed_at == desk.clock.now()
    assert visitor.post(f"/strikes/{desk.strike.name}/end", {"confirmed": "yes"}).status == 409


def test_a_strike_that_there_is_not_is_said(visitor: Visitor) -> None:
    assert visitor.post("/strikes/nope/end").status == 404


def test_who_sees_the_post_gives_its_address(desk: Newsdesk, visitor: Visitor) -> None:
    action = desk.uncertain()
    fields = {"seen": "yes", "url": "https://piaille.fr/@compte/123456#here", "back": "/check"}
    assert visitor.post(f"/actions/{action.id}/resolve", fields).location == "/check"
    now = desk.journal.get(action)
    assert (now.state, now.proof, now.remote_url) == (State.SENT, Proof.PERSON, "https://piaille.fr/@compte/123456")


def test_who_does_not_see_the_post_has_it_tried_again(desk: Newsdesk, visitor: Visitor) -> None:
    action = desk.uncertain()
    assert visitor.post(f"/actions/{action.id}/resolve", {"seen": "no"}).status == 303
    assert desk.journal.get(action).state is State.RETRY


@pytest.mark.parametrize("fields", [{"seen": "yes", "url": ""}, {"seen": "yes", "url": "javascript:alert(1)"}, {}])
def test_an_answer_that_says_nothing_changes_nothing(desk: Newsdesk, visitor: Visitor, fields: dict[str, str]) -> None:
    action = desk.uncertain()
    assert visitor.post(f"/actions/{action.id}/resolve", fields).status == 409
    assert desk.journal.get(action).state is State.UNCERTAIN


def test_a_held_post_is_released(desk: Newsdesk, visitor: Visitor) -> None:
    action = desk.held()
    assert visitor.post(f"/actions/{action.id}/release").status == 303
    assert desk.journal.get(action).state is State.PENDING


def test_a_held_post_is_dropped_once_that_was_confirmed(desk: Newsdesk, visitor: Visitor) -> None:
    action = desk.held()
    assert visitor.post(f"/actions/{action.id}/drop").status == 200
    assert desk.journal.get(action).state is State.HELD
    assert visitor.post(f"/actions/{action.id}/drop", {"confirmed": "yes"}).status == 303
    assert desk.journal.get(action).state is State.LEFT


@pytest.mark.parametrize("word", ["resolve", "release", "drop"])
def test_a_second_answer_finds_nothing_to_answer(desk: Newsdesk, visitor: Visitor, word: str) -> None:
    action = desk.held()
    with desk.journal.writing() as tx:
        tx.strikes.close(desk.strike.id, tx.now, "ended")
    fields = {"confirmed": "yes", "seen": "no"}
    visitor.post(f"/actions/{action.id}/drop", fields)
    assert visitor.post(f"/actions/{action.id}/{word}", fields).status == 409


@pytest.mark.parametrize("number", ["0", "999", "x", "9" * 30, "-1"])
def test_a_post_that_there_is_not_is_said(visitor: Visitor, number: str) -> None:
    assert visitor.post(f"/actions/{number}/release").status == 404
