"""Empty places: where a usual post was deleted, and what is to stand there is not there yet. Told, and shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from occupier.domain.action import NOT_DONE, Action
from occupier.domain.errors import Sentence
from occupier.domain.ports import Transaction
from occupier.services.lane.replacing import creditor

SOON = timedelta(minutes=1)
"""Within which something usually stands in the place of a post that was deleted; after it, a person is told."""


@dataclass(frozen=True, slots=True)
class Empty:
    """A place where a usual post was deleted, since when, what is to stand there, and the reason why it does not."""

    deletion: Action
    follows: Action
    since: datetime
    why: str


def left_empty(tx: Transaction, since: timedelta) -> Iterator[Empty]:
    """Yield where a usual post was deleted this long ago, or longer, and nothing stands in its place."""
    for deletion in tx.actions.owed():
        at, follows = deletion.sent_at or deletion.decided_at, creditor(tx, deletion)
        if tx.now - at >= since:
            yield Empty(deletion, follows, at, _stopped_by(tx, deletion) or follows.reason or follows.state.value)


def _stopped_by(tx: Transaction, deletion: Action) -> str | None:
    pauses = [pause for pause in tx.pauses.all() if pause.target_id in (None, deletion.target_id)]
    return next((pause.reason if pause.by == "lane" else "paused" for pause in pauses), None)


def stands_empty(empty: Empty, account: str, title: str) -> Sentence:
    """Say that nothing announces an article on an account any more, why, and what becomes of it."""
    values = {
        "account": account,
        "title": title or "–",
        "at": empty.since,
        "reason": empty.why,
        "id": empty.follows.id,
    }
    if empty.follows.state in NOT_DONE:
        text = (
            "Nothing announces “{title}” on {account}: its usual post was deleted ({at}), and could not be posted again"
            " ({reason}). Post it by hand, or type occupier release {id}."
        )
    else:
        text = (
            "Nothing announces “{title}” on {account} at the moment: its usual post was deleted ({at}), and what is to"
            " stand in its place waits ({reason}). Once the account goes on, the strike message is posted there; or, if"
            " the strike is over by then, the usual message again."
        )
    return Sentence(text, values)
