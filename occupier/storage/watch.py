"""Feeds, articles and accounts in the journal."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, String, bindparam, case, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from occupier.domain.action import TRANSITIONS, State
from occupier.domain.article import Article, Key, KeyKind
from occupier.domain.errors import UnknownName
from occupier.domain.gaps import Gap, oldest_first
from occupier.domain.ledger import ACCOUNT
from occupier.domain.ports import FeedState, NewArticle, Target
from occupier.domain.setup import FeedSource
from occupier.storage.events import SqlEvents
from occupier.storage.rows import article_of
from occupier.storage.schema import (
    WATCHING_KINDS,
    actions,
    article_feeds,
    article_keys,
    articles,
    events,
    feeds,
    pauses,
    targets,
)

# one parameter, however many values: the statement stays the same, and is compiled once
_GIVEN = func.json_each(bindparam("given", type_=String)).table_valued("value").c.value


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
        seen = select(c.article_id).where(c.feed_id == feed_id, c.article_id.in_(select(_GIVEN)))
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
    return select(c.value, c.article_id).where(of_kind, c.value.in_(select(_GIVEN)))


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


class SqlTargets:
    """Accounts as the networks know them."""

    def __init__(self, connection: Connection, events: SqlEvents) -> None:
        self._db = connection
        self._events = events

    def ensure(self, name: str, platform: str, host: str, remote_id: str | None) -> Target:
        """Return the target that an account is, known by its identity or, before that, by its name."""
        c = targets.c
        same = select(targets).where(c.kind == "account", c.platform == platform, c.host == host)
        row = None
        if remote_id is not None:
            row = self._db.execute(same.where(c.remote_id == remote_id)).first()
        if row is None:
            by_name = same.where(c.name == name)
            if remote_id is not None:
                by_name = by_name.where(c.remote_id.is_(None))
            row = self._db.execute(by_name.order_by(c.verified_at.desc(), c.id.desc())).first()
        if row is None:
            self._make(name, platform, host, remote_id)
            return self.ensure(name, platform, host, remote_id)
        if row.name != name:
            self._db.execute(targets.update().where(c.id == row.id).values(name=name))
            self._tell(row.id)
        return _target(row, name=name)

    def _make(self, name: str, platform: str, host: str, remote_id: str | None) -> None:
        made = targets.insert().values(name=name, platform=platform, host=host, remote_id=remote_id)
        self._tell(self._db.execute(made.returning(targets.c.id)).scalar_one())

    def _tell(self, target_id: int) -> None:
        row = self._db.execute(select(targets).where(targets.c.id == target_id)).one()
        if row.remote_id is not None:  # before its network has confirmed it, nothing is posted under its name
            self._events.add(ACCOUNT, told_of_target(row), target_id=target_id)

    def verified(self, target_id: int, remote_id: str, limits: Mapping[str, int], at: datetime) -> Target:
        """Note an account's identity; one that was known under another name takes over what waited for it.

        The same name with another identity is another target: the history stays with the old one.
        """
        c = targets.c
        asked = self._db.execute(select(targets).where(c.id == target_id)).one()
        known = self._db.execute(
            select(targets).where(
                c.kind == asked.kind,
                c.platform == asked.platform,
                c.host == asked.host,
                c.remote_id == remote_id,
            )
        ).first()
        owner = known.id if known else target_id
        if known is None and asked.remote_id is not None:
            self._make(asked.name, asked.platform, asked.host, remote_id)
            return self.verified(target_id, remote_id, limits, at)
        values: dict[str, Any] = {"remote_id": remote_id, "name": asked.name, "verified_at": at}
        if limits:
            values["limits"] = json.dumps(dict(limits))
        self._db.execute(targets.update().where(c.id == owner).values(**values))
        row = self._db.execute(select(targets).where(c.id == owner)).one()
        if told_of_target(row) != told_of_target(known or asked):
            self._tell(owner)
        if owner != target_id and asked.remote_id is None:
            self._hand_over(target_id, owner)
        return _target(row)

    def _hand_over(self, waiting: int, owner: int) -> None:
        c, theirs = actions.c, actions.alias()
        taken = exists().where(theirs.c.target_id == owner, theirs.c.subject == c.subject, theirs.c.slot == c.slot)
        mine = actions.update().where(c.target_id == waiting)
        moved = self._db.execute(mine.where(~taken).values(target_id=owner)).rowcount
        # a stop asked for before the account was known is a stop of this account
        stopped = self._db.execute(
            pauses.update().where(pauses.c.target_id == waiting).values(target_id=owner)
        ).rowcount
        if moved or stopped:
            self._events.add("handed_over", {"from": waiting, "actions": moved, "pauses": stopped}, target_id=owner)
        self._leave_doubles(waiting)

    def _leave_doubles(self, waiting: int) -> None:
        c = actions.c
        ends = [state.value for state, following in TRANSITIONS.items() if State.LEFT in following]
        doubles = self._db.execute(select(c.id, c.state).where(c.target_id == waiting, c.state.in_(ends))).all()
        for double in doubles:
            left = {"state": State.LEFT.value, "reason": "same_account"}
            self._db.execute(actions.update().where(c.id == double.id).values(**left))
            told = {"from": double.state, "to": State.LEFT.value, "reason": "same_account"}
            self._events.add("left", told, action_id=double.id, target_id=waiting)

    def all(self) -> list[Target]:
        """Return every target."""
        return [_target(row) for row in self._db.execute(select(targets).order_by(targets.c.id))]


def told_of_target(row: Row[Any]) -> dict[str, str]:
    """Return what the event of an account tells: what a row of the log is shown under."""
    told = {"name": row.name, "platform": row.platform, "host": row.host, "remote_id": row.remote_id}
    return {name: value for name, value in told.items() if value is not None}


def _target(row: Row[Any], name: str | None = None) -> Target:
    return Target(
        id=row.id,
        name=name or row.name,
        platform=row.platform,
        host=row.host,
        remote_id=row.remote_id,
        limits=json.loads(row.limits),
        verified_at=row.verified_at,
    )
