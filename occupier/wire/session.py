"""One guarded `requests` session for every network's library.

The libraries bring no deadline, follow redirects with the token, read any length and speak to a fixed host;
here is where all of that is settled, below them. Proxies of the environment (HTTPS_PROXY, NO_PROXY) are
honoured, since newsrooms sit behind them, but never for loopback; a .netrc is not read, cookies are not kept.
"""

from __future__ import annotations

import io
import ipaddress
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from occupier.wire.connection import BODY_BYTES, FRESH, pool_manager, read_body, tls_context
from occupier.wire.dates import http_date
from occupier.wire.flight import Answer, Flight, joined

READING = frozenset({"GET", "HEAD"})
MAX_HOPS = 5
OnDate = Callable[[str, timedelta], None]


class UnsafeAddress(ValueError):
    """An address that is neither https nor on this machine; the address itself is not told."""


class GuardedSession(requests.Session):
    """A session in which every call is a flight. See `guarded_session`."""

    def __init__(self, rewrite: Mapping[str, str]) -> None:
        super().__init__()
        self.max_redirects = MAX_HOPS
        self._rewrite = {start.rstrip("/"): base.rstrip("/") for start, base in rewrite.items()}

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """Put the real host in before anything is signed: a signature then covers what is sent."""
        request.url = self._rewritten(str(request.url))
        if request.auth is None:
            # Without any, requests would look into the .netrc and overwrite a token with what it finds there.
            request.auth = _unchanged
        return super().prepare_request(request)

    def _rewritten(self, url: str) -> str:
        for start, base in self._rewrite.items():
            if url == start or url.startswith((f"{start}/", f"{start}?")):
                return base + url[len(start) :]
        return url

    def merge_environment_settings(self, url: Any, *args: Any, **kwargs: Any) -> Any:
        """Take proxies and authorities from the environment, except for this machine."""
        settings = super().merge_environment_settings(url, *args, **kwargs)
        if is_loopback(urlsplit(str(url)).hostname):
            settings["proxies"] = {}
        return settings

    def rebuild_auth(self, prepared_request: Any, response: Any) -> None:
        """Leave the headers: a redirect is only ever followed on the same host."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Return where to go on: for reads, and on the same host, only."""
        target = super().get_redirect_target(resp)
        if target is None or resp.request.method not in READING:
            return None
        here, there = urlsplit(str(resp.url)), urlsplit(urljoin(str(resp.url), target))
        same = (here.scheme, here.netloc) == (there.scheme, there.netloc)
        return target if same else None


def _unchanged(request: Any) -> Any:
    return request


class _Adapter(HTTPAdapter):
    """One connection per request, one deadline per flight, one answer noted in it."""

    def __init__(self, limit: int, now: Callable[[], datetime], on_date: OnDate | None) -> None:
        self._limit, self._now, self._on_date = limit, now, on_date
        super().__init__(max_retries=0)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **options: Any) -> None:
        """Make the pools of connections that know their flight."""
        self.poolmanager = pool_manager(pools=FRESH, num_pools=connections, maxsize=maxsize, **options)

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Make the same for a proxy."""
        manager = super().proxy_manager_for(proxy, ssl_context=tls_context(), **options)
        manager.pool_classes_by_scheme = dict(FRESH)
        return manager

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send within the current flight, and read the whole answer within it."""
        if not is_safe(str(request.url)):
            raise UnsafeAddress("https is needed, except on this machine")
        request.headers["Accept-Encoding"] = "identity"
        request.headers["Connection"] = "close"
        kwargs.update(stream=True, timeout=None)
        with joined() as flight:
            response = super().send(request, **kwargs)
            self._note(flight, response)
        return response

    def _note(self, flight: Flight, response: requests.Response) -> None:
        headers = {name.lower(): value for name, value in response.headers.items()}
        flight.answer = Answer(response.status_code, headers, None, str(response.url))
        self._date(flight, headers.get("date"), str(response.url))
        body = read_body(response.raw, self._limit)
        flight.answer = Answer(response.status_code, headers, body, str(response.url))
        response.raw = io.BytesIO(body)

    def _date(self, flight: Flight, date: str | None, url: str) -> None:
        theirs = http_date(date)
        if theirs is None:
            return
        flight.skew = theirs - self._now()
        if self._on_date:
            self._on_date(urlsplit(url).hostname or "", flight.skew)


def guarded_session(
    *,
    now: Callable[[], datetime],
    rewrite: Mapping[str, str] | None = None,
    on_date: OnDate | None = None,
    limit: int = BODY_BYTES,
) -> GuardedSession:
    """Return a session whose calls have one deadline, follow no redirect away, and end after `limit` bytes.

    Args:
        now: the clock, aware, in UTC.
        rewrite: beginnings of addresses and what they become ("https://api.twitter.com": "http://127.0.0.1:80/x").
        on_date: told, for every answer with a Date, the host and its Date less our clock.
        limit: bytes of a decoded body.
    """
    session = GuardedSession(rewrite or {})
    adapter = _Adapter(limit, now, on_date)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def is_safe(url: str) -> bool:
    """Say whether a token may travel to this address: https, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname))


def is_loopback(host: str | None) -> bool:
    """Say whether a host name or address is this machine."""
    if not host:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
