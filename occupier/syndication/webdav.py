"""A strike feed put on a WebDAV server: under another name, then moved over the one before (RFC 4918, 9.9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import unquote, urlsplit, urlunsplit

import requests

from occupier.domain.errors import NetworkError
from occupier.domain.outcome import RefusalKind
from occupier.wire.flight import CALL_SECONDS, flight
from occupier.wire.session import guarded_session

_HALF = ".half"
_REFUSED = {401: RefusalKind.CREDENTIALS, 403: RefusalKind.PERMISSION}
_DONE = frozenset({200, 201, 204, 207})


class WebDavDelivery:
    """A file on a server; `address` may name a user."""

    def __init__(self, address: str, password: str | None, now: Callable[[], datetime]) -> None:
        parts = urlsplit(address)
        self._host = parts.hostname or ""
        self._address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
        self._login = (unquote(parts.username or ""), password or "") if parts.username else None
        self._now = now

    def put(self, document: bytes, media_type: str, seconds: float) -> None:
        """Put the document there; whoever reads has the old one or the new one."""
        half = self._address + _HALF
        with flight(seconds=seconds):
            self._ask("PUT", half, document, {"Content-Type": media_type})
            self._ask("MOVE", half, b"", {"Destination": self._address, "Overwrite": "T"})

    def try_out(self) -> None:
        """Find out whether the folder answers to this user."""
        folder = self._address.rpartition("/")[0] + "/"
        with flight(seconds=CALL_SECONDS):
            self._ask("PROPFIND", folder, b"", {"Depth": "0"})

    def _ask(self, method: str, address: str, body: bytes, headers: Mapping[str, str]) -> None:
        session = guarded_session(now=self._now)
        try:
            answer = session.request(method, address, data=body, headers=dict(headers), auth=self._login)
        except (requests.RequestException, OSError, ValueError) as error:
            text = "{host} could not be reached to put the strike feed there ({detail})."
            raise NetworkError(text, host=self._host, detail=type(error).__name__) from error
        if answer.status_code not in _DONE:
            raise self._no(answer.status_code)

    def _no(self, status: int) -> NetworkError:
        error = NetworkError(
            "{host} did not take the strike feed (HTTP {status}): see that the folder is there, and that the user may"
            " write in it.",
            host=self._host,
            status=status,
        )
        error.kind = _REFUSED.get(status)
        return error
