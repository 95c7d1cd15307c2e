"""Who works behind the scene: the daemon in a thread, and what keeps its notices."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from occupier.daemon import Daemon
from occupier.domain.errors import FailedError
from occupier.domain.ports import Notice


class Prompter:
    """Keeps the daemon's notices until the stage has time for them."""

    def __init__(self) -> None:
        self._notices: SimpleQueue[Notice] = SimpleQueue()

    def tell(self, notice: Notice) -> None:
        """Keep a notice."""
        self._notices.put(notice)

    def told(self) -> Iterator[Notice]:
        """Give back what was kept, and forget it."""
        while True:
            try:
                yield self._notices.get_nowait()
            except Empty:
                return


@dataclass
class Company:
    """The daemon at work in a thread of this process."""

    daemon: Daemon
    failure: BaseException | None = None
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the thread."""
        self._thread = threading.Thread(target=self._work, name="rehearsal")

    def _work(self) -> None:
        try:
            self.daemon.run()
        except BaseException as error:  # noqa: BLE001 - raised again where somebody can be told
            self.failure = error
        finally:
            self.daemon.stop.set()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let it work; at the end, a call in flight is settled first."""
        self._thread.start()
        try:
            yield
        finally:
            self.daemon.stop.set()
            self._thread.join()

    def rest(self, seconds: float) -> None:
        """Wait, unless the daemon has stopped: then raise why."""
        if self.daemon.stop.wait(seconds):
            raise self.failure or FailedError("The rehearsal was stopped before its end.")
