"""Feeds asked for over HTTP: conditionally, on kept connections, within a time and a size."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from urllib3 import HTTPResponse
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ProtocolError,
    SSLError,
)
from urllib3.exceptions import TimeoutError as WaitedTooLong

from occupier import __version__
from occupier.domain.errors import FeedError
from occupier.domain.ports import Asked, Clock, Fetched
from occupier.domain.text import safe_link
from occupier.feeds.address import PrivateAddress, arrive, is_private, journey, shown
from occupier.wire.connection import (
    BodyTooLarge,
    GuardedHTTP,
    GuardedHTTPS,
    HTTPPool,
    HTTPSPool,
    pool_manager,
    read_body,
)
from occupier.wire.dates import http_date
from occupier.wire.flight import CALL_SECONDS, CONNECT_SECONDS, TooLate, flight

LARGEST = 5 * 1024 * 1024
"""Bytes of a feed, decompressed."""
MOST_REDIRECTS = 5
LONGEST_WAIT = timedelta(days=1)
"""What a server asks us to wait is believed up to this."""
_HOSTS = 128
_CONNECTIONS_PER_HOST = 8
_DISCARDED = 64 * 1024
_LONGEST_VALIDATOR = 1_000
_HEADERS = {
    "User-Agent": f"occupier/{__version__} (strike automation)",
    "Accept": "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5",
    "Accept-Encoding": "gzip",
}
_STATUSES = {
    401: "The feed at {url} wants a password (HTTP 401); an open address is needed.",
    403: "The server of {url} refuses to give the feed (HTTP 403); ask its people to let occupier in.",
    404: "There is no feed at {url} (HTTP 404); check the address.",
    410: "The feed at {url} is gone for good (HTTP 410); another address is needed.",
    429: "The server of {url} finds us too frequent (HTTP 429); it will be asked later.",
}


class _Watched:
    """A connection whose real address is judged: when it is made, and whenever it is used again."""

    sock: Any
    _address: str | None = None

    def _new_conn(self) -> socket.socket:
        sock: socket.socket = super()._new_conn()  # type: ignore[misc]
        try:
            self._address = sock.getpeername()[0]
            arrive(self._address)
        except (PrivateAddress, OSError):
            sock.close()
            raise
        return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is not None and self._address is not None:
            arrive(self._address)
        super().request(*args, **kwargs)  # type: ignore[misc]


class _WatchedHTTP(_Watched, GuardedHTTP):
    pass


class _WatchedHTTPS(_Watched, GuardedHTTPS):
    pass


class _HTTPPool(HTTPPool):
    ConnectionCls = _WatchedHTTP


class _HTTPSPool(HTTPSPool):
    ConnectionCls = _WatchedHTTPS


class HttpFetcher:
    """A `Fetcher`, safe to call from several threads; its connections are kept from one fetch to the next."""

    def __init__(
        self,
        clock: Clock,
        *,
        seconds: float = CALL_SECONDS,
        connect: float = CONNECT_SECONDS,
        private: Callable[[str], bool] = is_private,
    ) -> None:
        """Take the clock for Retry-After and skew, the seconds in all and to connect, and what a private IP is."""
        self._clock = clock
        self._private = private
        self._seconds = seconds
        self._connect = connect
        pools = {"http": _HTTPPool, "https": _HTTPSPool}
        self._manager = pool_manager(pools=pools, num_pools=_HOSTS, maxsize=_CONNECTIONS_PER_HOST, block=False)

    def fetch(self, asked: Asked) -> Fetched:
        """Ask for one feed, conditionally; up to five redirects are followed, and none is remembered.

        Raises FeedError with a sentence for each way to fail, and `not_before` where the server tells one.
        """
        with flight(self._seconds, self._connect), journey(self._private), _explained(asked.url, self._seconds):
            url, response = self._follow(_checked(asked.url, asked.url), _request_headers(asked))
            return self._understood(asked, url, response)

    def close(self) -> None:
        """Close the kept connections."""
        self._manager.clear()

    def _follow(self, url: str, headers: Mapping[str, str]) -> tuple[str, HTTPResponse]:
        asked = url
        for _ in range(MOST_REDIRECTS + 1):
            response = self._get(url, headers)
            location = response.get_redirect_location()
            if not location:
                return url, response
            _discard(response)
            url = _checked(_next(url, location), asked)
        raise FeedError(
            "The feed at {url} redirects more than {count} times; check the address.",
            url=shown(asked),
            count=MOST_REDIRECTS,
        )

    def _get(self, url: str, headers: Mapping[str, str]) -> HTTPResponse:
        try:
            return self._get_once(url, headers)
        except ProtocolError:
            # A kept connection may have been closed by the server just as it was used; asking twice harms nobody.
            return self._get_once(url, headers)

    def _get_once(self, url: str, headers: Mapping[str, str]) -> HTTPResponse:
        response = self._manager.request(
            "GET", url, headers=headers, retries=False, redirect=False, preload_content=False, timeout=self._seconds
        )
        assert isinstance(response, HTTPResponse)
        return response

    def _understood(self, asked: Asked, url: str, response: HTTPResponse) -> Fetched:
        now = self._clock.now()
        unchanged = response.status == 304 and bool(asked.etag or asked.modified)
        if not unchanged and not 200 <= response.status < 300:
            _discard(response)
            raise _refusal(asked.url, response, now)
        body = None if unchanged else read_body(response, LARGEST)
        if unchanged:
            response.release_conn()  # it has no body
        return Fetched(
            body=body,
            etag=_validator(response, "ETag") or (asked.etag if unchanged else None),
            modified=_validator(response, "Last-Modified") or (asked.modified if unchanged else None),
            content_type=response.headers.get("Content-Type", ""),
            url=url,
            host=(urlsplit(url).hostname or "").lower(),
            skew=_skew(response, now),
            not_before=_not_before(response, now),
        )


def _request_headers(asked: Asked) -> dict[str, str]:
    known = {"If-None-Match": asked.etag, "If-Modified-Since": asked.modified}
    return {**_HEADERS, **{name: value for name, value in known.items() if value}}


def _next(url: str, location: str) -> str:
    try:
        return urldefrag(urljoin(url, location)).url
    except ValueError:
        return location


@lru_cache(maxsize=2048)
def _checked(url: str, asked: str) -> str:
    """Return an address that may be asked, in ASCII; raises FeedError if it is not http or https."""
    link = safe_link(url)
    if link is not None:
        return url if url.isascii() and " " not in url else link
    if url == asked:
        raise FeedError("The feed's address {url} is not an http or https address.", url=shown(url))
    raise FeedError("The feed at {url} redirects to something that is not an http or https address.", url=shown(asked))


def _discard(response: HTTPResponse) -> None:
    """Read what is left of a small answer, so that its connection is kept; drop a large one."""
    with suppress(HTTPError, BodyTooLarge):
        read_body(response, _DISCARDED)


def _refusal(url: str, response: HTTPResponse, now: datetime) -> FeedError:
    status = response.status
    default = "The server of {url} answers HTTP {status}; check the address."
    if status >= 500:
        default = "The server of {url} is in trouble (HTTP {status}); it will be asked again."
    error = FeedError(_STATUSES.get(status, default), url=shown(url), status=status)
    error.not_before = _not_before(response, now)
    return error


def _validator(response: HTTPResponse, name: str) -> str | None:
    value = response.headers.get(name)
    return value if value and len(value) <= _LONGEST_VALIDATOR else None


def _skew(response: HTTPResponse, now: datetime) -> timedelta | None:
    """Return the server's clock less ours. A copy kept by a cache has an old Date, and tells its Age (RFC 9111)."""
    date = http_date(response.headers.get("Date"))
    age = response.headers.get("Age", "0").strip()
    if date is None or not (age.isascii() and age.isdigit() and len(age) < 9):
        return None
    return date + timedelta(seconds=int(age)) - now


