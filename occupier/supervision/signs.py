"""Signs of life to systemd: `sd_notify(3)`, a datagram to the socket that it names. Nothing without systemd."""

from __future__ import annotations

import os
import socket


def ready() -> None:
    """Say that the daemon has begun."""
    _send("READY=1")


def working() -> None:
    """Say that it still works: without this for as long as `WatchdogSec`, systemd starts it again."""
    _send("WATCHDOG=1")


def stopping() -> None:
    """Say that it ends on purpose."""
    _send("STOPPING=1")


def _send(sign: str) -> None:
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address[:1] not in ("/", "@"):
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as there:
            # an abstract socket: systemd writes its leading NUL as "@"
            there.connect("\0" + address[1:] if address[0] == "@" else address)
            there.sendall(sign.encode())
    except OSError:  # a supervisor that is gone stops nobody
        pass
