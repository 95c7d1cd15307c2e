"""What became of a strike, counted by the database: one pass over an index, whatever the number of rows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    String,
    and_,
    distinct,
    exists,
    func,
    literal_column,
    select,
    text,
    type_coerce,
)

from occupier.domain.action import GoneBy, Purpose, State, Verb
from occupier.domain.fates import Exemption, Fate, Ground, Tally, fate_of
from occupier.domain.findings import HourCount, Unannounced
from occupier.domain.ledger import LedgerHead
from occupier.domain.ports import Event
from occupier.domain.recount import Doubts, Watch
from occupier.domain.strike import Strike
from occupier.storage.events import event_of
from occupier.storage.lines import GIVEN_STATES, OTHER, UNPOSTED_STATES, announces, is_announced, is_left, lines_of
from occupier.storage.schema import (
    ANNOUNCED,
    EXEMPTED,
    NOTABLE,
    actions,
    article_feeds,
    articles,
    attempts,
    events,
    feeds,
    metric_reads,
    observations,
    targets,
)
from occupier.storage.unannounced import unannounced, unannounced_of

_AT_ONCE = 500


class SqlRecounts:
    """Counts what the journal holds of one strike."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection

    def tallies(self, strike: Strike) -> list[Tally]:
        """Return how many actions of each target stand alike."""
        c = actions.c
        late = func.sum(and_(c.purpose == Purpose.STRIKE.value, c.claimed_at >= strike.ended_at), type_=Integer)
        alike = (c.target_id, c.purpose, c.state, c.reason)
        latest = (func.max(c.sent_at), func.max(c.claimed_at))
        edited = func.sum(and_(c.verb == Verb.EDIT.value, c.state == State.SENT.value), type_=Integer)
        # what was put back stands where it stood
        was_restored = and_(c.verb == Verb.EDIT.value, c.gone_by.is_not_distinct_from(GoneBy.OCCUPIER.value))
        restored = func.sum(was_restored, type_=Integer)
        gone = func.count(c.gone_by) - restored
        rows = self._db.execute(
            select(*alike, func.count(), *latest, func.coalesce(late, 0), gone, edited, restored)
            .where(*lines_of(strike))
            .group_by(*alike)
        )
        return [Tally(t, Purpose(p), State(s), why or "", *counted) for t, p, s, why, *counted in rows]

    def unlisted(self, strike: Strike, target_id: int | None, feed_names: Collection[str]) -> int:
        """Return how many articles of the strike's period, on these feeds, the target has no line for."""
        mine = exists().where(_is_about(), actions.c.target_id == (target_id or 0))
        return self._count(_seen(strike, feed_names).where(~mine))

    def watch(self, strike: Strike, feed_names: Collection[str]) -> Watch:
        """Return how many articles were first seen in the strike on these feeds, and how many have no line at all."""
        seen = _seen(strike, feed_names)
        # the unique index begins with the target: asked target by target, none of it is searched in vain
        line = exists(select(targets.c.id).where(exists().where(_is_about(), actions.c.target_id == targets.c.id)))
        return Watch(self._count(seen), self._count(seen.where(~line)))

    def costs(self, strike: Strike) -> Mapping[int, int]:
        """Return what writes and reads cost each target, in millionths of a US dollar."""
        costs: dict[int, int] = {}
        for table in (attempts, observations):
            c, joined = table.c, table.join(actions, actions.c.id == table.c.action_id)
            paid = select(actions.c.target_id, func.sum(c.cost_microusd)).select_from(joined)
            # the plain zero lets SQLite take the index of what cost anything
            paid = paid.where(text(f"{table.name}.cost_microusd > 0"), actions.c.strike_id == strike.id)
            _add(costs, self._db.execute(paid.group_by(actions.c.target_id)))
        c = metric_reads.c
        read = select(c.target_id, func.sum(c.cost_microusd)).where(c.strike_id == strike.id)
        _add(costs, self._db.execute(read.group_by(c.target_id)))
        return costs

    def elsewhere(self, strike: Strike) -> Mapping[int, int]:
        """Return how many posts of others announced the strike's articles on each target, and stood beside the strike.

        Not those that were made to say it.
        """
        c, post = events.c, _told_post()
        counted = select(c.target_id, func.count(distinct(post))).where(*_slipped(strike)).group_by(c.target_id)
        return {row[0]: row[1] for row in self._db.execute(counted)}

    def slipped(self, strike: Strike, most: int) -> list[Event]:
        """Return the events of the latest of these posts, newest first, each post once."""
        c, post = events.c, _told_post()
        latest = select(func.max(c.seq)).where(*_slipped(strike)).group_by(c.target_id, post)
        wanted = select(events).where(c.seq.in_(latest)).order_by(c.seq.desc()).limit(most)
        return [event_of(row) for row in self._db.execute(wanted)]

    def exemptions(self, strike: Strike) -> list[Exemption]:
        """Return how many articles rules and guards took out, and what they came to."""
        c = actions.c
        decided = select(events.c.data, c.target_id, c.purpose, c.state, c.reason)
        decided = decided.join(actions, c.id == events.c.action_id).where(text(EXEMPTED))
        found: dict[tuple[int, Ground, Fate], int] = {}
        for row in self._db.execute(decided.where(events.c.strike_id == strike.id, *lines_of(strike))):
            ground = _ground(json.loads(row.data))
            if ground is not None:
                key = row.target_id, ground, fate_of(Purpose(row.purpose), State(row.state))
                found[key] = found.get(key, 0) + 1
        return [Exemption(*key, count) for key, count in sorted(found.items())]

    def settled_doubts(self, strike: Strike) -> Doubts:
        """Return how the posts of unknown fate were settled."""
        c = events.c
        rows = self._db.execute(
            select(c.kind, func.count())
            .where(text(NOTABLE), c.kind.in_(["found", "not_found", "resolved"]), c.strike_id == strike.id)
            .group_by(c.kind)
        )
        by_kind: dict[str, int] = {row[0]: row[1] for row in rows}
        return Doubts(by_kind.get("found", 0), by_kind.get("not_found", 0), by_kind.get("resolved", 0))

    def hours(self, strike: Strike) -> list[HourCount]:
        """Return how many posts under the strike went out in each hour that had any, oldest first."""
        c = actions.c
        hour = func.substr(type_coerce(func.coalesce(c.sent_at, c.handed_at), String), 1, 13)
        counted = select(hour, c.purpose, func.count()).where(*lines_of(strike), c.state.in_(GIVEN_STATES))
        rows = self._db.execute(counted.group_by(hour, c.purpose).order_by(hour, c.purpose))
        return [HourCount(datetime.fromisoformat(f"{at}:00Z"), fate_of(Purpose(p), State.SENT), n) for at, p, n in rows]

    def nobody(self, strike: Strike) -> int:
        """Return how many articles no account announced, and no rule left to the usual tool."""
        unposted = select(func.count(distinct(actions.c.article_id))).where(*lines_of(strike))
        unposted = unposted.where(actions.c.state.in_(UNPOSTED_STATES), ~is_announced(), ~is_left())
        return int(self._db.execute(unposted).scalar() or 0)

    def unannounced(self, strike: Strike, *, replaced: bool = True) -> Iterator[Unannounced]:
        """Yield the articles that were not announced as usual, oldest first, at constant memory.

        `replaced`: those that a strike post announced, too.
        """
        wanted = unannounced(strike)
        if not replaced:  # asked of the index beforehand, and not of each of a million articles
            wanted = wanted.where(text(ANNOUNCED), actions.c.state.in_(UNPOSTED_STATES), ~is_announced())
        for row in self._db.execute(wanted, execution_options={"yield_per": _AT_ONCE}):
            yield unannounced_of(row)

    def events(self, kinds: Sequence[str], until: datetime) -> Iterator[Event]:
        """Yield the events of these kinds before an instant, in order."""
        c = events.c
        wanted = select(events).where(text(NOTABLE), c.kind.in_(list(kinds)), c.at < until)
        yield from (event_of(row) for row in self._db.execute(wanted.order_by(c.seq)))

    def declarations(self, strike: Strike) -> list[Event]:
        """Return the events by which the strike was declared and changed."""
        c = events.c
        kinds = ["strike_declared", "strike_changed"]
        wanted = select(events).where(text(NOTABLE), c.kind.in_(kinds), c.strike_id == strike.id)
        return [event_of(row) for row in self._db.execute(wanted.order_by(c.seq))]

    def head(self) -> LedgerHead | None:
        """Return the end of the chained record; None where nothing has happened yet."""
        c = events.c
        row = self._db.execute(select(c.seq, c.at, c.hash).order_by(c.seq.desc()).limit(1)).first()
        return LedgerHead(row.seq, row.at, row.hash) if row else None

    def mark(self) -> tuple[object, ...]:
        """Return what differs as soon as anything that is counted here may differ; found at once."""
        head = self.head()
        # neither a new article that no account wants nor a reading of figures leaves an event
        grown = (self._db.execute(select(func.max(table.c.id))).scalar() for table in (articles, metric_reads))
        return (head.hash if head else None, *grown)

    def _count(self, query: Select[Any]) -> int:
        return int(self._db.execute(query.with_only_columns(func.count())).scalar() or 0)


