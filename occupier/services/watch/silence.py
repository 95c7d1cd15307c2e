"""Silence: a feed that answers but shows nothing new at hours at which it always did."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from occupier.domain.errors import Sentence
from occupier.domain.gaps import longest_unwatched
from occupier.domain.ports import FeedState, Notice, Notices, Store
from occupier.domain.setup import FeedSource, Setup
from occupier.domain.silences import KNOWN_FOR, silent_since

EVE = timedelta(days=1)
"""Nobody needs to hear of a silent feed while no strike is near."""


class Silence:
    """Tells once of each silence, and of its end. A feed that cannot be read is another matter, told elsewhere."""

    def __init__(self, store: Store, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._notices = notices
        self._setup = setup

    def listen(self) -> None:
        """Look at every feed in turn. Raises DatabaseError."""
        with self._store.reading() as tx:
            near = any(not s.is_over(tx.now) and s.starts_at - tx.now < EVE for s in tx.strikes.all())
            states = {state.name: state for state in tx.feeds.all()}
        for source in self._setup().feeds:
            state = states.get(source.name)
            if state is not None and state.url == source.url:
                self._mind(source, state, near=near)

    def _mind(self, source: FeedSource, state: FeedState, *, near: bool) -> None:
        with self._store.reading() as tx:
            told = tx.runtime.get(_note(state))
            seen, now = tx.articles.appeared(state.id, tx.now - KNOWN_FOR), tx.now
        if told is not None and seen and seen[-1] > datetime.fromisoformat(told):
            self._set(state, told := None)
            self._tell("feed_well", "The feed {feed} shows new articles again.", {"feed": source.name})
        since = silent_since(seen, now) if _is_watched(source, state, now) else None
        if since is not None and near and told is None:
            self._set(state, since.isoformat())
            text = (
                "The feed {feed} answers, but has shown nothing new since {since}, although it always did at these"
                " hours: is the site still publishing, and is this still its feed?"
            )
            self._tell("feed_silent", text, {"feed": source.name, "since": since}, serious=True)

    def _set(self, state: FeedState, value: str | None) -> None:
        with self._store.noting() as tx:
            tx.runtime.set(_note(state), value)

    def _tell(self, kind: str, text: str, values: dict[str, object], *, serious: bool = False) -> None:
        self._notices.tell(Notice(kind, Sentence(text, values), serious=serious))


def _is_watched(source: FeedSource, state: FeedState, now: datetime) -> bool:
    return state.last_ok_at is not None and now - state.last_ok_at <= longest_unwatched(source.interval)


def _note(state: FeedState) -> str:
    return f"silent:{state.id}"
