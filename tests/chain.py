"""The chain as a reader of its events computes it."""

from __future__ import annotations

from occupier.domain.ledger import Record, record_hash
from occupier.domain.ports import Event
from occupier.domain.times import utc_text
from occupier.storage.events import event_text


def event_hash(event: Event) -> str:
    """Return the hash that an event must have, for what it says and what it follows."""
    ids = (event.action_id, event.strike_id, event.target_id)
    return record_hash(
        Record(event.seq, utc_text(event.at), event.kind, *ids, event_text(event.data), event.prev_hash, "")
    )
