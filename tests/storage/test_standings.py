"""The counts that are kept are those that a look at every row would find."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from occupier.domain.action import State
from occupier.domain.ports import Change
from tests.storage.journal import Journal

_ALL = "SELECT target_id, purpose, state, count(*) FROM actions GROUP BY 1, 2, 3"
_KEPT = "SELECT target_id, purpose, state, n FROM standings WHERE n <> 0"


def counts(journal: Journal) -> set[object]:
    with closing(sqlite3.connect(journal.path)) as db:
        return set(db.execute(_KEPT))


def agree(journal: Journal) -> bool:
    with closing(sqlite3.connect(journal.path)) as db:
        counted, kept = set(db.execute(_ALL)), set(db.execute(_KEPT))
    return counted == kept


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["add", "claim", "send", "drop", "roll back", "remove"]), min_size=1, max_size=8))
def test_after_every_change_the_counts_are_those_of_the_rows(journal: Journal, steps: list[str]) -> None:
    target = journal.target()
    with journal.store.reading() as tx:
        known = next((s for s in tx.strikes.all() if s.name == "retraites"), None)
    strike = known or journal.strike()
    for step in ["add", *steps]:
        with journal.store.reading() as tx:
            waiting = tx.actions.in_state(State.PENDING)
        if step == "add" or not waiting:
            journal.action(target, strike if len(waiting) % 2 else None)
            assert counts(journal)
        elif step == "claim":
            journal.claimed(waiting[0])
        elif step == "send":
            journal.sent(waiting[0], f"post-{waiting[0].id}")
        elif step == "drop":
            with journal.writing() as tx:
                tx.actions.change(waiting[0], Change(State.LEFT, "rule"), "left")
        else:
            remove(journal, waiting[-1].id, keep=step == "roll back")
        assert agree(journal)


def remove(journal: Journal, action_id: int, *, keep: bool) -> None:
    with closing(sqlite3.connect(journal.path)) as db:
        db.execute("DELETE FROM actions WHERE id = ?", (action_id,))
        db.rollback() if keep else db.commit()


def test_the_latest_post_is_looked_up(journal: Journal) -> None:
    from sqlalchemy import event

    target, strike, seen = journal.target(), journal.strike(), list[tuple[str, object]]()
    journal.sent(journal.action(target, strike), "1")
    journal.clock.advance(60)
    newest = journal.sent(journal.action(target, strike), "2")
    event.listen(
        journal.store._engine, "before_cursor_execute", lambda _c, _x, sql, values, *_: seen.append((sql, values))
    )
    with journal.store.reading() as tx:
        found = tx.actions.last_sent(target.id)
    assert found is not None
    assert found.id == newest.id
    sql, values = next(one for one in seen if "sent_at" in one[0])
    with closing(sqlite3.connect(journal.path)) as db:
        plan = " ".join(str(row[3]) for row in db.execute(f"EXPLAIN QUERY PLAN {sql}", values))  # type: ignore[arg-type]
    assert "ix_actions_posted" in plan
    assert "TEMP B-TREE" not in plan
