"""Strike feeds in the journal: what they are made of, and who reads them."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text
from sqlalchemy.dialects.sqlite import insert

from occupier.domain.action import ANNOUNCE, Action, Payload, Purpose, State
from occupier.domain.handing import Document, Placed, Reader
from occupier.domain.ports import Actions
from occupier.storage.given import GIVEN
from occupier.storage.rows import action_of
from occupier.storage.schema import UNREAD, actions, documents, readers, readings


class SqlKiosk:
    """Documents, readers and readings."""

    def __init__(self, connection: Connection, outbox: Actions, now: datetime) -> None:
        self._db = connection
        self._outbox = outbox
        self._now = now

    def keep(self, feed_id: int, document: Document) -> None:
        """Keep a feed's last document, in the place of the one before."""
        values = {
            "hash": document.hash,
            "body": zlib.compress(document.body),
            "articles": json.dumps(document.articles),
        }
        put = insert(documents).values(feed_id=feed_id, **values)
        self._db.execute(put.on_conflict_do_update(index_elements=["feed_id"], set_=values))

    def document(self, feed_id: int) -> Document | None:
        """Return a feed's last document."""
        row = self._db.execute(select(documents).where(documents.c.feed_id == feed_id)).first()
        return Document(zlib.decompress(row.body), tuple(json.loads(row.articles)), row.hash) if row else None

    def placed(self, target_id: int, articles: Collection[int]) -> dict[int, Placed]:
        """Return what is decided about these articles on a strike feed, by article."""
        c = actions.c
        mine = (c.target_id == target_id) & (c.slot == ANNOUNCE) & c.article_id.in_(select(GIVEN))
        rows = self._db.execute(select(actions).where(mine), {"given": json.dumps(list(articles))})
        return {row.article_id: _placed(row) for row in rows}

    def readers(self, target_id: int) -> list[Reader]:
        """Return who reads a strike feed, the first first."""
        c = readers.c
        return [
            _reader(row) for row in self._db.execute(select(readers).where(c.target_id == target_id).order_by(c.id))
        ]

    def readings(self, target_id: int) -> dict[int, set[int]]:
        """Return which of the entries that are handed each reader has, by its id."""
        found: dict[int, set[int]] = defaultdict(set)
        of = (
            select(readings).join(readers, readers.c.id == readings.c.reader_id).where(readers.c.target_id == target_id)
        )
        for row in self._db.execute(of):
            found[row.reader_id].add(row.action_id)
        return found

    def note(self, target_id: int, agent: str, actions: Collection[int]) -> Reader:
        """Note that somebody reads, and which handed entries it has from now on; return it as it is known."""
        c = readers.c
        first = {"target_id": target_id, "agent": agent, "first_at": self._now, "last_at": self._now, "reads": 1}
        again = {"last_at": self._now, "reads": c.reads + 1}
        put = insert(readers).values(first).on_conflict_do_update(index_elements=["target_id", "agent"], set_=again)
        reader = _reader(self._db.execute(put.returning(readers)).one())
        has = [{"reader_id": reader.id, "action_id": action_id} for action_id in actions]
        if has:
            self._db.execute(insert(readings).on_conflict_do_nothing(), has)
            self._outbox.read(actions, agent)
        return reader

    def note_again(self, reads: Mapping[int, tuple[datetime, int]]) -> None:
        """Note how often readers came again, and when last."""
        c = readers.c
        again = readers.update().where(c.id == bindparam("its_id"))
        again = again.values(last_at=bindparam("its_last"), reads=c.reads + bindparam("more"))
        rows = [{"its_id": reader, "its_last": at, "more": more} for reader, (at, more) in reads.items()]
        if rows:
            self._db.execute(again, rows)

    def unread(self) -> list[Action]:
        """Return the strike entries that were handed and that nobody was seen to read, oldest first."""
        c = actions.c
        found = select(actions).where(text(UNREAD), c.purpose == Purpose.STRIKE.value).order_by(c.handed_at, c.id)
        return [action_of(row) for row in self._db.execute(found)]


def _placed(row: Row[Any]) -> Placed:
    payload = Payload.from_json(row.payload) if row.payload else None
    given = row.handed_at, row.read_at
    return Placed(row.id, Purpose(row.purpose), State(row.state), payload, row.strike_id, *given)


def _reader(row: Row[Any]) -> Reader:
    return Reader(row.id, row.agent, row.first_at, row.last_at, row.reads)
