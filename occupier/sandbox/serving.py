"""The sandbox as a process of its own."""

import signal
import threading
from collections.abc import Callable
from types import FrameType

from occupier.sandbox.box import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from occupier.sandbox.model import PLATFORMS


def serve(
    port: int,
    *,
    on_ready: Callable[[Sandbox], object],
    visible_after: float = 0.0,
    ignore_keys: bool = False,
    unlimited: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT; `on_ready` gets the running sandbox. Call it in the main thread.

    Raises UsageError when the port is taken.
    """
    ended = threading.Event()
    before = [(number, signal.signal(number, _setting(ended))) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        with Sandbox(port) as box:
            for platform in PLATFORMS:
                _prepare(box, platform, visible_after, ignore_keys, unlimited)
            on_ready(box)
            ended.wait()
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _setting(ended: threading.Event) -> Callable[[int, FrameType | None], None]:
    return lambda _number, _frame: ended.set()


def _prepare(box: Sandbox, platform: str, visible_after: float, ignore_keys: bool, unlimited: bool) -> None:
    if visible_after:
        box.fault(platform, Fault(FaultKind.VISIBLE_AFTER, seconds=visible_after))
    if ignore_keys:
        box.fault(platform, Fault(FaultKind.IGNORE_KEY))
    if unlimited:
        box.fault(platform, Fault(FaultKind.UNLIMITED))
