"""Passes the notices that matter on to a person, each once, in a thread of its own: posting never waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from occupier.domain.errors import OccupierError, Sentence
from occupier.domain.ports import Clock, Notice, Notices
from occupier.notify.services import Delivery
from occupier.speech import gettext as _

_BORDERS = {"check", "strike_begins", "strike_over", "afterwards", "all_clear", "summary", "report", "destroy"}
_WELL_AGAIN = {"paused", "lane", "feed_well", "pause_file", "pause_url", "clock"}
_TO_DO = {"by_hand"}
PHONED = frozenset(_BORDERS | _WELL_AGAIN | _TO_DO)
"""The kinds that are worth a message although nobody need do anything; all that is serious is worth one."""
TOLD_AS_OFTEN = frozenset({"lane", "paused", "all_clear"})
"""Each is told by whoever sees it change, once: the same words again are another stop, or another end of one."""
SILENT = frozenset({"notify"})
"""What the messenger says itself: it would answer its own failures."""
ONCE_IN = timedelta(hours=6)
"""The same sentence is not sent again within this time."""
MOST_AN_HOUR = 20
"""Then one message says that there is more, and the rest stays in the daemon's log."""
WAITS = (0.0, 30.0, 300.0)
"""Seconds before each try, for a line that is down."""

Send = Callable[[Sequence[str], str, str, Sequence[str]], list[Delivery]]
"""Takes addresses, a title, a body, and paths of files that go with it."""


@dataclass(frozen=True, slots=True)
class _Message:
    text: str
    attached: str | None = None


class Messenger:
    """A `Notices` that sends messages. Give it `close` to send what is left and end."""

    def __init__(
        self,
        addresses: Callable[[], Sequence[str]],
        words: Callable[[Notice], str],
        send: Send,
        clock: Clock,
        log: Notices,
    ) -> None:
        self._addresses = addresses
        self._words = words
        self._send = send
        self._clock = clock
        self._log = log
        self._queue: SimpleQueue[_Message | None] = SimpleQueue()
        self._told: dict[str, datetime] = {}
        self._sent: list[datetime] = []
        self._closing = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def tell(self, notice: Notice) -> None:
        """Send it, if a person should know; never waits, never raises."""
        if notice.kind in SILENT or not (notice.serious or notice.kind in PHONED):
            return
        with self._starting:
            text = self._words(notice)
            is_news = notice.kind in TOLD_AS_OFTEN or self._is_new(text)
            if is_news and self._has_room():
                self._queue.put(_Message(text, notice.attached))
                self._start()

    def close(self, seconds: float = 10.0) -> None:
        """Send what is left, for so many seconds at most."""
        self._closing.set()
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join(seconds)

    def _is_new(self, text: str) -> bool:
        now = self._clock.now()
        # told in the future: our clock was set back
        self._told = {said: at for said, at in self._told.items() if timedelta(0) <= now - at < ONCE_IN}
        return self._told.setdefault(text, now) is now

    def _has_room(self) -> bool:
        now = self._clock.now()
        self._sent = [at for at in self._sent if timedelta(0) <= now - at < timedelta(hours=1)]
        self._sent.append(now)
        if len(self._sent) == MOST_AN_HOUR:
            self._queue.put(_Message(_("Much is happening: nothing more is sent for an hour. See occupier status.")))
        return len(self._sent) < MOST_AN_HOUR

    def _start(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="notify", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        while (message := self._queue.get()) is not None:
            self._pass_on([message, *self._waiting()])

    def _waiting(self) -> list[_Message]:
        """Take along what has come meanwhile: one message, not ten."""
        messages: list[_Message] = []
        try:
            while (message := self._queue.get_nowait()) is not None:
                messages.append(message)
            self._queue.put(None)
        except Empty:
            pass
        return messages

    def _pass_on(self, messages: Sequence[_Message]) -> None:
        body, files = "\n".join(m.text for m in messages), [m.attached for m in messages if m.attached]
        try:
            left = list(enumerate(self._addresses()))
        except OccupierError as error:
            self._complain(error.sentence)
            return
        for wait in WAITS:
            if not left or (wait and self._closing.wait(wait)):
                break
            given = [address for _place, address in left]
            failed = [d for d in self._send(given, _("occupier"), body, files) if not d.taken]
            left = [left[d.place - 1] for d in failed]
        for place, _address in left:
            text = "A notification could not be delivered (the address number {place} under notify)."
            self._complain(Sentence(text, {"place": place + 1}))

    def _complain(self, sentence: Sentence) -> None:
        self._log.tell(Notice("notify", sentence))
