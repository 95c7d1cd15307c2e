"""Feeds in the journal, and the gaps in watching them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from occupier.domain.gaps import Gap, oldest_first
from occupier.domain.ports import FeedState
from occupier.domain.setup import FeedSource
from occupier.storage.schema import WATCHING_KINDS, events, feeds


class SqlFeeds:
    """Feeds in the journal."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def ensure(self, source: FeedSource) -> FeedState:
        """Return the feed of that name; a changed address makes it a new one, with a baseline to come."""
        row = self._db.execute(select(feeds).where(feeds.c.name == source.name)).first()
        if row is None:
            self._db.execute(feeds.insert().values(name=source.name, url=source.url))
            return self.ensure(source)
        state = FeedState(**row._mapping)
        if state.url != source.url:
            # when anybody last looked stays true: a gap may have begun then
            state = FeedState(id=state.id, name=state.name, url=source.url, last_ok_at=state.last_ok_at)
            self.save(state)
        return state

    def all(self) -> list[FeedState]:
        """Return every feed ever watched."""
        return [FeedState(**row._mapping) for row in self._db.execute(select(feeds).order_by(feeds.c.id))]

    def names(self, ids: Collection[int]) -> list[str]:
        """Return the names of these feeds, oldest first."""
        query = select(feeds.c.name).where(feeds.c.id.in_(ids)).order_by(feeds.c.id)
        return [str(name) for name in self._db.execute(query).scalars()]

    def save(self, feed: FeedState) -> None:
        """Write a feed's state back."""
        self._db.execute(feeds.update().where(feeds.c.id == feed.id).values(**asdict(feed)))

    def save_same(self, states: Sequence[FeedState]) -> None:
        """Write states back, of those only whose document is still the one of the state."""
        c = feeds.c
        same = (c.id == bindparam("its_id")) & c.body_hash.is_not_distinct_from(bindparam("its_hash"))
        rows = [
            {"its_id": s.id, "its_hash": s.body_hash, "etag": s.etag, "modified": s.modified,
             "last_ok_at": s.last_ok_at, "next_at": s.next_at, "failures": s.failures}
            for s in states
        ]  # fmt: skip
        self._db.execute(feeds.update().where(same), rows)

    def gaps(self, since: datetime, until: datetime) -> list[Gap]:
        """Return the gaps in watching that are over and touch the period, a feed's time before its first reading too.

        They are in the record, written when the feed was read again: the ones of the period are found by their date.
        """
        c = events.c
        ended = select(c.kind, c.data).where(c.kind.in_(WATCHING_KINDS), c.at >= since).order_by(c.seq)
        told = ((row.kind, json.loads(row.data)) for row in self._db.execute(ended))
        found = (_gap(kind, data, since) for kind, data in told)
        return oldest_first(gap for gap in found if gap.touches(since, until))


def _gap(kind: str, data: Mapping[str, str], since: datetime) -> Gap:
    at = datetime.fromisoformat(data["from"])
    if kind == "watched":
        return Gap(data["feed"], min(since, at), at)
    return Gap(data["feed"], at, datetime.fromisoformat(data["to"]))
