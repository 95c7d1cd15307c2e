"""The sandbox's HTTP server: on loopback only, and able to answer badly when it is told to."""

import socket
import struct
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from occupier.sandbox.exchange import Delivery, Request, Response, json_response

MAX_BODY = 1024 * 1024
IDLE_SECONDS = 30


class LoopbackServer(ThreadingHTTPServer):
    """A threading server on 127.0.0.1 that ends every connection when it is stopped."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, app: Callable[[Request], Response], now: Callable[[], datetime]) -> None:
        self.app = app
        self.now = now
        self.stopped = threading.Event()
        self._open: set[socket.socket] = set()
        self._torn: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._thread = threading.Thread(target=self._accept, name="sandbox", daemon=True)
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def port(self) -> int:
        """The port in use."""
        return int(self.server_address[1])

    @property
    def hosts(self) -> frozenset[str]:
        """The Host headers that are answered: others may be a page rebinding its name to us."""
        return frozenset({f"127.0.0.1:{self.port}", f"localhost:{self.port}"})

    def start(self) -> None:
        """Begin to answer, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, wake whoever sleeps and end every open connection."""
        self.stopped.set()
        socket.create_connection(("127.0.0.1", self.port)).close()  # the accepting thread looks up
        self._thread.join()
        self.server_close()
        with self._guard:
            for connection in tuple(self._open):
                self._end(connection)

    def _accept(self) -> None:
        while not self.stopped.is_set():
            self.handle_request()

    def tear(self, connection: socket.socket) -> None:
        """Have this connection end by a reset."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._torn.add(connection)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection, and remember it."""
        connection, address = super().get_request()
        with self._guard:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - socketserver's own type
        """End a connection; a torn one without the farewell that would hide the reset."""
        with self._guard:
            self._open.discard(request)
        if request in self._torn:
            self._torn.discard(request)
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing: a client that hangs up is what the sandbox is for."""

    @staticmethod
    def _end(connection: socket.socket) -> None:
        try:
            connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    server: LoopbackServer
    protocol_version = "HTTP/1.1"
    server_version = "sandbox"
    timeout = IDLE_SECONDS
    wbufsize = -1
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        response = self._refusal() or self.server.app(self._request())
        deliver = {
            Delivery.WHOLE: self._whole,
            Delivery.CLOSED: self._closed,
            Delivery.RESET: self._reset,
            Delivery.TRUNCATED: self._truncated,
            Delivery.DRIP: self._drip,
        }
        deliver[response.delivery](response)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

    def _refusal(self) -> Response | None:
        if self.headers.get("Host", "") not in self.server.hosts:
            self._drain()
            return self._refuse(421, "this is a sandbox on 127.0.0.1")
        if self.headers.get("Transfer-Encoding"):
            return self._refuse(411, "a Content-Length is needed")
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit():
            return self._refuse(400, "the Content-Length is not a number")
        if int(length) > MAX_BODY:
            return self._refuse(413, "the body is larger than 1 MiB")
        return None

    def _drain(self) -> None:
        """Read a small body away: closing on unread bytes would reset the connection, answer and all."""
        length = self.headers.get("Content-Length", "0")
        if length.isdigit() and int(length) <= MAX_BODY:
            self.rfile.read(int(length))

    def _refuse(self, status: int, error: str) -> Response:
        self.close_connection = True
        return json_response(status, {"error": error})

    def _request(self) -> Request:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, self.path, headers["host"], headers, body)

    def _head(self, response: Response) -> None:
        self._skew = response.skew
        self.send_response(response.status)
        if response.body or response.status != 304:
            self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def _whole(self, response: Response) -> None:
        self._head(response)
        if self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def _closed(self, response: Response) -> None:
        self.close_connection = True

    def _reset(self, response: Response) -> None:
        self.close_connection = True
        self.server.tear(self.connection)

    def _truncated(self, response: Response) -> None:
        self._head(response)
        self.wfile.write(response.body[: len(response.body) // 2])
        self.wfile.flush()
        self.close_connection = True

    def _drip(self, response: Response) -> None:
        self._head(response)
        for byte in response.body:
            self.wfile.write(bytes((byte,)))
            self.wfile.flush()
            if self.server.stopped.wait(response.pace):
                break

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return the sandbox's own time, wrong by as much as a fault wants."""
        moment = self.server.now().timestamp() + getattr(self, "_skew", 0.0)
        return super().date_time_string(moment if timestamp is None else timestamp)

    def version_string(self) -> str:
        """Name the server, without the Python below it."""
        return self.server_version

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: the requests are kept by the sandbox, not printed."""
