"""Watch: ask a feed, keep what is new; what is to be done about it is written in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from occupier.domain.article import Key, Keyed, after_gap, identify, oldest_first, watched_with_gap
from occupier.domain.errors import FeedError, Sentence
from occupier.domain.limits import MASS_GUARD_FLOOR
from occupier.domain.ports import (
    Asked,
    FeedState,
    Fetched,
    Fetcher,
    NewArticle,
    Notice,
    Notices,
    Parsed,
    Parser,
    Store,
    Transaction,
)
from occupier.domain.setup import FeedSource, Setup
from occupier.services.clockwatch import ClockWatch
from occupier.services.deciding import Deciding
from occupier.services.gaps import tell_gap
from occupier.services.keeping import Keeping
from occupier.services.sharedkeys import set_aside
from occupier.services.unchanged import Unchanged, bounded, next_poll

LONGEST_BACK_OFF = timedelta(minutes=15)
"""A broken feed is asked at least this often, unless its server said otherwise."""


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


PORTION = 100
"""Entries written in one transaction: more than feeds usually hold, and a fraction of a second."""


class Watching:
    """Polls feeds; one call at a time per feed."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        parser: Parser,
        deciding: Deciding,
        keeping: Keeping,
        clocks: ClockWatch,
        notices: Notices,
        setup: Callable[[], Setup],
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._parser = parser
        self._deciding = deciding
        self._keeping = keeping
        self._clocks = clocks
        self._notices = notices
        self._setup = setup
        self._unchanged = Unchanged(store)
        self._read_ahead: dict[str, FeedState] = {}

    def due(self) -> tuple[list[FeedSource], datetime | None]:
        """Return the feeds to ask now, and when the next one is due; writes what `poll` noted. Raises DatabaseError."""
        self.write_notes()
        sources = {source.name: source for source in self._setup().feeds}
        with self._store.reading() as tx:
            states = {state.name: state for state in tx.feeds.all() if state.name in sources}
            now = tx.now
        # known a moment ago, they need not be read one by one; what is written is written on the journal's own state
        self._read_ahead = {name: state for name, state in states.items() if state.url == sources[name].url}
        hours = {name: _hour(states.get(name), source, now) for name, source in sources.items()}
        waiting = [at for at in hours.values() if at is not None and at > now]
        ready = [sources[name] for name, at in hours.items() if at is None or at <= now]
        return ready, min(waiting, default=None)

    def write_notes(self) -> None:
        """Write which feeds were asked and had nothing new. Raises DatabaseError."""
        self._unchanged.write()

    def poll(self, source: FeedSource) -> Polled:
        """Ask one feed, once; a feed that fails is asked again later and touches no other. Raises DatabaseError.

        That it had nothing new is noted, and written with the others' notes by the next `due`.
        """
        state = self._state(source)
        try:
            fetched, digest, parsed = self._read(state)
        except FeedError as error:
            return self._failed(source, error)
        except Exception as error:  # whatever one document does to its reader, it must not be asked for every second
            text = "Reading the feed {feed} failed unexpectedly ({error}): it is asked again later."
            return self._failed(source, FeedError(text, feed=source.name, error=type(error).__name__))
        if parsed is None:
            self._unchanged.note(source, state, fetched, self._clocks.now())
            self._well_again(state)
            return Polled(source.name)
        if not state.failures and parsed.skipped:
            self._say("entries_skipped", "Entries of the feed {feed} that cannot be used: {n}. {why}",
                      feed=source.name, n=len(parsed.skipped), why=parsed.skipped[0])  # fmt: skip
        polled, shared = self._take(source, fetched, digest, parsed)
        self._tell(polled, shared=shared)
        self._well_again(state)
        return polled

    def _take(self, source: FeedSource, fetched: Fetched, digest: str | None, parsed: Parsed) -> tuple[Polled, bool]:
        """Write what a document brings, in portions; say too whether entries of it share keys.

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

    def _read(self, state: FeedState) -> tuple[Fetched, str | None, Parsed | None]:
        """Fetch and understand a feed; no document where it is the one of before. Raises FeedError, and worse."""
        lacks = self._keeping.lacks(state)
        asked = Asked(state.url) if lacks else Asked(state.url, state.etag, state.modified)
        fetched = self._fetcher.fetch(asked)
        self._clocks.observe(fetched.host, fetched.skew)
        if fetched.body is None:
            return fetched, None, None
        digest = hashlib.sha256(fetched.body).hexdigest()
        if digest == state.body_hash and not lacks:
            return fetched, digest, None
        return fetched, digest, self._parser.parse(fetched.body, fetched.content_type, fetched.url)

    def _state(self, source: FeedSource) -> FeedState:
        state = self._read_ahead.pop(source.name, None)
        if state is not None and state.url == source.url:
            return state
        self.write_notes()
        with self._store.writing() as tx:
            return tx.feeds.ensure(source)

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

    def _failed(self, source: FeedSource, error: FeedError) -> Polled:
        with self._store.writing() as tx:
            state = tx.feeds.ensure(source)
            wait = min(source.interval * 2 ** min(state.failures, 10), max(LONGEST_BACK_OFF, source.interval))
            next_at = max(tx.now + wait, bounded(error.not_before, tx.now))
            tx.feeds.save(replace(state, failures=state.failures + 1, next_at=next_at))
            if not state.failures:
                tx.events.add("feed_failing", {"feed": source.name})
        if not state.failures:
            self._notices.tell(Notice("feed_failing", error.sentence, serious=True))
        return Polled(source.name, failed=True)

    def _well_again(self, before: FeedState) -> None:
        if before.failures:
            self._say("feed_well", "The feed {feed} can be read again.", feed=before.name)

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

    def _tell(self, polled: Polled, *, shared: bool) -> None:
        if shared:
            self._say("keys_shared", "In the feed {feed}, several entries share a guid or a link; it identifies none.",
                      feed=polled.feed)  # fmt: skip
        if polled.baseline:
            self._say("baseline", "Articles already in the feed {feed}: {n}. None of them will be posted.",
                      feed=polled.feed, n=polled.baseline)  # fmt: skip
        if polled.new and polled.actions:
            self._say("new", "New articles in the feed {feed}: {n}.", feed=polled.feed, n=polled.new)
        elif polled.new:
            self._say("new", "New articles in the feed {feed}: {n}. No strike concerns them: none is announced by a"
                      " strike message.", feed=polled.feed, n=polled.new)  # fmt: skip

    def _say(self, kind: str, text: str, **values: object) -> None:
        self._notices.tell(Notice(kind, Sentence(text, values)))


def _portions(entries: Sequence[Keyed]) -> list[Sequence[Keyed]]:
    return [entries[start : start + PORTION] for start in range(0, len(entries), PORTION)] or [()]


def _mass_note(feed: FeedState) -> str:
    return f"mass:{feed.id}"


def _oldest(keyed: Keyed, owners: Mapping[Key, int]) -> int:
    return min(owners[key] for key in keyed.keys if key in owners)


def _hour(state: FeedState | None, source: FeedSource, now: datetime) -> datetime | None:
    # a changed address is a new feed: it is asked at once
    if state is None or state.url != source.url:
        return None
    # read at an hour that is still to come: our clock was set back, and no feed may wait until it has caught up
    return None if state.last_ok_at is not None and state.last_ok_at > now else state.next_at
