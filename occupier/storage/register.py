"""The log, as people and programs read it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Label,
    Row,
    Select,
    String,
    and_,
    func,
    select,
    text,
    type_coerce,
)

from occupier.domain.action import GIVEN, GoneBy, Payload, Proof, Purpose, Verb
from occupier.domain.browsing import Browsing, Page, PostCount
from occupier.domain.ports import Event, LogQuery
from occupier.domain.snapshot import Snapshot
from occupier.domain.times import to_quarter, utc_text
from occupier.storage.events import event_of
from occupier.storage.pages import find_page
from occupier.storage.schema import (
    ANNOUNCED,
    actions,
    article_feeds,
    articles,
    attempts,
    events,
    feeds,
    runtime,
    standings,
    strikes,
    targets,
)

_AT_ONCE = 500
_SHOWN = (
    "id", "verb", "purpose", "article_id", "payload", "before", "ordinary_text", "state", "reason", "remote_id",
    "remote_url", "attempts", "proof", "gone_by",
)  # fmt: skip


_UNDOING = (Purpose.RETRACT.value, Purpose.RESTORE.value)
_SAYS_THE_USUAL = (Purpose.ORDINARY.value, Purpose.RESTORE.value, Purpose.GIVE_BACK.value)
_PUBLISHED = (Purpose.STRIKE.value, Purpose.ORDINARY.value)
_HOUR, _MINUTE = len("2020-01-24T08"), len("2020-01-24T08:00")


class SqlRegister:
    """Reads the log, a batch at a time."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def records(self, query: LogQuery) -> Iterator[Mapping[str, object]]:
        """Yield records as documented, oldest first, at constant memory."""
        dry_run = self._is_dry_run()
        streamed = self._db.execute(_select(query), execution_options={"yield_per": _AT_ONCE})
        for row in streamed:
            yield _record(row, dry_run)

    def page(self, asked: Browsing) -> Page:
        """Return one page of the log, newest first, and how many records there are."""
        found = find_page(self._db, asked)
        records = {int(str(record["id"])): record for record in self._shown(actions.c.id.in_(found.ids))}
        ordered = tuple(records[action_id] for action_id in found.ids)
        return Page(ordered, found.count, found.is_more, found.has_newer, found.has_older)

    def of_article(self, article_id: int) -> list[Mapping[str, object]]:
        """Return the records of one article, as `page` has them, first to last, retractions included."""
        return list(self._shown(actions.c.article_id == article_id))

    def numbered(self, ids: Collection[int]) -> list[Mapping[str, object]]:
        """Return the records that have these ids, as `page` has them, first to last."""
        return list(self._shown(actions.c.id.in_(ids)))

    def over_time(self, strike_id: int, *, by_minute: bool) -> list[PostCount]:
        """Return how many posts under a strike went out when, on each target, by minute or by hour."""
        c = actions.c
        left_at = func.coalesce(c.sent_at, c.handed_at)
        at = func.substr(type_coerce(left_at, String), 1, _MINUTE if by_minute else _HOUR).label("at")
        counted = select(c.target_id, c.purpose, at, func.count().label("n")).where(
            text(ANNOUNCED),
            c.strike_id == strike_id,
            c.state.in_([state.value for state in GIVEN]),
            c.purpose.in_(_PUBLISHED),
            left_at.is_not(None),
        )
        rows = self._db.execute(counted.group_by(c.target_id, c.purpose, at).order_by(at))
        return [PostCount(r.target_id, Purpose(r.purpose), _of_minute(r.at), r.n) for r in rows]

    def history(self, action_id: int) -> list[Event]:
        """Return the events of one action, in order."""
        found = select(events).where(events.c.action_id == action_id).order_by(events.c.seq)
        return [event_of(row) for row in self._db.execute(found)]

    def _shown(self, where: ColumnElement[bool]) -> Iterator[Mapping[str, object]]:
        dry_run = self._is_dry_run()
        wanted = _joined().add_columns(actions.c.due_at, articles.c.summary).where(where).order_by(actions.c.id)
        for row in self._db.execute(wanted):
            yield {**_record(row, dry_run), "due_at": row.due_at, "article_summary": row.summary}

    def _is_dry_run(self) -> bool:
        return self._db.execute(select(runtime.c.value).where(runtime.c.key == "dry_run")).scalar() == "yes"

    def counts(self) -> Mapping[tuple[str, str], int]:
        """Return how many actions each account has in each state."""
        c = standings.c
        query = (
            select(targets.c.name, c.state, func.sum(c.n))
            .join(standings, c.target_id == targets.c.id)
            .where(c.purpose.in_(_PUBLISHED), c.n > 0)
            .group_by(targets.c.name, c.state)
        )
        return {(name, state): n for name, state, n in self._db.execute(query)}


def _select(query: LogQuery) -> Select[Any]:
    c = actions.c
    wanted = select(c.id).where(*_conditions(query))
    if query.limit is not None:
        wanted = wanted.order_by(*_page_order(query)).limit(query.limit)
    is_part = query.limit is not None or _has_period(query)
    return _joined().where(c.id.in_(wanted) if is_part else and_(*_conditions(query))).order_by(c.id)


