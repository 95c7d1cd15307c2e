"""What people decided: strikes, the plans that were voted, and stops."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from occupier.storage.schema.columns import UtcTime, metadata

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
