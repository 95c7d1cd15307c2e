"""What readers answered, and what it cost to ask."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from occupier.storage.schema.columns import UtcTime, metadata

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
