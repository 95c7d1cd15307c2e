"""A server on loopback that says exactly the bytes a test wants, badly if need be."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

DATA = Path(__file__).parent / "wire" / "data"
AUTHORITY = DATA / "localhost.crt"
Behaviour = Callable[[socket.socket, bytes], None]


def answer(body: bytes = b"{}", status: str = "200 OK", *headers: str, length: int | None = None) -> bytes:
    """Return a whole answer; `length` lies about it."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def says(*pieces: bytes) -> Behaviour:
    """Send these pieces, then wait for the next request."""

    def behave(connection: socket.socket, _request: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return behave


def closes(connection: socket.socket, _request: bytes) -> None:
    """Take the request and end without a byte."""
    connection.shutdown(socket.SHUT_RDWR)


class Loopback:
    """A server; `requests` are the bytes of each request, `connections` how many there were.

    `behave` is called with the connection and each whole request; None never answers, not even a TLS handshake.
    """

    def __init__(self, behave: Behaviour | None, *, tls: bool = False) -> None:
        self._behave, self._tls = behave, tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.requests: list[bytes] = []
        self.connections = 0
        self.stopping = threading.Event()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://localhost:{self.port}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._threads[0].join(5)
        self._listener.close()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join(5)
        for connection in self._open:
            connection.close()

    def drips(self, whole: bytes, *, quick: int = 0, pace: float = 0.02) -> Behaviour:
        """Send the `quick` first bytes at once and the others one by one, far too slowly."""

        def behave(connection: socket.socket, _request: bytes) -> None:
            connection.sendall(whole[:quick])
            for byte in whole[quick:]:
                connection.sendall(bytes([byte]))
                if self.stopping.wait(pace):
                    return

        return behave

    def now(self, behave: Behaviour) -> None:
        """Behave like this from the next request on."""
        self._behave = behave

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            if self._behave is None:
                continue
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            if self._tls:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(AUTHORITY, DATA / "localhost.key")
                # The wrapped socket takes the plain one's place, and is closed in its stead.
                self._open.remove(connection)
                try:
                    connection = context.wrap_socket(connection, server_side=True)
                finally:
                    self._open.append(connection)
            while request := _request(connection):
                self.requests.append(request)
                assert self._behave is not None
                self._behave(connection, request)


def _request(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    length = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
