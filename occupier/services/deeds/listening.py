"""Listen: a word at an address that several people can write to stops everything, from any phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from occupier.domain.errors import FeedError, Sentence
from occupier.domain.ports import Asked, Fetcher, Notice, Notices, Pause, Store
from occupier.domain.setup import Setup

EVERY = 30.0
"""Seconds between two readings of the address."""
CAUSE = "address"
_TAG = re.compile(r"<[^>]*>")


class Listening:
    """Reads the address. What cannot be read stops nothing, lifts nothing, and is told."""

    def __init__(self, store: Store, fetcher: Fetcher, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._fetcher = fetcher
        self._notices = notices
        self._setup = setup
        self._heard: bool | None = None
        self._deaf = False

    def listen(self) -> None:
        """Read the address once, and pause or go on as it says. Raises DatabaseError.

        The word stops when it appears: after `resume` it must disappear before it stops again, so that nobody who can
        write there locks the newsroom out.
        """
        setup = self._setup()
        if setup.pause_url is None:
            self._go_on()  # the settings named one, and no longer do
            return
        try:
            body = self._fetcher.fetch(Asked(setup.pause_url)).body or b""
        except FeedError as error:
            self._tell_deaf(error)
            return
        self._tell_hearing()
        heard = says(body, setup.pause_word)
        if heard and not self._heard:
            self._stop(setup)
        elif not heard and self._heard is not False:
            self._go_on()
        self._heard = heard

    def _stop(self, setup: Setup) -> None:
        with self._store.writing() as tx:
            added = tx.pauses.add(Pause(None, CAUSE, CAUSE, tx.now))
        if added:
            text = "Somebody wrote {word} at {address}: nothing is posted until it is taken out."
            self._say(Sentence(text, {"word": setup.pause_word, "address": setup.pause_url}), serious=True)

    def _go_on(self) -> None:
        with self._store.reading() as tx:
            if all(pause.by != CAUSE for pause in tx.pauses.all()):
                return
        with self._store.writing() as tx:
            lifted = tx.pauses.lift(None, [CAUSE])
        if lifted:
            self._say(Sentence("The word that stopped everything was taken out: posting goes on."), serious=True)

    def _tell_deaf(self, error: FeedError) -> None:
        if not self._deaf:
            self._deaf = True
            text = "The address where anybody can stop everything cannot be read: {why}"
            self._say(Sentence(text, {"why": error.sentence}), serious=True)

    def _tell_hearing(self) -> None:
        if self._deaf:
            self._deaf = False
            self._say(Sentence("The address where anybody can stop everything can be read again."), serious=False)

    def _say(self, sentence: Sentence, *, serious: bool) -> None:
        self._notices.tell(Notice("pause_url", sentence, serious=serious))


def says(body: bytes, word: str) -> bool:
    """Say whether the word stands in a text or a page, in capitals or not, not inside another word."""
    text = _TAG.sub(" ", body.decode("utf-8", "replace"))
    return re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) is not None
