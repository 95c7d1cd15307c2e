"""The tables. Times are UTC texts of one width, so that they sort; documents are JSON texts."""

from occupier.storage.schema.book import pauses, seals, strike_scope, strikes
from occupier.storage.schema.columns import UtcTime, metadata
from occupier.storage.schema.figures import metric_reads, metrics
from occupier.storage.schema.outbox import (
    ANNOUNCED,
    OWED,
    POSTED,
    REPLACING,
    UNREAD,
    actions,
    attempts,
    observations,
    standings,
    targets,
)
from occupier.storage.schema.record import EXEMPTED, NOTABLE, TRIGGERS, WATCHING_KINDS, events, runtime
from occupier.storage.schema.watched import article_feeds, article_keys, articles, documents, feeds, readers, readings

__all__ = [
    "ANNOUNCED",
    "EXEMPTED",
    "NOTABLE",
    "OWED",
    "POSTED",
    "REPLACING",
    "TRIGGERS",
    "UNREAD",
    "UtcTime",
    "WATCHING_KINDS",
    "actions",
    "article_feeds",
    "article_keys",
    "articles",
    "attempts",
    "documents",
    "events",
    "feeds",
    "metadata",
    "metric_reads",
    "metrics",
    "observations",
    "pauses",
    "readers",
    "readings",
    "runtime",
    "seals",
    "standings",
    "strike_scope",
    "strikes",
    "targets",
]
