"""Keys that several entries of one document carried: they identify nothing in that feed, ever again."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from occupier.domain.article import Key, Keyed, keys_of
from occupier.domain.ports import Transaction

MOST = 1000
"""Notes kept per feed: a hostile one must not fill the journal."""


def set_aside(
    tx: Transaction, feed_id: int, keyed: Sequence[Keyed], shared: Collection[Key]
) -> tuple[list[Keyed], bool]:
    """Return the entries without the keys that identify nothing in this feed, and whether that is news.

    A constant guid may stand alone in tomorrow's document: without the note, that article would pass for the one
    that happened to bear it first, and be lost.
    """
    known = set(tx.runtime.all(_prefix(feed_id)))
    proven = _proven(feed_id, keyed, shared)
    for key in sorted(proven)[: max(0, MOST - len(known))]:
        tx.runtime.set(_note(feed_id, key), key.kind.value)
    notes = known | {_note(feed_id, key) for key in proven}
    stripped = (replace(k, keys=tuple(key for key in k.keys if _note(feed_id, key) not in notes)) for k in keyed)
    return [k for k in stripped if k.keys], bool(proven) and not known


def _proven(feed_id: int, keyed: Sequence[Keyed], shared: Collection[Key]) -> set[Key]:
    """Return the shared keys of entries that another key tells apart; the same article listed twice proves nothing."""
    counts = Counter(key for k in keyed for key in keys_of(k.entry, feed_id))
    return {key for key in shared if counts[key] > 1}


def _prefix(feed_id: int) -> str:
    return f"shared:{feed_id}:"


def _note(feed_id: int, key: Key) -> str:
    return _prefix(feed_id) + hashlib.sha256(f"{key.kind}:{key.value}".encode()).hexdigest()[:32]
