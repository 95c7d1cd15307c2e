"""One message through the services that people have: ntfy, mail, Signal, Matrix, Telegram and a hundred others."""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass

TIMEOUT = 20.0
"""Seconds that a service has to take a message."""
HEAVIEST = 5 * 2**20
"""Bytes of a file that is sent along: mail servers and phones take about so much."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of one message at one address: `place` counts from 1, `service` is its name, never its address."""

    place: int
    service: str
    known: bool
    taken: bool


def deliver(addresses: Sequence[str], title: str, body: str, attached: Sequence[str] = ()) -> list[Delivery]:
    """Send a message to addresses in Apprise's form (https://github.com/caronc/apprise/wiki); never raises.

    Args:
        addresses: they hold tokens and passwords: neither they nor what a library says of them is passed on.
        title: one line of plain text.
        body: plain text.
        attached: paths of files; a service that carries none, or refuses them, sends the words alone.
    """
    files = [path for path in attached if _is_light(path)]
    return [_deliver(place, address, title, body, files) for place, address in enumerate(addresses, 1)]


def _is_light(path: str) -> bool:
    try:
        return os.path.getsize(path) <= HEAVIEST
    except OSError:  # somebody has removed it since: the words say where it was
        return False


def _deliver(place: int, address: str, title: str, body: str, files: Sequence[str]) -> Delivery:
    # its logger writes addresses, in errors too
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    import apprise

    try:
        service = apprise.Apprise.instantiate(address, suppress_exceptions=True)
        if service is None:
            return Delivery(place, "", known=False, taken=False)
        service.socket_connect_timeout = service.socket_read_timeout = TIMEOUT
        carried = [apprise.AppriseAttachment(list(files))] if files and service.attachment_support else []
        taken = any(
            service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT, attach=attach)
            for attach in (*carried, None)
        )
        return Delivery(place, str(service.service_name), known=True, taken=taken)
    except Exception:  # a hundred plug-ins: whatever one of them does, the daemon goes on
        return Delivery(place, "", known=True, taken=False)
