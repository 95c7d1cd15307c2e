"""What is to be done: accounts, actions, and what was tried and seen of each."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from occupier.domain.action import State
from occupier.storage.schema.columns import UtcTime, metadata

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