def _not_before(response: HTTPResponse, now: datetime) -> datetime | None:
    """Read Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""
    told = response.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        seconds = int(told[:9])
        return now + min(timedelta(seconds=seconds), LONGEST_WAIT)
    date = http_date(told)
    return min(max(date, now), now + LONGEST_WAIT) if date else None


@contextmanager
def _explained(url: str, seconds: float) -> Iterator[None]:
    """Turn what went wrong on the wire into a sentence; the exceptions' own texts never get out."""
    try:
        yield
    except (PrivateAddress, BodyTooLarge, TooLate, TimeoutError, HTTPError, OSError, ValueError) as error:
        text = next(text for kinds, text in _FAILURES if isinstance(error, kinds))
        raise FeedError(text, url=shown(url), seconds=int(seconds), megabytes=LARGEST // 2**20) from None


_TOO_SLOW = "The feed at {url} was not there within {seconds} s; it will be asked again."
#: The first that fits; in urllib3, each of the middle three is a kind of the one after.
_FAILURES: tuple[tuple[Any, str], ...] = (
    (PrivateAddress, "The feed at {url} redirects to an address of a private network, which is refused."),
    (BodyTooLarge, "The feed at {url} is larger than {megabytes} MiB, and is not read."),
    (NameResolutionError, "The server of {url} cannot be found (DNS); check the address and the connection."),
    (NewConnectionError, "The server of {url} refuses the connection; it will be asked again."),
    (ConnectTimeoutError, "The server of {url} cannot be reached in time; it will be asked again."),
    (SSLError, "The server of {url} cannot prove who it is (TLS); check the address, or ask its people."),
    ((TooLate, TimeoutError, WaitedTooLong), _TOO_SLOW),
    (Exception, "The connection to {url} broke off; it will be asked again."),
)
