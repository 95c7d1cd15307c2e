"""Articles in the journal, their keys, and the feeds that they were seen in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, case, func, select
from sqlalchemy.dialects.sqlite import insert

from occupier.domain.article import Article, Key, KeyKind
from occupier.domain.errors import UnknownName
from occupier.domain.ports import NewArticle
from occupier.storage.given import GIVEN
from occupier.storage.rows import article_of
from occupier.storage.schema import article_feeds, article_keys, articles


class SqlArticles:
    """Articles and their keys."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def owners(self, keys: Sequence[Key]) -> dict[Key, int]:
        """Return the ids of the articles that have these keys; a key that is free is not in it."""
        found = {}
        for kind, scope in {(key.kind, key.scope) for key in keys}:
            values = [key.value for key in keys if (key.kind, key.scope) == (kind, scope)]
            given = {"given": json.dumps(values), "kind": kind.value, "scope": scope}
            for value, article_id in self._db.execute(_owners(), given):
                found[Key(KeyKind(kind), scope, value)] = article_id
        return found

    def add(self, new: Sequence[NewArticle], feed_id: int, seen_at: datetime) -> list[Article]:
        """Write new articles, seen in one feed."""
        if not new:
            return []
        # nobody else writes during this transaction: the next ids are ours
        first = int(self._db.execute(select(func.max(articles.c.id))).scalar() or 0) + 1
        rows = [_article_values(first + n, one, seen_at) for n, one in enumerate(new)]
        self._db.execute(articles.insert(), rows)
        self._see([row["id"] for row in rows], feed_id, seen_at)
        self.add_keys((row["id"], one.keys) for row, one in zip(rows, new, strict=True))
        seen_in = frozenset({feed_id})
        return [
            Article(**(row | {"categories": one.entry.categories}), feeds=seen_in)
            for row, one in zip(rows, new, strict=True)
        ]

    def add_keys(self, found: Iterable[tuple[int, Sequence[Key]]]) -> None:
        """Give articles, by their ids, those of the keys that are free."""
        rows = [
            {"kind": key.kind.value, "scope": key.scope, "value": key.value, "article_id": article_id}
            for article_id, keys in found
            for key in keys
        ]
        if rows:
            self._db.execute(insert(article_keys).on_conflict_do_nothing(), rows)

    def see(self, ids: Sequence[int], feed_id: int, at: datetime) -> list[int]:
        """Note that the feed has these articles; return those of which it was not known."""
        c = article_feeds.c
        seen = select(c.article_id).where(c.feed_id == feed_id, c.article_id.in_(select(GIVEN)))
        known = set(self._db.execute(seen, {"given": json.dumps(list(ids))}).scalars())
        news = [article_id for article_id in dict.fromkeys(ids) if article_id not in known]
        if news:
            self._see(news, feed_id, at)
        return news

    def _see(self, ids: Sequence[int], feed_id: int, at: datetime) -> None:
        rows = [{"article_id": article_id, "feed_id": feed_id, "seen_at": at} for article_id in ids]
        self._db.execute(article_feeds.insert(), rows)

    def get(self, article_id: int) -> Article:
        """Return one article; raises UnknownName."""
        row = self._db.execute(select(articles).where(articles.c.id == article_id)).first()
        if row is None:
            raise UnknownName("There is no article {id}.", id=article_id)
        return self._whole(row)

    def _whole(self, row: Row[Any]) -> Article:
        seen = self._db.execute(select(article_feeds.c.feed_id).where(article_feeds.c.article_id == row.id))
        return article_of(row, frozenset(seen.scalars()))

    def newest(self, feed_id: int | None, count: int) -> list[Article]:
        """Return the newest articles of a feed, or of all."""
        query = select(articles).order_by(
            func.coalesce(articles.c.published_at, articles.c.first_seen_at).desc(), articles.c.id.desc()
        )
        if feed_id is not None:
            query = query.join(article_feeds).where(article_feeds.c.feed_id == feed_id)
        return [self._whole(row) for row in self._db.execute(query.limit(count)).all()]

    def appeared(self, feed_id: int, since: datetime) -> list[datetime]:
        """Return when the articles of a feed appeared since then, oldest first."""
        # the oldest id of that time keeps the reading to the newest rows of the feed, however long it is known
        oldest = select(func.min(articles.c.id)).where(articles.c.first_seen_at >= since).scalar_subquery()
        at = case((articles.c.baseline, articles.c.published_at), else_=article_feeds.c.seen_at)
        query = select(at).join_from(article_feeds, articles)
        query = query.where(article_feeds.c.feed_id == feed_id, article_feeds.c.article_id >= oldest, at >= since)
        return sorted(self._db.execute(query).scalars())

    def busiest_hour(self, since: datetime) -> int:
        """Return the most articles that were published within one clock hour since then."""
        hour = func.substr(articles.c.published_at, 1, 13)
        per_hour = select(func.count().label("n")).where(articles.c.published_at >= since).group_by(hour).subquery()
        return int(self._db.execute(select(func.max(per_hour.c.n))).scalar() or 0)


@cache
def _owners() -> Select[Any]:
    c = article_keys.c
    of_kind = (c.kind == bindparam("kind")) & (c.scope == bindparam("scope"))
    return select(c.value, c.article_id).where(of_kind, c.value.in_(select(GIVEN)))


def _article_values(article_id: int, new: NewArticle, seen_at: datetime) -> dict[str, Any]:
    entry = new.entry
    return {
        "id": article_id,
        "title": entry.title,
        "link": entry.link,
        "summary": entry.summary,
        "categories": json.dumps(entry.categories, ensure_ascii=False),
        "image": entry.image,
        "published_at": entry.published_at,
        "first_seen_at": seen_at,
        "counted_from": new.counted_from,
        "baseline": new.baseline,
    }
