"""Connections of urllib3 that belong to a flight: bounded at every wait, and asked before the first byte.

urllib3's own timeouts bound each wait, not their sum: a server that sends one byte every few seconds holds a
thread for hours. Here every read and write waits no longer than what the flight has left.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.ssl_ import create_urllib3_context

from occupier.wire.flight import DeadlineReached, Flight, Stage, current, joined

BODY_BYTES = 1024 * 1024
_CHUNK = 16 * 1024
_A_LITTLE = 0.5
"""Seconds by which a wait may end before its flight does."""


class BodyTooLarge(Exception):
    """The body is longer, once decoded, than what is read of it."""


class _Bounded(socket.socket):
    """A socket whose every wait ends with the current flight."""

    def _bound(self) -> None:
        flight = current()
        if flight is not None:
            self.wait_at_most(flight.left())

    def wait_at_most(self, seconds: float) -> None:
        """Bound the next wait. Each change asks the system: what is a little shorter already is left as it is."""
        known = self.gettimeout()
        if known is None or not seconds - _A_LITTLE <= known <= seconds:
            super().settimeout(seconds)

    def settimeout(self, value: float | None) -> None:
        # urllib3 sets its own before every wait; within a flight, the flight's holds
        if current() is None:
            super().settimeout(value)

    def recv(self, *args: Any, **kwargs: Any) -> bytes:
        self._bound()
        return super().recv(*args, **kwargs)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._bound()
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        self._bound()
        return super().send(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        self._bound()
        super().sendall(*args, **kwargs)


class _BoundedTLS(_Bounded, ssl.SSLSocket):
    """The same over TLS; its handshake is bounded by the time to connect."""

    def do_handshake(self, block: bool = False) -> None:
        self._bound()
        super().do_handshake(block)


def tls_context() -> ssl.SSLContext:
    """Return a context that verifies, with the system's authorities, and makes bounded sockets."""
    context = create_urllib3_context()
    context.load_default_certs()
    context.sslsocket_class = _BoundedTLS
    return context


def _addresses(host: str, port: int, seconds: float) -> list[Any]:
    """Look a host up within `seconds`: the system's resolver itself cannot be told when to stop."""
    found: list[Any] = []
    failed: list[OSError | UnicodeError] = []

    def look_up() -> None:
        try:
            found.extend(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=look_up, name="look-up", daemon=True)
    thread.start()
    thread.join(seconds)
    if failed or not found:
        raise failed[0] if failed else DeadlineReached("the host was not found in time")
    return found


def _dial(flight: Flight, addresses: list[Any], options: Any, source: Any) -> _Bounded:
    """Connect to the first address that answers; each gets its share of the time left."""
    problem: OSError | None = None
    for index, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = _Bounded(family, kind, protocol)
        try:
            for option in options or ():
                sock.setsockopt(*option)
            if source:
                sock.bind(source)
            sock.wait_at_most(flight.left() / (len(addresses) - index))
            sock.connect(address)
            return sock
        except OSError as error:
            sock.close()
            problem = error
    raise problem or OSError("no address")


class _InFlight(HTTPConnection):
    """What both schemes share."""

    def _new_conn(self) -> socket.socket:
        with joined() as flight:
            flight.connecting()
            flight.reached(Stage.DNS)
            try:
                found = _addresses(self._dns_host.strip("[]"), self.port or self.default_port, flight.left())
            except (OSError, UnicodeError) as error:
                raise NameResolutionError(self.host, self, _gai(error)) from error
            flight.reached(Stage.CONNECT)
            try:
                sock = _dial(flight, found, self.socket_options, self.source_address)
            except TimeoutError as error:
                raise ConnectTimeoutError(self, f"Connection to {self.host} timed out.") from error
            except OSError as error:
                raise NewConnectionError(self, f"Failed to establish a new connection: {error}") from error
            return sock

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request, if its flight may begin."""
        if self.sock is None:
            self.connect()
        flight = current()
        if flight is not None:
            flight.begin()
        super().request(*args, **kwargs)


class GuardedHTTP(_InFlight):
    """Plain HTTP."""


class GuardedHTTPS(_InFlight, HTTPSConnection):
    """HTTP over TLS."""

    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        flight = current()
        if flight is not None:
            flight.reached(Stage.TLS)
        return sock


def _gai(error: Exception) -> socket.gaierror:
    return error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))


class HTTPPool(HTTPConnectionPool):
    """A pool of plain connections, kept for the next request."""

    ConnectionCls = GuardedHTTP


class HTTPSPool(HTTPSConnectionPool):
    """A pool of TLS connections, kept for the next request."""

    ConnectionCls = GuardedHTTPS


class _FreshHTTPPool(HTTPPool):
    def _put_conn(self, conn: Any) -> None:
        _end(conn)


class _FreshHTTPSPool(HTTPSPool):
    def _put_conn(self, conn: Any) -> None:
        _end(conn)


def _end(connection: Any) -> None:
    if connection is not None:
        connection.close()


KEPT: Mapping[str, Any] = {"http": HTTPPool, "https": HTTPSPool}
FRESH: Mapping[str, Any] = {"http": _FreshHTTPPool, "https": _FreshHTTPSPool}
"""A connection for every request: one that the server just closed is the commonest false error of a write."""


def pool_manager(*, pools: Mapping[str, Any] = KEPT, **options: Any) -> PoolManager:
    """Return a PoolManager on guarded connections.

    Call it with `retries=False, redirect=False, preload_content=False`, inside a `flight`, and read the body
    with `read_body` inside the same flight. Errors are urllib3's, and TooLate. Options are PoolManager's.
    """
    manager = PoolManager(**{"ssl_context": tls_context(), **options})
    manager.pool_classes_by_scheme = dict(pools)
    return manager


def read_body(response: HTTPResponse, limit: int = BODY_BYTES) -> bytes:
    """Read and decode a body piece by piece; raises BodyTooLarge past `limit` bytes, at bounded memory."""
    return b"".join(_pieces(response, limit))


def _pieces(response: HTTPResponse, limit: int) -> Iterator[bytes]:
    read = 0
    with _closed_on_error(response):
        while piece := response.read(_CHUNK, decode_content=True):
            read += len(piece)
            if read > limit:
                raise BodyTooLarge(f"more than {limit} bytes")
            yield piece
    response.release_conn()


@contextmanager
def _closed_on_error(response: HTTPResponse) -> Iterator[None]:
    try:
        yield
    except BaseException:
        response.close()
        raise
