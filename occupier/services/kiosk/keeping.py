"""Keep: the document of a feed that a strike feed is made of, with the article of each of its entries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from occupier.domain.article import Key, keys_of
from occupier.domain.errors import FeedError
from occupier.domain.handing import Document
from occupier.domain.ports import FeedState, Notice, Notices, Parsed, Press, Transaction
from occupier.domain.setup import Setup
from occupier.services.kiosk.racks import target_of


class Keeping:
    """Keeps documents in the transaction in which their articles are written."""

    def __init__(self, press: Press, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._press = press
        self._notices = notices
        self._setup = setup

    def is_wanted(self, feed: str) -> bool:
        """Say whether a strike feed is made of this feed."""
        return any(a.is_feed and feed in a.feeds for a in self._setup().accounts)

    def lacks(self, state: FeedState) -> bool:
        """Say whether the document of a feed is wanted, and was never taken."""
        return state.document_hash is None and self.is_wanted(state.name)

    def keep(self, tx: Transaction, state: FeedState, digest: str | None, parsed: Parsed, keys: set[Key]) -> FeedState:
        """Keep a feed's document; return its state. One that cannot be cut rightly leaves the one before in its place.

        Args:
            tx: the transaction that writes its articles.
            state: the feed's.
            digest: of the bytes that were fetched.
            parsed: the document.
            keys: those that identify an article in it.
        """
        if not self.is_wanted(state.name):
            return replace(state, document_hash=None)
        try:
            self._require_whole(parsed)
        except FeedError as error:
            if state.document_hash != digest:
                self._notices.tell(Notice("strike_feed", error.sentence, serious=True))
        else:
            articles = _articles(tx, state.id, parsed, keys)
            body = self._as_handed(tx, state, parsed.document, articles)
            tx.kiosk.keep(state.id, Document(body, tuple(articles), digest or ""))
        return replace(state, document_hash=digest)

    def _require_whole(self, parsed: Parsed) -> None:
        if not parsed.document:
            raise FeedError("The feed is no XML: a strike feed can be made of RSS or Atom only; it stays as it was.")
        if self._press.cut(parsed.document).entries != parsed.listed:
            raise FeedError("The entries of the feed cannot be told apart; the strike feed stays as it was.")

    def _as_handed(self, tx: Transaction, state: FeedState, body: bytes, articles: Sequence[int | None]) -> bytes:
        """Return the document with what was handed as it was then: a tool that goes by dates would announce it anew."""
        before, handed = tx.kiosk.document(state.id), self._handed(tx, state.name, articles)
        if before is None or not handed:
            return body
        was = {article: place for place, article in enumerate(before.articles) if article in handed}
        places = {place: was[article] for place, article in enumerate(articles) if article in was}
        return self._press.cut(body).grafted(self._press.cut(before.body), places)

    def _handed(self, tx: Transaction, feed: str, articles: Sequence[int | None]) -> set[int]:
        known = {article for article in articles if article is not None}
        mine = (a for a in self._setup().accounts if a.is_feed and feed in a.feeds)
        targets = [target.id for a in mine if (target := target_of(tx, a))]
        return {one for t in targets for one, p in tx.kiosk.placed(t, known).items() if p.is_new_to_somebody}


def _articles(tx: Transaction, feed_id: int, parsed: Parsed, keys: set[Key]) -> Sequence[int | None]:
    """Return the article of each entry of the document, in its order; None where nothing identifies it."""
    carried = [[key for key in keys_of(entry, feed_id) if key in keys] for entry in parsed.entries]
    owners = tx.articles.owners([key for mine in carried for key in mine])
    articles: list[int | None] = [None] * parsed.listed
    for place, mine in zip(parsed.places, carried, strict=True):
        articles[place] = min((owners[key] for key in mine if key in owners), default=None)
    return articles
