"""The chained record, which nobody can change, and what a running daemon notes."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text, text

from occupier.storage.schema.columns import UtcTime, metadata

NOTABLE = "kind NOT IN ('decided', 'claimed', 'settled', 'observed', 'looking', 'blank')"
"""Events that not every post brings: few, and asked for by their kind."""
EXEMPTED = "kind = 'decided' AND instr(data, '\"reason\":\"strike\"') = 0"
"""Decisions for another reason than that there is a strike."""
WATCHING_KINDS = ("gap", "watched")
"""Events about the watching of feeds: few, and asked for by period."""
_watching = ", ".join(f"'{kind}'" for kind in WATCHING_KINDS)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", String, nullable=False),
    Column("action_id", Integer),
    Column("strike_id", Integer),
    Column("target_id", Integer),
    Column("data", Text, nullable=False),
    Column("prev_hash", String, nullable=False),
    Column("hash", String, nullable=False),
    Index(None, "action_id", "seq"),
    Index("ix_events_notable", "kind", "strike_id", sqlite_where=text(NOTABLE)),
    Index("ix_events_exempted", "strike_id", "action_id", sqlite_where=text(EXEMPTED)),
    Index("ix_events_watching", "at", sqlite_where=text(f"kind IN ({_watching})")),
)

runtime = Table(
    "runtime",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Nothing of an event ever changes, but for one thing: the words of those of a strike whose register is destroyed are
# taken away, and only so that it shows. A condition that is NULL would let everything pass, so it is asked to be true.
_LAWFUL = (
    "OLD.kind NOT IN ('blank', 'destroyed') AND NEW.kind = 'blank' AND NEW.seq = OLD.seq "
    "AND NEW.prev_hash = OLD.prev_hash AND NEW.hash = OLD.hash "
    "AND NEW.action_id IS NULL AND NEW.strike_id IS NULL AND NEW.target_id IS NULL "
    "AND EXISTS (SELECT 1 FROM strikes s WHERE NEW.at = s.destroyed_at "
    "AND NEW.data = '{\"strike\":' || s.id || '}' AND (OLD.strike_id = s.id "
    "OR EXISTS (SELECT 1 FROM actions a WHERE a.id = OLD.action_id AND a.strike_id = s.id) "
    "OR (OLD.kind IN ('paused', 'resumed') AND OLD.at >= s.starts_at AND OLD.at < s.ends_at)))"
)
TRIGGERS = {
    "events_no_update": f"CREATE TRIGGER events_no_update BEFORE UPDATE ON events WHEN ({_LAWFUL}) IS NOT TRUE "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "events_no_delete": "CREATE TRIGGER events_no_delete BEFORE DELETE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
}
"""REPLACE deletes before it inserts: with `recursive_triggers` on, the second one refuses it too."""
