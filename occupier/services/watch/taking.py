"""Take: write what a document of a feed brings, and what is to be done about it, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from occupier.domain.article import Key, Keyed, after_gap, identify, oldest_first, watched_with_gap
from occupier.domain.errors import Sentence
from occupier.domain.limits import MASS_GUARD_FLOOR
from occupier.domain.ports import (
    FeedState,
    Fetched,
    NewArticle,
    Notice,
    Notices,
    Parsed,
    Store,
    Transaction,
)
from occupier.domain.setup import FeedSource, Setup
from occupier.services.kiosk.keeping import Keeping
from occupier.services.watch.deciding import Deciding
from occupier.services.watch.gaps import tell_gap
from occupier.services.watch.sharedkeys import set_aside
from occupier.services.watch.unchanged import next_poll

PORTION = 100
"""Entries written in one transaction: more than feeds usually hold, and a fraction of a second."""


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll brought: how many articles were new, how many joined a baseline, how many actions were written."""

    feed: str
    new: int = 0
    baseline: int = 0
    actions: int = 0
    failed: bool = False

    def plus(self, more: Polled) -> Polled:
        """Return what two portions of one document brought."""
        return Polled(
            self.feed, self.new + more.new, self.baseline + more.baseline, self.actions + more.actions, self.failed
        )


@dataclass(frozen=True, slots=True)
class _Brought:
    """What a fetch brought; `keys` are those that identify an article in it."""

    fetched: Fetched
    digest: str | None
    parsed: Parsed
    keys: set[Key]


class Taking:
    """Writes documents, portion by portion."""

    def __init__(
        self, store: Store, deciding: Deciding, keeping: Keeping, notices: Notices, setup: Callable[[], Setup]
    ) -> None:
        self._store = store
        self._deciding = deciding
        self._keeping = keeping
        self._notices = notices
        self._setup = setup

    def take(self, source: FeedSource, fetched: Fetched, digest: str | None, parsed: Parsed) -> tuple[Polled, bool]:
        """Write what a document brings, in portions; say too whether entries of it share keys. Raises DatabaseError.

        One document of the usual size is one transaction. Thousands of entries must not keep `pause` waiting: each
        portion is written with the actions that it causes, and the feed's state with the last.
        """
        with self._store.writing() as tx:
            feed = tx.feeds.ensure(source)
            keyed, shared = identify(parsed.entries, feed.id)
            keyed, news = set_aside(tx, feed.id, keyed, shared)
            mass = self._is_mass(tx, source, feed, keyed)
            first, *rest = _portions(oldest_first(keyed))
            brought = _Brought(fetched, digest, parsed, {key for one in keyed for key in one.keys})
            polled = self._accept(tx, source, first, mass=mass)
            if not rest:
                self._save(tx, source, brought, read=bool(keyed))
        for n, portion in enumerate(rest, 1):
            with self._store.writing() as tx:
                polled = polled.plus(self._accept(tx, source, portion, mass=mass))
                if n == len(rest):
                    self._save(tx, source, brought, read=True)
        return polled, news or (bool(shared) and feed.baseline_at is None)

    def _save(self, tx: Transaction, source: FeedSource, brought: _Brought, *, read: bool) -> None:
        fetched, digest = brought.fetched, brought.digest
        state = self._keeping.keep(tx, tx.feeds.ensure(source), digest, brought.parsed, brought.keys)
        tell_gap(tx, source, state, tx.now)
        tx.feeds.save(
            replace(
                state,
                etag=fetched.etag,
                modified=fetched.modified,
                body_hash=digest,
                baseline_at=tx.now if read and state.baseline_at is None else state.baseline_at,
                last_ok_at=tx.now,
                next_at=next_poll(source, fetched.not_before, tx.now),
                failures=0,
            )
        )
        tx.runtime.set(_mass_note(state), None)

    def _is_mass(self, tx: Transaction, source: FeedSource, feed: FeedState, entries: Sequence[Keyed]) -> bool:
        """Say whether a document shows too many new articles at once; noted until the whole of it is written."""
        owners = tx.articles.owners([key for keyed in entries for key in keyed.keys])
        unknown = [keyed for keyed in entries if owners.keys().isdisjoint(keyed.keys)]
        new = sum(not self._new(keyed, feed, tx.now).baseline for keyed in unknown)
        # a process that died half-way left fewer to be new: what was a mass stays one
        if new <= max(MASS_GUARD_FLOOR, len(entries) / 2) and tx.runtime.get(_mass_note(feed)) is None:
            return False
        tx.runtime.set(_mass_note(feed), "yes")
        self._tell_mass(tx, source, new, len(entries))
        return True

    def _accept(self, tx: Transaction, source: FeedSource, entries: Sequence[Keyed], *, mass: bool) -> Polled:
        feed = tx.feeds.ensure(source)
        owners = tx.articles.owners([key for keyed in entries for key in keyed.keys])
        known = [(_oldest(keyed, owners), keyed.keys) for keyed in entries if not owners.keys().isdisjoint(keyed.keys)]
        tx.articles.add_keys(known)
        elsewhere = tx.articles.see([article_id for article_id, _ in known], feed.id, tx.now)
        again = [tx.articles.get(article_id) for article_id in elsewhere if feed.baseline_at is not None]
        unknown = [keyed for keyed in entries if owners.keys().isdisjoint(keyed.keys)]
        added = tx.articles.add([self._new(keyed, feed, tx.now) for keyed in unknown], feed.id, tx.now)
        fresh = [article for article in added if not article.baseline]
        written = self._deciding.decide(tx, [*fresh, *again], mass=mass)
        return Polled(source.name, len(fresh), len(added) - len(fresh), written)

    def _new(self, keyed: Keyed, feed: FeedState, now: datetime) -> NewArticle:
        gap = watched_with_gap(feed.last_ok_at, now, self._setup().freshness)
        old, counted_from = after_gap(keyed.entry, now, gap=gap)
        return NewArticle(keyed.entry, keyed.keys, counted_from, baseline=old or feed.baseline_at is None)

    def _tell_mass(self, tx: Transaction, source: FeedSource, new: int, entries: int) -> None:
        tx.events.add("mass", {"feed": source.name, "new": new, "of": entries})
        self._notices.tell(Notice("mass", Sentence(
            "The feed {feed} shows {n} new articles at once: they are on hold. If they are really new, type"
            " occupier release --all; if not, occupier drop them.",
            {"feed": source.name, "n": new}), serious=True))  # fmt: skip


def _portions(entries: Sequence[Keyed]) -> list[Sequence[Keyed]]:
    return [entries[start : start + PORTION] for start in range(0, len(entries), PORTION)] or [()]


def _mass_note(feed: FeedState) -> str:
    return f"mass:{feed.id}"


def _oldest(keyed: Keyed, owners: Mapping[Key, int]) -> int:
    return min(owners[key] for key in keyed.keys if key in owners)
