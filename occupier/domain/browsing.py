"""A page of the log for a reader: what is asked for, and what comes, newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from occupier.domain.action import Purpose, State

COUNTED = 10_000
"""More than that are not counted to the last one: nobody reads so many, and counting takes time."""


@dataclass(frozen=True, slots=True)
class Browsing:
    """Which records, and which page of them. No filter: every strike post.

    `states` empty: all. `since` inclusive, `until` exclusive, on the hour of the decision. `words` are searched in
    titles, summaries and messages, all of them, accents folded. `everything`: ordinary posts too. `older_than` and
    `newer_than` are ids of records: the page that follows that one, or the page before it; at most one of them.
    """

    strike: str | None = None
    account: str | None = None
    feed: str | None = None
    states: frozenset[State] = frozenset()
    since: datetime | None = None
    until: datetime | None = None
    words: str | None = None
    everything: bool = False
    size: int = 25
    older_than: int | None = None
    newer_than: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Records of the log (with `due_at`, an aware datetime, and `article_summary` besides), newest first.

    `count` is how many there are on all pages, `COUNTED` standing for more when `is_more`.
    """

    records: tuple[Mapping[str, object], ...] = ()
    count: int = 0
    is_more: bool = False
    has_newer: bool = False
    has_older: bool = False


@dataclass(frozen=True, slots=True)
class PostCount:
    """How many posts of one kind went out on a target in the minute, or hour, that begins at `at` (aware)."""

    target_id: int
    purpose: Purpose
    at: datetime
    count: int
