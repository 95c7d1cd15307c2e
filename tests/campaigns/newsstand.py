"""A feed's server that answers what it was told to: ``python -m tests.campaigns.newsstand``.

It prints its address. `POST /say` sets the answer to `/feed.xml`: the body, and in the header `X-Answer` its status,
its headers and its mode. `GET /seen` counts the requests since then, and those to `/leak`, where nobody should go.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HUGE = 100 * 2**20


@dataclass
class State:
    """What is answered now, and who asked since; `mode` is plain, cut, slow, silent, huge or loop."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    mode: str = "plain"
    seen: int = 0
    leaks: int = 0


class Stall(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    state = State()

    def handle(self) -> None:
        """Serve until whoever asks goes away."""
        with suppress(OSError):
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        told = json.loads(self.headers["X-Answer"])
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Stall.state = State(body, **told, leaks=self.state.leaks)
        self._plain(State(b"{}"))

    def do_GET(self) -> None:
        state = self.state
        if self.path == "/seen":
            self._plain(State(json.dumps({"seen": state.seen, "leaks": state.leaks}).encode()))
        elif self.path.startswith("/leak"):
            state.leaks += 1
            self._plain(State(b"leaked"))
        else:
            state.seen += self.path == "/feed.xml"
            with suppress(OSError):
                getattr(self, f"_{state.mode}")(state)

    def _head(self, state: State, length: int) -> None:
        self.send_response(state.status)
        for name, value in state.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _plain(self, state: State) -> None:
        self._head(state, len(state.body))
        self.wfile.write(state.body)

    def _cut(self, state: State) -> None:
        self._head(state, len(state.body) * 2)
        self.wfile.write(state.body)
        self.close_connection = True

    def _slow(self, state: State) -> None:
        self._head(state, len(state.body))
        for byte in state.body:
            self.wfile.write(bytes([byte]))
            time.sleep(0.2)

    def _silent(self, state: State) -> None:
        time.sleep(60)

    def _huge(self, state: State) -> None:
        self._head(state, HUGE)
        block = (state.body * (2**20 // len(state.body) + 1))[: 2**20]
        for _ in range(HUGE // len(block)):
            self.wfile.write(block)

    def _loop(self, state: State) -> None:
        self._plain(State(b"", 302, {"Location": f"{self.path.split('?')[0]}?{time.monotonic_ns()}"}))


@dataclass(frozen=True)
class Newsstand:
    """The server as its driver sees it."""

    url: str

    @property
    def feed(self) -> str:
        """The address of the feed."""
        return f"{self.url}/feed.xml"

    def say(
        self, body: bytes, status: int = 200, headers: Mapping[str, str] | None = None, mode: str = "plain"
    ) -> None:
        """Answer this from now on."""
        told = json.dumps({"status": status, "headers": dict(headers or {}), "mode": mode})
        request = urllib.request.Request(f"{self.url}/say", body, {"X-Answer": told}, method="POST")
        with urllib.request.urlopen(request, timeout=30):
            pass

    def seen(self) -> tuple[int, int]:
        """Return how often the feed was asked for since the last `say`, and how many requests went astray."""
        with urllib.request.urlopen(f"{self.url}/seen", timeout=30) as answer:
            told = json.load(answer)
        return told["seen"], told["leaks"]


@contextmanager
def newsstand() -> Iterator[Newsstand]:
    """Run the server in a process of its own."""
    command = [sys.executable, "-m", "tests.campaigns.newsstand"]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Newsstand(process.stdout.readline().strip())
    finally:
        process.kill()
        process.wait(30)
        process.stdout.close()


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stall)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
