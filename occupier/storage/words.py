"""The words of the log, for whoever searches it: SQLite's FTS5, without a copy of the texts.

A document is an action: its article's title and summary, and its message. Accents are folded. Triggers keep it as the
tables are, in the same transaction; they are made by the migration.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

LONGEST = 200
"""Characters of what is typed that are looked at."""
_PREFIX = 3
"""A beginning of fewer letters fits so many words that finding them takes seconds."""

WORDS = (
    "CREATE VIRTUAL TABLE words USING fts5(title, summary, text, content='', columnsize=0, "
    "tokenize='unicode61 remove_diacritics 2')"
)

_WRITE = "INSERT INTO words (rowid, title, summary, text)"
# without a copy of the texts, SQLite forgets a document only when it is told once more what was in it
_FORGET = "INSERT INTO words (words, rowid, title, summary, text)"
_NEW = (
    f"{_WRITE} SELECT new.id, title, summary, json_extract(new.payload, '$.text') "
    "FROM articles WHERE id = new.article_id;"
)
_OLD = (
    f"{_FORGET} SELECT 'delete', old.id, title, summary, json_extract(old.payload, '$.text') "
    "FROM articles WHERE id = old.article_id;"
)
_NEW_ARTICLE = (
    f"{_WRITE} SELECT id, new.title, new.summary, json_extract(payload, '$.text') "
    "FROM actions WHERE article_id = new.id;"
)
_OLD_ARTICLE = (
    f"{_FORGET} SELECT 'delete', id, old.title, old.summary, json_extract(payload, '$.text') "
    "FROM actions WHERE article_id = old.id;"
)

WORDS_TRIGGERS: Mapping[str, str] = {
    "words_added": f"CREATE TRIGGER words_added AFTER INSERT ON actions BEGIN {_NEW} END",
    "words_changed": "CREATE TRIGGER words_changed AFTER UPDATE OF payload, article_id ON actions "
    f"WHEN old.payload IS NOT new.payload OR old.article_id IS NOT new.article_id BEGIN {_OLD} {_NEW} END",
    "words_removed": f"CREATE TRIGGER words_removed AFTER DELETE ON actions BEGIN {_OLD} END",
    "words_of_article": "CREATE TRIGGER words_of_article AFTER UPDATE OF title, summary ON articles "
    f"BEGIN {_OLD_ARTICLE} {_NEW_ARTICLE} END",
}


def expression(typed: str) -> str | None:
    """Return what FTS5 is asked for: every word that was typed, long ones also as a beginning; None for no word.

    Each word is quoted, so that nothing that anybody types is an operator or an error (FTS5, "Full-text Query Syntax").
    """
    pieces = ["".join(c if c.isalnum() or _joins(c) else " " for c in word) for word in typed[:LONGEST].split()]
    words = [word for piece in pieces for word in piece.split()]
    return " ".join(f'"{word}"{"*" if len(word) >= _PREFIX else ""}' for word in words) or None


def _joins(character: str) -> bool:
    # combining accents and vowel signs belong to their letter
    return unicodedata.category(character).startswith("M")
