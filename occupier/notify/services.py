"""One message through the services that people have: ntfy, mail, Signal, Matrix, Telegram and a hundred others."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

TIMEOUT = 20.0
"""Seconds that a service has to take a message."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message at one address: `place` counts from 1, `service` is its name, never its address."""

    place: int
    service: str
    known: bool
    taken: bool


def deliver(addresses: Sequence[str], title: str, body: str) -> list[Delivery]:
    """Send a message to addresses in Apprise's form (https://github.com/caronc/apprise/wiki); never raises.

    Args:
        addresses: they hold tokens and passwords: neither they nor what a library says of them is passed on.
        title: one line of plain text.
        body: plain text.
    """
    return [_deliver(place, address, title, body) for place, address in enumerate(addresses, 1)]


def _deliver(place: int, address: str, title: str, body: str) -> Delivery:
    # its logger writes addresses, in errors too
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    import apprise

    try:
        service = apprise.Apprise.instantiate(address, suppress_exceptions=True)
        if service is None:
            return Delivery(place, "", known=False, taken=False)
        service.socket_connect_timeout = service.socket_read_timeout = TIMEOUT
        taken = bool(service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT))
        return Delivery(place, str(service.service_name), known=True, taken=taken)
    except Exception:  # a hundred plug-ins: whatever one of them does, the daemon goes on
        return Delivery(place, "", known=True, taken=False)
