"""What readers answered, in the journal: which figures are due, and what was read. Of readers nothing is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, func, select
from sqlalchemy.dialects.sqlite import insert

from occupier.domain.action import Purpose, State, Verb
from occupier.domain.metrics import AGES, TOO_LATE, Age, Figures, due_at, reached
from occupier.domain.ports import MetricRead, Reading
from occupier.domain.reconcile import RemotePost
from occupier.storage.schema import actions, metric_reads, metrics

_LONGEST_DOUBT = timedelta(days=2)
_FIGURES = ("likes", "reposts", "replies", "views")


class SqlMetrics:
    """Figures of posts, by strike, account and age."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._db = connection
        self._now = now

    def plan(self, target_id: int) -> int:
        """Write what is to be read of each strike post that is there; return how many readings were added.

        A usual post that was edited is one from then on.
        """
        c, oldest = actions.c, self._now - max(AGES.values())
        there = (c.target_id == target_id) & (c.state == State.SENT.value) & c.gone_at.is_(None)
        says_it = c.verb.in_([Verb.PUBLISH.value, Verb.EDIT.value])
        posted = says_it & (c.purpose == Purpose.STRIKE.value) & (c.sent_at >= oldest)
        # a post that was looked for is sent later than decided, a day at most; by the day it was decided it is found
        recent = c.decided_at >= oldest - _LONGEST_DOUBT
        m = metrics.c
        known = exists().where(m.strike_id == c.strike_id, m.target_id == c.target_id, m.remote_id == c.remote_id)
        query = select(c.id, c.strike_id, c.remote_id, c.sent_at).where(there, posted, recent, ~known)
        found = self._db.execute(query).all()
        rows = [self._planned(target_id, post, age) for post in found for age in AGES]
        if rows:
            self._db.execute(insert(metrics).on_conflict_do_nothing(), rows)
        return len(rows)

    def _planned(self, target_id: int, post: Any, age: Age) -> dict[str, Any]:
        return {
            "strike_id": post.strike_id,
            "target_id": target_id,
            "action_id": post.id,
            "remote_id": post.remote_id,
            "age": age.value,
            "posted_at": post.sent_at,
            "due_at": due_at(post.sent_at, age),
        }

    def lapse(self, target_id: int) -> int:
        """Give up what it is too late to read, and what was taken away since; return how many."""
        waits = (metrics.c.target_id == target_id) & metrics.c.outcome.is_(None) & (metrics.c.due_at <= self._now)
        late = [
            and_(waits, metrics.c.age == age.value, metrics.c.posted_at <= self._now - TOO_LATE * AGES[age])
            for age in AGES
        ]
        gone = exists().where(actions.c.id == metrics.c.action_id, actions.c.gone_at.is_not(None))
        ended = self._close(waits & gone, "gone")
        return ended + sum(self._close(where, "late") for where in late)

    def _close(self, where: ColumnElement[bool], outcome: str) -> int:
        return self._db.execute(metrics.update().where(where).values(outcome=outcome, read_at=self._now)).rowcount

    def due(self, target_id: int, limit: int) -> list[Reading]:
        """Return what is to be read of the target now, oldest first."""
        c = metrics.c
        waits = (c.target_id == target_id) & c.outcome.is_(None) & (c.due_at <= self._now)
        query = select(metrics).where(waits).order_by(c.due_at, c.id).limit(limit)
        return [_reading(row) for row in self._db.execute(query)]

    def next_at(self, target_id: int) -> datetime | None:
        """Return when the next figures of the target are due; past hours too."""
        c = metrics.c
        waits = (c.target_id == target_id) & c.outcome.is_(None)
        return self._db.execute(select(c.due_at).where(waits).order_by(c.due_at).limit(1)).scalar()

    def answer(self, reading: Reading, figures: Figures) -> None:
        """Write what was read."""
        values = {name: getattr(figures, name) for name in _FIGURES}
        mine = metrics.c.id == reading.id
        self._db.execute(metrics.update().where(mine).values(outcome="read", read_at=self._now, **values))

    def gone(self, reading: Reading) -> None:
        """Write that the post is not there any more: nothing will be read of it."""
        c = metrics.c
        same = (c.target_id == reading.target_id) & (c.remote_id == reading.remote_id) & c.outcome.is_(None)
        self._close(same, "gone")

    def add_usual(self, strike_id: int, target_id: int, posts: Iterable[RemotePost]) -> int:
        """Write the figures of ordinary posts, each at the age that it has reached; return how many counted."""
        c = actions.c
        ours = select(c.remote_id).where(c.target_id == target_id, c.purpose == Purpose.STRIKE.value)
        strike_posts = set(self._db.execute(ours.where(c.remote_id.is_not(None))).scalars())
        rows = []
        for post in posts:
            age = reached(self._now - post.created_at)
            if post.id not in strike_posts and post.figures is not None and age is not None:
                rows.append(self._usual(strike_id, target_id, post, age, post.figures))
        if rows:
            self._db.execute(insert(metrics).on_conflict_do_nothing(), rows)
        return len(rows)

    def _usual(self, strike_id: int, target_id: int, post: RemotePost, age: Age, figures: Figures) -> dict[str, Any]:
        return {
            "strike_id": strike_id,
            "target_id": target_id,
            "remote_id": post.id,
            "age": age.value,
            "posted_at": post.created_at,
            "due_at": due_at(post.created_at, age),
            "read_at": self._now,
            "outcome": "read",
            **{name: getattr(figures, name) for name in _FIGURES},
        }

    def note(self, read: MetricRead) -> None:
        """Write that a call was made, and what it cost."""
        values = {name: getattr(read, name) for name in ("strike_id", "target_id", "posts", "cost_microusd")}
        self._db.execute(metric_reads.insert().values(purpose=read.purpose.value, at=self._now, **values))

    def has_usual(self, strike_id: int, target_id: int) -> bool:
        """Say whether the ordinary posts before this strike were read already."""
        c = metric_reads.c
        mine = (c.strike_id == strike_id) & (c.target_id == target_id) & (c.purpose == Purpose.ORDINARY.value)
        return self._db.execute(select(c.id).where(mine).limit(1)).first() is not None

    def figures(self, strike_id: int, target_id: int) -> Mapping[tuple[Purpose, Age], Sequence[Figures]]:
        """Return what was read under a strike on a target: of strike posts and of ordinary ones, by age."""
        c = metrics.c
        read = (c.strike_id == strike_id) & (c.target_id == target_id) & (c.outcome == "read")
        found: dict[tuple[Purpose, Age], list[Figures]] = {}
        for row in self._db.execute(select(metrics).where(read).order_by(c.id)):
            purpose = Purpose.ORDINARY if row.action_id is None else Purpose.STRIKE
            figures = Figures(*(row._mapping[name] for name in _FIGURES))
            found.setdefault((purpose, Age(row.age)), []).append(figures)
        return found

    def outcomes(self, strike_id: int, target_id: int) -> Mapping[str, int]:
        """Return how many readings of strike posts ended how; those to come are `due`."""
        c = metrics.c
        mine = (c.strike_id == strike_id) & (c.target_id == target_id) & c.action_id.is_not(None)
        outcome = func.coalesce(c.outcome, "due")
        counts = self._db.execute(select(outcome, func.count()).where(mine).group_by(outcome))
        return {str(word): int(n) for word, n in counts}


def _reading(row: Row[Any]) -> Reading:
    m = row._mapping
    return Reading(
        m["id"], m["strike_id"], m["target_id"], m["action_id"], m["remote_id"], Age(m["age"]), m["posted_at"]
    )
