"""The tables. Times are UTC texts of one width, so that they sort; documents are JSON texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

from occupier.domain.action import State
from occupier.domain.times import utc_text as utc_text


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, stored as `2020-01-24T08:00:00.000000Z`. A naive one is a mistake, and refused."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Convert to UTC text."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was about to be stored")
        return utc_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Read back an aware datetime in UTC."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "pk": "pk_%(table_name)s",
    }
)

feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("modified", Text),
    Column("body_hash", String),
    Column("baseline_at", UtcTime),
    Column("last_ok_at", UtcTime),
    Column("next_at", UtcTime),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("document_hash", String),
)

documents = Table(
    "documents",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("hash", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("articles", Text, nullable=False),
)
"""The last document of each feed that a strike feed is made of: compressed, with the article of each entry."""

articles = Table(
    "articles",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("categories", Text, nullable=False),
    Column("image", Text),
    Column("published_at", UtcTime),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("counted_from", UtcTime, nullable=False),
    Column("baseline", Boolean, nullable=False),
    Index(None, "published_at"),
    Index(None, "first_seen_at"),
)

article_keys = Table(
    "article_keys",
    metadata,
    Column("kind", String, nullable=False),
    Column("scope", Integer, nullable=False),
    Column("value", Text, nullable=False),
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    PrimaryKeyConstraint("kind", "scope", "value"),
    Index("ix_article_keys_guid", "article_id", sqlite_where=text("kind = 'guid'")),
    sqlite_with_rowid=False,
)

article_feeds = Table(
    "article_feeds",
    metadata,
    Column("article_id", ForeignKey("articles.id"), nullable=False),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    PrimaryKeyConstraint("article_id", "feed_id"),
    Index(None, "feed_id", "article_id"),
    sqlite_with_rowid=False,
)

targets = Table(
    "targets",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False, server_default="account"),
    Column("platform", String, nullable=False),
    Column("host", String, nullable=False),
    Column("remote_id", String),
    Column("limits", Text, nullable=False, server_default="{}"),
    Column("verified_at", UtcTime),
    UniqueConstraint("kind", "platform", "host", "remote_id"),
)

strikes = Table(
    "strikes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("source", String, nullable=False),
    Column("starts_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Column("declared_at", UtcTime, nullable=False),
    Column("mandate", Text, nullable=False),
    Column("who", Text),
    Column("reason", Text, nullable=False),
    Column("url", Text),
    Column("agreed", Text),
    Column("link", String, nullable=False),
    Column("messages", Text),
    Column("renews", String),
    Column("first_start", UtcTime, nullable=False),
    Column("destroy_on", String(10)),
    Column("destroyed_at", UtcTime),
    CheckConstraint("starts_at < ends_at", name="period"),
)

strike_scope = Table(
    "strike_scope",
    metadata,
    Column("strike_id", ForeignKey("strikes.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("ref", String, nullable=False),
    PrimaryKeyConstraint("strike_id", "kind", "ref"),
    CheckConstraint("kind IN ('target', 'feed')", name="kind"),
    sqlite_with_rowid=False,
)

# a strike post is claimed only while what would run is what was sealed: see `claims`
seals = Table(
    "seals",
    metadata,
    Column("strike_id", ForeignKey("strikes.id"), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("sealed_at", UtcTime, nullable=False),
    Column("parts", Text, nullable=False),
    Column("identities", Text, nullable=False),
    Column("held_since", UtcTime),
)

ANNOUNCED = "slot = 'announce'"
"""What the recount asks for: no page of the log does, so that none is ever read in this index's order."""
POSTED = "state = 'sent' AND verb = 'publish'"
"""What went out, and may be taken away since."""
UNREAD = "state = 'handed' AND verb = 'put' AND read_at IS NULL"
"""What is on a strike feed, and nobody was seen to read."""
REPLACING = "purpose = 'replace'"
"""What takes the usual post away."""
OWED = "purpose = 'replace' AND state = 'sent' AND reason NOT IN ('replaced', 'given_back')"
"""Usual posts that were taken away, and nothing stands in their place yet."""
_states = ", ".join(f"'{s.value}'" for s in State)

