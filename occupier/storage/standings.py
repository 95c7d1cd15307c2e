"""How many actions of each account stand how: counted as they change, since a look at all of a log takes a second.

Triggers keep the table as `actions` is, in the same transaction; they are made by the migration.
"""

from __future__ import annotations

from collections.abc import Mapping


def _alike(row: str) -> str:
    return f"target_id = {row}.target_id AND purpose = {row}.purpose AND state = {row}.state"


# no upsert: within a trigger the statement outside says what becomes of a conflict (SQLite, "CREATE TRIGGER")
_MORE = (
    "INSERT INTO standings (target_id, purpose, state, n) SELECT new.target_id, new.purpose, new.state, 0 "
    f"WHERE NOT EXISTS (SELECT 1 FROM standings WHERE {_alike('new')}); "
    f"UPDATE standings SET n = n + 1 WHERE {_alike('new')};"
)
_LESS = f"UPDATE standings SET n = n - 1 WHERE {_alike('old')};"

STANDINGS_TRIGGERS: Mapping[str, str] = {
    "standings_added": f"CREATE TRIGGER standings_added AFTER INSERT ON actions BEGIN {_MORE} END",
    "standings_changed": "CREATE TRIGGER standings_changed AFTER UPDATE OF target_id, purpose, state ON actions "
    "WHEN old.state IS NOT new.state OR old.purpose IS NOT new.purpose OR old.target_id IS NOT new.target_id "
    f"BEGIN {_LESS} {_MORE} END",
    "standings_removed": f"CREATE TRIGGER standings_removed AFTER DELETE ON actions BEGIN {_LESS} END",
}
