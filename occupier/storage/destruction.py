"""The lawful destruction of a strike's register: words, hours and posts go; ids, slots, targets and hashes stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from occupier.domain.action import Purpose, State
from occupier.domain.ledger import BLANK, DESTROYED, Tally, blank_data
from occupier.domain.ports import Emptied
from occupier.domain.strike import Strike
from occupier.domain.times import utc_text
from occupier.storage.events import SqlEvents

_MINE = "(SELECT id FROM actions WHERE strike_id = :strike)"
# an hour at which somebody paused is a name in a team of two; one that another register tells too stays there
_PAUSES = (
    "kind IN ('paused', 'resumed') AND at >= :start AND at < :end AND NOT EXISTS (SELECT 1 FROM strikes o"
    " WHERE o.destroyed_at IS NULL AND o.starts_at <= events.at AND events.at < o.ends_at)"
)
_ITS_EVENTS = f"kind NOT IN ('{BLANK}', '{DESTROYED}') AND (strike_id = :strike OR action_id IN {_MINE} OR ({_PAUSES}))"
_BOOK = (
    "UPDATE strikes SET destroyed_at = :now, mandate = '', reason = '', who = NULL, url = NULL, agreed = NULL,"
    " messages = NULL, closed_at = coalesce(closed_at, ends_at) WHERE id = :strike",
    "DELETE FROM strike_scope WHERE strike_id = :strike",
    "DELETE FROM seals WHERE strike_id = :strike",
)
_BLANK_EVENTS = (
    f"UPDATE events SET kind = '{BLANK}', at = :now, data = :blank, action_id = NULL, strike_id = NULL,"
    f" target_id = NULL WHERE {_ITS_EVENTS}"
)
_ROWS = (
    # what was spent, and when it was at the latest, is still counted by today's ceilings and budget
    "UPDATE attempts SET token = 'destroyed:' || action_id || ':' || n, started_at = :end, ended_at = NULL,"
    " outcome = NULL, http_status = NULL, excerpt = '', not_before = CASE WHEN not_before > :now THEN not_before END"
    f" WHERE action_id IN {_MINE}",
    "UPDATE observations SET at = :end, complete = 1, found_remote_id = NULL, verdict = 'absent'"
    f" WHERE action_id IN {_MINE}",
    f"DELETE FROM readings WHERE action_id IN {_MINE}",
    f"DELETE FROM metrics WHERE strike_id = :strike OR action_id IN {_MINE}",
    f"UPDATE actions SET purpose = '{Purpose.DESTROYED.value}', state = '{State.LEFT.value}', reason = 'destroyed',"
    " due_at = :end, decided_at = :end, ordinary_text = NULL, payload = NULL, payload_hash = NULL, before = NULL,"
    " pool_index = NULL, claim_token = NULL, claimed_at = NULL, deadline = NULL, attempts = 0, remote_id = NULL,"
    " remote_url = NULL, proof = NULL, sent_at = NULL, gone_at = NULL, gone_by = NULL,"
    " handed_at = NULL, read_at = NULL,"
    " subject = CASE WHEN subject LIKE 'post:%' THEN 'post:' || id ELSE subject END WHERE strike_id = :strike",
    # known already, as a baseline is, and so never announced; those that another register tells of stay whole
    "UPDATE articles SET title = '', link = '', summary = '', categories = '[]', image = NULL, published_at = NULL,"
    " baseline = 1 WHERE id IN (SELECT article_id FROM actions WHERE strike_id = :strike) AND id NOT IN"
    f" (SELECT article_id FROM actions WHERE purpose <> '{Purpose.DESTROYED.value}' AND article_id IS NOT NULL)",
)
_FORGET_WORDS = "INSERT INTO words (words) VALUES ('optimize')"
"""What was deleted from FTS5's index is still in it until its segments are merged (FTS5, "The 'optimize' Command")."""


def empty(db: Connection, events: SqlEvents, strike: Strike, now: datetime) -> Emptied:
    """Destroy a strike's register in the transaction of `db`, and write the event of it.

    The triggers let pass only what is done here: a record of a strike marked as destroyed is made blank, once.
    """
    values = {
        "strike": strike.id,
        "now": utc_text(now),
        "start": utc_text(strike.starts_at),
        "end": utc_text(strike.ended_at),
        "blank": blank_data(strike.id),
    }
    for statement in _BOOK:
        _run(db, statement, values)
    tally = _tally(db, values)
    _run(db, _BLANK_EVENTS, values)
    rows = int(db.execute(text(f"SELECT count(*) FROM {_MINE}"), {"strike": strike.id}).scalar() or 0)
    for statement in _ROWS:
        _run(db, statement, values)
    _run(db, _FORGET_WORDS, {})
    said = {"strike": strike.name, "rows": rows, "records": tally.count, "digest": tally.digest()}
    events.add(DESTROYED, said, strike_id=strike.id)
    return Emptied(rows, tally.count)


def _tally(db: Connection, values: dict[str, Any]) -> Tally:
    found = text(f"SELECT seq, hash FROM events WHERE {_ITS_EVENTS} ORDER BY seq")
    tally, given = Tally(), {name: value for name, value in values.items() if name in ("strike", "start", "end")}
    for row in db.execute(found, given):
        tally.take(row.seq, row.hash, values["now"])
    return tally


def _run(db: Connection, statement: str, values: dict[str, Any]) -> None:
    # a colon of its own only before a name: the texts above have no other
    wanted = {name: value for name, value in values.items() if f":{name}" in statement}
    db.execute(text(statement), wanted)
