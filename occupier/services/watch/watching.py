"""Watch: ask a feed, keep what is new; what is to be done about it is written in the same transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from occupier.domain.errors import FeedError, Sentence
from occupier.domain.ports import (
    Asked,
    FeedState,
    Fetched,
    Fetcher,
    Notice,
    Notices,
    Parsed,
    Parser,
    Store,
)
from occupier.domain.setup import FeedSource, Setup
from occupier.services.kiosk.keeping import Keeping
from occupier.services.watch.clockwatch import ClockWatch
from occupier.services.watch.deciding import Deciding
from occupier.services.watch.taking import Polled, Taking
from occupier.services.watch.unchanged import Unchanged, bounded

LONGEST_BACK_OFF = timedelta(minutes=15)
"""A broken feed is asked at least this often, unless its server said otherwise."""


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
        self._keeping = keeping
        self._clocks = clocks
        self._notices = notices
        self._setup = setup
        self._taking = Taking(store, deciding, keeping, notices, setup)
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
        polled, shared = self._taking.take(source, fetched, digest, parsed)
        self._tell(polled, shared=shared)
        self._well_again(state)
        return polled

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

    def _tell(self, polled: Polled, *, shared: bool) -> None:
        if shared:
            self._say("keys_shared", "In the feed {feed}, several entries share a guid or a link; it identifies none.",
                      feed=polled.feed)  # fmt: skip
        if polled.baseline:
            self._say("baseline", "Articles already in the feed {feed}: {n}; none of them will be posted.",
                      feed=polled.feed, n=polled.baseline)  # fmt: skip
        if polled.new and polled.actions:
            self._say("new", "New articles in the feed {feed}: {n}.", feed=polled.feed, n=polled.new)
        elif polled.new:
            self._say("new", "New articles in the feed {feed}: {n}. No strike concerns them: none is announced by a"
                      " strike message.", feed=polled.feed, n=polled.new)  # fmt: skip

    def _say(self, kind: str, text: str, **values: object) -> None:
        self._notices.tell(Notice(kind, Sentence(text, values)))


def _hour(state: FeedState | None, source: FeedSource, now: datetime) -> datetime | None:
    # a changed address is a new feed: it is asked at once
    if state is None or state.url != source.url:
        return None
    # read at an hour that is still to come: our clock was set back, and no feed may wait until it has caught up
    return None if state.last_ok_at is not None and state.last_ok_at > now else state.next_at