def _joined() -> Select[Any]:
    c = actions.c
    first_feed = (
        select(feeds.c.name)
        .join(article_feeds, article_feeds.c.feed_id == feeds.c.id)
        .where(article_feeds.c.article_id == c.article_id)
        .order_by(article_feeds.c.seen_at, feeds.c.id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(
            *(c[name] for name in _SHOWN),
            *(_text(c[name]) for name in ("decided_at", "sent_at", "gone_at", "handed_at", "read_at")),
            strikes.c.name.label("strike"),
            targets.c.name.label("account"),
            targets.c.platform,
            articles.c.link.label("article_url"),
            articles.c.title.label("article_title"),
            *(_text(articles.c[name]) for name in ("first_seen_at", "published_at")),
            first_feed.label("feed"),
            attempts.c.outcome,
            attempts.c.excerpt,
        )
        .join(targets, targets.c.id == c.target_id)
        .outerjoin(articles, articles.c.id == c.article_id)
        .outerjoin(strikes, strikes.c.id == c.strike_id)
        .outerjoin(attempts, and_(attempts.c.action_id == c.id, attempts.c.n == c.attempts))
    )


def _page_order(query: LogQuery) -> list[ColumnElement[Any]]:
    """Without `after`, the newest; with it, the next ones."""
    c = actions.c
    if query.after is not None:
        return [_looked_up(c.id, query).asc()]
    return [c.decided_at.desc(), c.id.desc()] if _has_period(query) else [c.id.desc()]


def _has_period(query: LogQuery) -> bool:
    return query.since is not None or query.until is not None


def _looked_up(column: Column[Any], query: LogQuery) -> ColumnElement[Any]:
    # a period is looked up by date; SQLite, which does not know how short it is, would rather go through all ids, or
    # all of the account, unless these are more than bare columns
    return column + 0 if _has_period(query) else column


def _text(column: Column[datetime]) -> Label[str]:
    # a record has its times as text, and so has the table: nothing is gained by reading them as times between
    return type_coerce(column, String).label(column.name)


def _conditions(query: LogQuery) -> list[Any]:
    c = actions.c
    conditions: list[Any] = [_looked_up(c.id, query) > (query.after or 0)]
    if not query.everything:
        conditions.append(c.purpose == Purpose.STRIKE.value)
    else:
        conditions.append(c.purpose != Purpose.DESTROYED.value)
    if query.strike is not None:
        conditions.append(
            _looked_up(c.strike_id, query).in_(select(strikes.c.id).where(strikes.c.name == query.strike))
        )
    if query.account is not None:
        conditions.append(
            _looked_up(c.target_id, query).in_(select(targets.c.id).where(targets.c.name == query.account))
        )
    if query.feed is not None:
        in_feed = select(article_feeds.c.article_id).join(feeds).where(feeds.c.name == query.feed)
        conditions.append(c.article_id.in_(in_feed))
    if query.state is not None:
        conditions.append(c.state == query.state.value)
    if query.since is not None:
        conditions.append(c.decided_at >= query.since)
    if query.until is not None:
        conditions.append(c.decided_at < query.until)
    return conditions


def _record(row: Row[Any], dry_run: bool) -> Mapping[str, object]:
    m = row._mapping
    payload = Payload.from_json(m["payload"]) if m["payload"] else None
    failed = m["outcome"] not in (None, "receipt", "handed") and m["state"] not in GIVEN
    error = {"code": m["outcome"], "message": m["excerpt"]} if failed else None
    # when a person answered, or took a post away, is told to the quarter of an hour
    is_asked, answered = m["purpose"] in _UNDOING, m["proof"] == Proof.PERSON.value
    return {
        "id": str(m["id"]),
        "kind": m["purpose"],
        "verb": m["verb"],
        "strike": m["strike"],
        "feed": m["feed"],
        "account": m["account"],
        "platform": m["platform"],
        "article_id": str(m["article_id"]) if m["article_id"] is not None else None,
        "article_url": m["article_url"],
        "article_title": m["article_title"],
        "ordinary_text": _usual_text(row, payload),
        "strike_text": _strike_text(m["purpose"], payload, m["before"]),
        "state": m["state"],
        "reason": m["reason"],
        "post_id": m["remote_id"],
        "post_url": m["remote_url"],
        "first_seen_at": _iso(m["first_seen_at"]),
        "published_at": _iso(m["published_at"]),
        "decided_at": _iso(m["decided_at"], rounded=is_asked),
        "sent_at": _iso(m["sent_at"], rounded=is_asked or answered),
        "attempts": m["attempts"],
        "error": error,
        "proof": m["proof"],
        "gone_at": _iso(m["gone_at"], rounded=m["gone_by"] == GoneBy.OCCUPIER.value),
        "gone_by": m["gone_by"],
        "handed_at": _iso(m["handed_at"]),
        "read_at": _iso(m["read_at"]),
        "replaced": _replaced(row),
        "dry_run": dry_run,
    }


def _usual_text(row: Row[Any], payload: Payload | None) -> str | None:
    """Return what would have gone out as usual, or did; of a post that was edited or deleted, what it said before."""
    if payload and row.purpose in _SAYS_THE_USUAL:
        return payload.shown
    had = row.before and row.purpose in (Purpose.STRIKE.value, Purpose.REPLACE.value)
    usual: str | None = Snapshot.from_json(row.before).text if had else row.ordinary_text
    return usual


def _replaced(row: Row[Any]) -> str | None:
    """Say how the usual post gave way, or is giving way, to a strike post: edited, or deleted; None: it did not."""
    if not row.before or row.purpose != Purpose.STRIKE.value:
        return None
    return "edited" if row.verb == Verb.EDIT.value else "deleted"


def _strike_text(purpose: str, payload: Payload | None, before: str | None) -> str | None:
    if purpose in _UNDOING:
        return before
    return payload.shown if payload and purpose == Purpose.STRIKE.value else None


def _iso(at: str | None, *, rounded: bool = False) -> str | None:
    if at is None:
        return None
    return (utc_text(to_quarter(datetime.fromisoformat(at))) if rounded else at).replace(".000000Z", "Z")


def _of_minute(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}Z" if len(text) == _MINUTE else f"{text}:00Z")
