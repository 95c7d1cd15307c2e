"""A journal with very many substitutions, written straight into its tables: some two years of forty newsrooms."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from occupier.domain.action import Payload
from occupier.domain.times import utc_text
from occupier.storage import migrate

ACCOUNTS = ("mastodon", "x", "facebook")
START = datetime(2020, 1, 24, 12, tzinfo=UTC)
EVERY = timedelta(minutes=3)
"""Between two articles."""


def fill(path: Path, count: int) -> None:
    """Make a journal in which `count` articles' posts were replaced, in turn on three accounts."""
    migrate.create_if_missing(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("INSERT INTO feeds (id, name, url) VALUES (1, 'une', 'https://www.example.org/une.xml')")
        for n, name in enumerate(ACCOUNTS, start=1):
            values = (n, name, name, f"{name}.example", str(n))
            db.execute("INSERT INTO targets (id, name, platform, host, remote_id) VALUES (?, ?, ?, ?, ?)", values)
        db.execute(
            "INSERT INTO strikes (id, name, source, starts_at, ends_at, declared_at, mandate, reason, link,"
            " first_start) VALUES (1, 'greve', 'command', ?, ?, ?, 'AG', 'contre la réforme', 'keep', ?)",
            (utc_text(START), utc_text(START + EVERY * (count + 1)), utc_text(START), utc_text(START)),
        )
        for table, columns in _COLUMNS.items():
            names, marks = ", ".join(columns), ", ".join("?" for _column in columns)
            db.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", _rows(table, count))


_COLUMNS = {
    "articles": ("id", "title", "link", "summary", "categories", "published_at", "first_seen_at",
                 "counted_from", "baseline"),
    "article_feeds": ("article_id", "feed_id", "seen_at"),
    "actions": (
        "id", "target_id", "verb", "subject", "slot", "purpose", "article_id", "strike_id", "state", "reason", "due_at",
        "ordinary_text", "payload", "payload_hash", "pool_index", "claim_token", "claimed_at", "deadline", "attempts",
        "remote_id", "remote_url", "proof", "decided_at", "sent_at",
    ),
    "attempts": ("action_id", "n", "token", "started_at", "ended_at", "outcome", "http_status"),
}  # fmt: skip


def _rows(table: str, count: int) -> Iterator[tuple[object, ...]]:
    for n in range(1, count + 1):
        at = utc_text(START + EVERY * n)
        if table == "articles":
            link = f"https://www.example.org/articles/{n}"
            yield (n, f"Article {n} : la suite", link, "Un résumé de quelques mots.", "[]", at, at, at, False)
        elif table == "article_feeds":
            yield (n, 1, at)
        elif table == "attempts":
            yield (n, 1, f"token-{n}", at, at, "receipt", 200)
        else:
            yield _action(n, at)


def _action(n: int, at: str) -> tuple[object, ...]:
    link = f"https://www.example.org/articles/{n}"
    payload = Payload(f"En grève contre la réforme, jour {n}. {link}", link)
    return (
        n, n % len(ACCOUNTS) + 1, "publish", f"article:{n}", "announce", "strike", n, 1, "sent", "receipt", at,
        f"Article {n} : la suite {link}", payload.to_json(), payload.hash, 0, f"token-{n}", at, at, 1,
        str(n), f"https://social.example/@une/{n}", "receipt", at, at,
    )  # fmt: skip
