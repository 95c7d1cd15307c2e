"""What was seen: feeds and articles; and what strike feeds are made of, and who reads them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from occupier.storage.schema.columns import UtcTime, metadata

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

documents = Table(
    "documents",
    metadata,
    Column("feed_id", ForeignKey("feeds.id"), primary_key=True),
    Column("hash", String, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("articles", Text, nullable=False),
)
"""The last document of each feed that a strike feed is made of: compressed, with the article of each entry."""

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
