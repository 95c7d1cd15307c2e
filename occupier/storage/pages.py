"""Pages of the log found without reading it: which records a page has, and how many there are.

A page is in the order of the decisions, which is that of the ids wherever the clock was not set back. Each filter alone
may fit a handful of records or a million; whatever fits few is looked up, and the rest is asked of those.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    UnaryExpression,
    column,
    exists,
    func,
    literal,
    select,
    table,
    tuple_,
)
from sqlalchemy.sql.operators import custom_op

from occupier.domain.action import Purpose
from occupier.domain.browsing import COUNTED, Browsing
from occupier.storage.schema import actions, article_feeds, feeds, strikes, targets
from occupier.storage.words import expression

_words = table("words", column("rowid", Integer), column("words", String))
_feed_of = article_feeds.alias("feed_of")
_Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of one page, newest first, and what stands around it."""

    ids: tuple[int, ...] = ()
    count: int = 0
    is_more: bool = False
    has_newer: bool = False
    has_older: bool = False


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to the records: where they are read, on which conditions, and what they are in order of."""

    source: Any
    conditions: tuple[_Condition, ...]
    order: tuple[ColumnElement[Any], ...]


def find_page(db: Connection, asked: Browsing, most: int = COUNTED) -> Found:
    """Return the page that is asked for; an empty one where a name is not known. `most` are counted one by one."""
    way = _way(db, asked, most)
    if way is None:
        return Found()
    count = _count(db, way, most)
    is_backwards = asked.newer_than is not None
    ids = _ids(db, way, asked)
    is_cut = len(ids) > asked.size
    ids = ids[: asked.size]
    return Found(
        tuple(reversed(ids)) if is_backwards else tuple(ids),
        min(count, most),
        is_more=count > most,
        has_newer=is_cut if is_backwards else asked.older_than is not None,
        has_older=True if is_backwards else is_cut,
    )


def _ids(db: Connection, way: _Way, asked: Browsing) -> list[int]:
    wanted = select(actions.c.id).select_from(way.source).where(*way.conditions)
    if asked.newer_than is not None:
        edge, order = _edge(db, way, asked.newer_than), [key.asc() for key in way.order]
        wanted = wanted.where(tuple_(*way.order) > edge)
    else:
        order = [key.desc() for key in way.order]
        if asked.older_than is not None:
            wanted = wanted.where(tuple_(*way.order) < _edge(db, way, asked.older_than))
    return list(db.execute(wanted.order_by(*order).limit(asked.size + 1)).scalars())


def _edge(db: Connection, way: _Way, action_id: int) -> Any:
    if len(way.order) == 1:
        return tuple_(action_id)
    decided_at = db.execute(select(actions.c.decided_at).where(actions.c.id == action_id)).scalar()
    return tuple_(literal(decided_at, actions.c.decided_at.type), action_id)


def _count(db: Connection, way: _Way, most: int) -> int:
    some = select(actions.c.id).select_from(way.source).where(*way.conditions).limit(most + 1)
    return db.execute(select(func.count()).select_from(some.subquery())).scalar() or 0


def _way(db: Connection, asked: Browsing, most: int) -> _Way | None:
    structured = _structured(db, asked)
    if structured is None:
        return None
    way = _by_filters(db, asked, structured, most)
    if asked.words is None:
        return way
    query = expression(asked.words)
    return None if query is None or way is None else _by_words(db, asked, way, query, most)


def _by_filters(db: Connection, asked: Browsing, structured: tuple[_Condition, ...], most: int) -> _Way | None:
    """Return the way through the index of the whole log, or through what few records have in common."""
    c = actions.c
    way = _Way(actions, structured, (c.decided_at, c.id))
    if asked.feed is not None:
        feed_id = db.execute(select(feeds.c.id).where(feeds.c.name == asked.feed)).scalar()
        if feed_id is None:
            return None
        if _is_few(db, select(article_feeds.c.article_id).where(article_feeds.c.feed_id == feed_id), most):
            joined = _feed_of.join(actions, _feed_of.c.article_id == c.article_id)
            return replace(way, source=joined, conditions=(_feed_of.c.feed_id == feed_id, *structured))
        in_feed = exists().where(_feed_of.c.article_id == c.article_id, _feed_of.c.feed_id == feed_id)
        way = replace(way, conditions=(*structured, in_feed))
    in_state = c.state.in_([state.value for state in asked.states])
    if asked.states and _is_few(db, select(c.id).where(in_state), most):
        return replace(way, conditions=(in_state, *way.conditions))
    return way


def _by_words(db: Connection, asked: Browsing, way: _Way, query: str, most: int) -> _Way:
    fits = _words.c.words.bool_op("MATCH")(query)
    matching = select(_words.c.rowid).where(fits)
    joined = way.source.join(_words, _words.c.rowid == actions.c.id)
    found_by_words = _Way(joined, (fits, *way.conditions), (_words.c.rowid,))
    if _is_few(db, matching, most):
        return found_by_words
    is_few = _count(db, way, most) <= most
    if not is_few and asked.strike is None and asked.since is None and asked.until is None:
        return found_by_words
    first, last = _ends(db, way)
    between = (_words.c.rowid >= first, _words.c.rowid <= last)
    if is_few:
        return replace(way, conditions=(*way.conditions, _bare(actions.c.id).in_(matching.where(*between))))
    return replace(found_by_words, conditions=(*found_by_words.conditions, *between))


def _ends(db: Connection, way: _Way) -> tuple[int, int]:
    """Return between which ids everything is that the other filters leave."""
    ends = select(func.min(_bare(actions.c.id)), func.max(_bare(actions.c.id)))
    first, last = db.execute(ends.select_from(way.source).where(*way.conditions)).one()
    return first or 0, last or 0


def _is_few(db: Connection, wanted: Select[Any], most: int) -> bool:
    some = wanted.limit(most + 1).subquery()
    return (db.execute(select(func.count()).select_from(some)).scalar() or 0) <= most


def _structured(db: Connection, asked: Browsing) -> tuple[_Condition, ...] | None:
    """Return the conditions that the index of the log answers; None where a name is not known."""
    c = actions.c
    purposes = (Purpose.STRIKE, Purpose.ORDINARY) if asked.everything else (Purpose.STRIKE,)
    conditions: list[_Condition] = [_bare(c.purpose).in_([purpose.value for purpose in purposes])]
    for name, book, key in ((asked.strike, strikes, c.strike_id), (asked.account, targets, c.target_id)):
        if name is not None:
            ids = list(db.execute(select(book.c.id).where(book.c.name == name)).scalars())
            if not ids:
                return None
            conditions.append(_bare(key).in_(ids))
    if asked.states:
        conditions.append(_bare(c.state).in_([state.value for state in asked.states]))
    return (*conditions, *_period(asked.since, asked.until))


def _period(since: datetime | None, until: datetime | None) -> list[_Condition]:
    c = actions.c
    after = [c.decided_at >= since] if since is not None else []
    before = [c.decided_at < until] if until is not None else []
    return [*after, *before]


def _bare(key: ColumnElement[Any]) -> ColumnElement[Any]:
    # with a plus before it, a column is not looked up in an index of its own: SQLite, which does not know how much of a
    # log fits, would gather a million records to sort them (SQLite, "The Query Planner", 1.1)
    return UnaryExpression(key, operator=custom_op("+"), type_=key.type)
