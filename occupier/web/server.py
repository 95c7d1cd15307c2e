"""Serving the review page from a thread, on an address that is safe to serve on."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from occupier.bootstrap import House
from occupier.domain.connecting import is_this_machine
from occupier.domain.errors import FailedError, UsageError
from occupier.web.app import Options, make_app
from occupier.web.passwords import RIGHTS, Passwords

THREADS = 100
"""Requests that are answered at once; one more is told to come again."""
_HEAD = 16 * 1024
_BACKLOG = 64


@dataclass(frozen=True, slots=True)
class Place:
    """Where to listen, and the address that browsers use if there is a server in front; `flag` is typed for a port."""

    host: str = "127.0.0.1"
    port: int = 8018
    base_url: str | None = None
    flag: str = "--port"


@contextmanager
def serving(house: House, place: Place) -> Iterator[str]:
    """Serve inside; give the address to open.

    Raises:
        UsageError: it would be open to others without a secret, or its secret would travel in clear.
        FailedError: the address is not free, or not one of this machine.
    """
    _require_safe(place, Passwords(house.store.path))
    with listening_at(place) as listener:
        port = listener.getsockname()[1]
        address = place.base_url or f"http://{bracketed(place.host)}:{port}"
        with running(make_app(house, options(place, port)), listener):
            yield f"{address}/"


def _require_safe(place: Place, passwords: Passwords) -> None:
    if place.base_url is None:
        if is_this_machine(place.host):
            return
        raise UsageError(
            "On {host} others could read along: give --base-url https://… with the name that a server in front of this"
            " one answers to in https, or leave --host out to stay on this machine.",
            host=place.host,
        )
    parts = urlsplit(place.base_url)
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query or "@" in parts.netloc:
        raise UsageError("--base-url: write https:// and the name of the server in front, nothing after it.")
    if not any(passwords.is_set(right) for right in RIGHTS):
        raise UsageError("Whoever knows {address} could read the log: first type {command}.",
                         address=place.base_url, command="occupier serve --set-secret read")  # fmt: skip


def options(place: Place, port: int) -> Options:
    """Return what browsers call the page that is served there."""
    if place.base_url is not None:
        return Options(frozenset({urlsplit(place.base_url).netloc.lower()}), https=True, home_only=False)
    names = {place.host.lower(), "127.0.0.1", "localhost", "::1"}
    return Options(frozenset(f"{bracketed(name)}:{port}" for name in names))


@contextmanager
def listening_at(place: Place) -> Iterator[socket.socket]:
    """Listen inside; raises FailedError: the address is not free, or not one of this machine."""
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    try:
        listener = socket.create_server((place.host, place.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise FailedError(
                "{host}:{port} is taken: an occupier that runs may serve there already, so look at http://{host}:{port}"
                " first; otherwise choose another port with {flag}.",
                host=place.host,
                port=place.port,
                flag=place.flag,
            ) from None
        raise FailedError(
            "{host}:{port} cannot be listened on ({detail}): choose another port with {flag}.",
            host=place.host,
            port=place.port,
            flag=place.flag,
            # not the error's own words: they hold the address again, in brackets
            detail=os.strerror(error.errno) if error.errno else type(error).__name__,
        ) from None
    with listener:
        yield listener


@contextmanager
def running(app: object, listener: socket.socket, at_once: int = THREADS) -> Iterator[None]:
    """Serve an ASGI application inside, on a socket that listens; `at_once`: requests, one more comes again."""
    from uvicorn import Config, Server

    from occupier.web.guard import Guarded

    config = Config(
        app,  # type: ignore[arg-type]
        lifespan="off",
        ws="none",
        http=Guarded,
        loop="asyncio",
        log_config=None,
        access_log=False,  # its lines hold the addresses of people; ours do not
        proxy_headers=False,
        server_header=False,
        backlog=_BACKLOG,
        limit_concurrency=at_once,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
        h11_max_incomplete_event_size=_HEAD,
    )
    server = Server(config)
    # a daemon thread: a request that hangs must not keep the process
    thread = threading.Thread(target=server.run, args=([listener],), name="web", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def bracketed(host: str) -> str:
    """Return a host as addresses have it: IPv6 in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host else host