actions = Table(
    "actions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target_id", ForeignKey("targets.id"), nullable=False),
    Column("verb", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("slot", String, nullable=False),
    Column("purpose", String, nullable=False),
    Column("article_id", ForeignKey("articles.id")),
    Column("strike_id", ForeignKey("strikes.id")),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("due_at", UtcTime, nullable=False),
    Column("ordinary_text", Text),
    Column("payload", Text),
    Column("payload_hash", String),
    Column("before", Text),
    Column("pool_index", Integer),
    Column("claim_token", String),
    Column("claimed_at", UtcTime),
    Column("deadline", UtcTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("remote_id", String),
    Column("remote_url", Text),
    Column("proof", String),
    Column("decided_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("gone_at", UtcTime),
    Column("gone_by", String),
    Column("handed_at", UtcTime),
    Column("read_at", UtcTime),
    UniqueConstraint("target_id", "subject", "slot"),
    CheckConstraint(f"state IN ({_states})", name="state"),
    Index(None, "target_id", "state", "due_at"),
    Index(None, "strike_id", "id"),
    Index(None, "target_id", "id"),
    Index(None, "state", "decided_at"),
    Index(None, "article_id"),
    # a page of the log, whatever its filters, is found here without a look at the rows
    Index("ix_actions_log", "decided_at", "target_id", "purpose", "strike_id", "state", "article_id"),
    # a strike is counted here, without a look at the rows
    Index(
        "ix_actions_recount",
        "strike_id",
        "target_id",
        "purpose",
        "state",
        "reason",
        "sent_at",
        "claimed_at",
        "gone_by",
        "handed_at",
        "verb",
        sqlite_where=text(ANNOUNCED),
    ),
    # what no tool was seen to read is found here, and is little
    Index("ix_actions_unread", "handed_at", sqlite_where=text(UNREAD)),
    # what is owed, and what waits for room, is asked at every step of a lane
    Index("ix_actions_owed", "target_id", sqlite_where=text(OWED)),
    Index("ix_actions_replacing", "target_id", "article_id", "state", sqlite_where=text(REPLACING)),
    # an account's latest post is found here
    Index("ix_actions_posted", "target_id", "sent_at", sqlite_where=text(POSTED)),
    # one post of a network belongs to one announcement; later verbs act on a post that another action brought
    Index(
        "uq_actions_post",
        "target_id",
        "remote_id",
        unique=True,
        sqlite_where=text("(verb = 'publish' OR (verb = 'edit' AND slot = 'announce')) AND remote_id IS NOT NULL"),
    ),
)

standings = Table(
    "standings",
    metadata,
    Column("target_id", Integer, nullable=False),
    Column("purpose", String, nullable=False),
    Column("state", String, nullable=False),
    Column("n", Integer, nullable=False),
    PrimaryKeyConstraint("target_id", "purpose", "state"),
    sqlite_with_rowid=False,
)
"""How many actions stand alike; triggers keep it: see `standings`."""

attempts = Table(
    "attempts",
    metadata,
    Column("action_id", ForeignKey("actions.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("token", String, nullable=False, unique=True),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("outcome", String),
    Column("http_status", Integer),
    Column("not_before", UtcTime),
    Column("cost_microusd", Integer, nullable=False, server_default="0"),
    Column("excerpt", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("action_id", "n"),
    Index(None, "started_at"),
    Index("ix_attempts_paid", "action_id", "cost_microusd", sqlite_where=text("cost_microusd > 0")),
)

observations = Table(
    "observations",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("action_id", ForeignKey("actions.id"), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("complete", Boolean, nullable=False),
    Column("found_remote_id", String),
    Column("verdict", String, nullable=False),
    Column("cost_microusd", Integer, nullable=False, server_default="0"),
    CheckConstraint("verdict IN ('present', 'absent', 'elsewhere', 'edited')", name="verdict"),
    Index(None, "action_id", "at"),
    # what a day's readings cost is asked at every claim that has a budget
    Index("ix_observations_paid", "at", "action_id", "cost_microusd", sqlite_where=text("cost_microusd > 0")),
)

metrics = Table(
    "metrics",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("strike_id", ForeignKey("strikes.id"), nullable=False),
    Column("target_id", ForeignKey("targets.id"), nullable=False),
    # of an ordinary post, which may be another tool's, there is none
    Column("action_id", ForeignKey("actions.id")),
    Column("remote_id", String, nullable=False),
    Column("age", String, nullable=False),
    Column("posted_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False),
    Column("read_at", UtcTime),
    Column("outcome", String),
    Column("likes", Integer),
    Column("reposts", Integer),
    Column("replies", Integer),
    Column("views", Integer),
    UniqueConstraint("strike_id", "target_id", "remote_id", "age"),
    CheckConstraint("outcome IN ('read', 'gone', 'late')", name="outcome"),
    Index("ix_metrics_due", "target_id", "due_at", sqlite_where=text("outcome IS NULL")),
)

metric_reads = Table(
    "metric_reads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("strike_id", ForeignKey("strikes.id")),
    Column("target_id", ForeignKey("targets.id"), nullable=False),
    Column("purpose", String, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("posts", Integer, nullable=False),
    Column("cost_microusd", Integer, nullable=False, server_default="0"),
    Index(None, "target_id", "at"),
)

readers = Table(
    "readers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target_id", ForeignKey("targets.id"), nullable=False),
    Column("agent", String, nullable=False),
    Column("first_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("reads", Integer, nullable=False),
    UniqueConstraint("target_id", "agent"),
)
"""Who reads a strike feed, by what it calls itself."""

readings = Table(
    "readings",
    metadata,
    Column("reader_id", ForeignKey("readers.id"), nullable=False),
    Column("action_id", ForeignKey("actions.id"), nullable=False),
    PrimaryKeyConstraint("reader_id", "action_id"),
    Index(None, "action_id"),
    sqlite_with_rowid=False,
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("target_id", ForeignKey("targets.id")),
    Column("by", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("since", UtcTime, nullable=False),
    CheckConstraint("by IN ('person', 'file', 'address', 'lane', 'clock')", name="by"),
)

NOTABLE = "kind NOT IN ('decided', 'claimed', 'settled', 'observed', 'looking', 'blank')"
"""Events that not every post brings: few, and asked for by their kind."""
EXEMPTED = "kind = 'decided' AND instr(data, '\"reason\":\"strike\"') = 0"
"""Decisions for another reason than that there is a strike."""
WATCHING_KINDS = ("gap", "watched")
"""Events about the watching of feeds: few, and asked for by period."""
_watching = ", ".join(f"'{kind}'" for kind in WATCHING_KINDS)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", String, nullable=False),
    Column("action_id", Integer),
    Column("strike_id", Integer),
    Column("target_id", Integer),
    Column("data", Text, nullable=False),
    Column("prev_hash", String, nullable=False),
    Column("hash", String, nullable=False),
    Index(None, "action_id", "seq"),
    Index("ix_events_notable", "kind", "strike_id", sqlite_where=text(NOTABLE)),
    Index("ix_events_exempted", "strike_id", "action_id", sqlite_where=text(EXEMPTED)),
    Index("ix_events_watching", "at", sqlite_where=text(f"kind IN ({_watching})")),
)

runtime = Table(
    "runtime",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

# Nothing of an event ever changes, but for one thing: the words of those of a strike whose register is destroyed are
# taken away, and only so that it shows. A condition that is NULL would let everything pass, so it is asked to be true.
_LAWFUL = (
    "OLD.kind NOT IN ('blank', 'destroyed') AND NEW.kind = 'blank' AND NEW.seq = OLD.seq "
    "AND NEW.prev_hash = OLD.prev_hash AND NEW.hash = OLD.hash "
    "AND NEW.action_id IS NULL AND NEW.strike_id IS NULL AND NEW.target_id IS NULL "
    "AND EXISTS (SELECT 1 FROM strikes s WHERE NEW.at = s.destroyed_at "
    "AND NEW.data = '{\"strike\":' || s.id || '}' AND (OLD.strike_id = s.id "
    "OR EXISTS (SELECT 1 FROM actions a WHERE a.id = OLD.action_id AND a.strike_id = s.id) "
    "OR (OLD.kind IN ('paused', 'resumed') AND OLD.at >= s.starts_at AND OLD.at < s.ends_at)))"
)
TRIGGERS = {
    "events_no_update": f"CREATE TRIGGER events_no_update BEFORE UPDATE ON events WHEN ({_LAWFUL}) IS NOT TRUE "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "events_no_delete": "CREATE TRIGGER events_no_delete BEFORE DELETE ON events "
    "BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
}
"""REPLACE deletes before it inserts: with `recursive_triggers` on, the second one refuses it too."""