def _add(costs: dict[int, int], more: Iterable[Row[int, int]]) -> None:
    for target_id, cost in more:
        costs[target_id] = costs.get(target_id, 0) + int(cost)


def _told_post() -> ColumnElement[str]:
    """Return the network's id of the post that an event tells of."""
    return func.json_extract(events.c.data, "$.remote_id")


def _slipped(strike: Strike) -> tuple[Any, ...]:
    """Return what makes an event that of another's post, which nobody edited in place, nor took away for the strike."""
    c, o = events.c, OTHER.c
    mine, done = o.target_id == c.target_id, o.state == State.SENT.value
    edited = (o.remote_id == _told_post()) & (o.verb == Verb.EDIT.value) & announces(o)
    # written as the unique index is, or SQLite would go through the account's actions
    deleted = (o.subject == literal_column("'post:'").concat(_told_post())) & (o.purpose == Purpose.REPLACE.value)
    replaced = (exists().where(mine, done, which).correlate(events) for which in (edited, deleted))
    told = (text(NOTABLE), c.kind == "announced_elsewhere", c.strike_id == strike.id)
    return (*told, *(~was for was in replaced))


def _is_about() -> ColumnElement[bool]:
    c = actions.c
    return and_(c.subject == literal_column("'article:' || articles.id"), announces(c))


def _seen(strike: Strike, feed_names: Collection[str]) -> Select[Any]:
    """Select the articles that fell into the strike on these feeds."""
    a, seen = articles.c, article_feeds.c
    until = strike.ended_at
    watched = (
        select(seen.article_id)
        .join(feeds, feeds.c.id == seen.feed_id)
        .where(seen.article_id == a.id, feeds.c.name.in_(list(feed_names)), seen.seen_at < until)
        # what a feed held at its first reading, or when an account was given it, is never announced
        .where(feeds.c.baseline_at < seen.seen_at)
    )
    return select(a.id).where(
        a.first_seen_at >= strike.acts_from, a.first_seen_at < until, a.baseline.is_(False), exists(watched)
    )


def _ground(decided: Mapping[str, str]) -> Ground | None:
    """Return what took an article out, from the words of its decision."""
    if decided.get("reason") == "rule":
        if decided["state"] == State.HELD:
            return Ground.HOLD
        return Ground.LEAVE if decided["state"] == State.LEFT else Ground.ORDINARY
    return {"mass": Ground.MASS, "old": Ground.OLD, "silence": Ground.SILENCE}.get(decided.get("reason", ""))
