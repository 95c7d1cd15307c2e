from __future__ import annotations

import pytest

from occupier.domain.action import Purpose, State
from occupier.domain.errors import UnknownName
from occupier.domain.outcome import Uncertain
from occupier.domain.ports import Change, NewAction, Observation
from tests.fakes import START
from tests.storage.journal import HOUR, MINUTE, SECOND, Journal


def test_one_announcement_per_article_and_account_for_ever(journal: Journal) -> None:
    target, article = journal.target(), journal.article()
    first = journal.action(target, article=article, state=State.LEFT)
    with journal.writing() as tx:
        new = NewAction(target.id, article.id, Purpose.ORDINARY, State.PENDING, "outside", START, START)
        assert tx.actions.add(new) is None
        assert [e.kind for e in tx.events.since(0)] == ["decided"]
    assert journal.get(first).state is State.LEFT
    assert journal.action(journal.target("autre"), article=article).id != first.id


def test_an_unknown_record_is_said(journal: Journal) -> None:
    with journal.store.reading() as tx, pytest.raises(UnknownName, match="no record 9"):
        tx.actions.get(9)


def test_the_oldest_whose_hour_has_come_goes_first(journal: Journal) -> None:
    target = journal.target()
    late, early = journal.action(target, due_at=START), journal.action(target, due_at=START - SECOND)
    journal.action(target, due_at=START + HOUR)
    journal.action(target, state=State.HELD, due_at=START - HOUR)
    journal.action(journal.target("autre"), due_at=START - HOUR)
    with journal.store.reading() as tx:
        due = tx.actions.due(target.id, START)
        assert due is not None
        assert due.id == early.id
        assert tx.actions.due(target.id, START - HOUR) is None
        assert [a.id for a in tx.actions.in_state(State.PENDING, target_id=target.id)][:2] == [late.id, early.id]
        assert len(tx.actions.in_state(State.PENDING, State.HELD)) == 5


def test_the_next_hour_is_that_of_a_post_of_a_look_or_of_a_lost_call(journal: Journal) -> None:
    target = journal.target()
    with journal.store.reading() as tx:
        assert tx.actions.next_at(target.id) is None
    action = journal.action(target)
    journal.action(target, due_at=START + HOUR)
    mine = journal.claimed(action)
    with journal.store.reading() as tx:
        assert tx.actions.next_at(target.id) == START + 25 * SECOND
    journal.settle(mine, Change(State.UNCERTAIN, "reset", due_at=START + MINUTE), Uncertain("reset"))
    with journal.store.reading() as tx:
        assert tx.actions.next_at(target.id) == START + MINUTE


def test_the_place_in_the_pool_is_that_of_the_last_claim(journal: Journal) -> None:
    target, strike = journal.target(), journal.strike()
    with journal.store.reading() as tx:
        assert tx.actions.last_pool_index(target.id) is None
    for index in (0, 2, 1):
        journal.clock.advance(1)
        journal.claimed(journal.action(target, strike), pool_index=index)
    journal.claimed(journal.action(target))
    with journal.store.reading() as tx:
        assert tx.actions.last_pool_index(target.id) == 1


def test_what_readings_found_is_kept_and_told(journal: Journal) -> None:
    action = journal.action(journal.target())
    seen = [
        Observation(action.id, START, True, "absent"),
        Observation(action.id, START + MINUTE, False, "elsewhere", "7"),
        Observation(action.id, START + HOUR, True, "present", "9", 5),
    ]
    with journal.writing() as tx:
        for observation in seen:
            tx.actions.observe(observation)
        assert tx.actions.observations(action.id, START) == seen
        assert tx.actions.observations(action.id, START + MINUTE) == seen[1:]
        assert [e.kind for e in tx.events.since(0)][1:] == ["observed", "announced_elsewhere", "observed"]


def test_the_last_outcomes_are_the_newest_first(journal: Journal) -> None:
    target = journal.target()
    for n in range(3):
        journal.clock.advance(1)
        journal.sent(journal.action(target), str(n))
    journal.clock.advance(1)
    mine = journal.claimed(journal.action(target))
    with journal.store.reading() as tx:
        assert tx.actions.last_outcomes(target.id, 2) == ["receipt"] * 2
    journal.settle(mine, Change(State.UNCERTAIN, "reset"), Uncertain("reset"))
    with journal.store.reading() as tx:
        assert tx.actions.last_outcomes(target.id, 2) == ["uncertain", "receipt"]
