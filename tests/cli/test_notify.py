"""`notify test`, and the messages of a daemon that runs, through a real server."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import pytest

from tests.cli.conftest import DECLARE, PLAIN, Desk

NOTIFY = 'notify = [{ env = "NTFY" }]\n'


@pytest.fixture
def arrived() -> Iterator[tuple[str, Queue[str]]]:
    """An address in Apprise's JSON form, and what arrives there."""
    messages: Queue[str] = Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            messages.put(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["message"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://127.0.0.1:{server.server_port}/hush-hush", messages
    server.shutdown()
    server.server_close()


def test_a_test_message_arrives(desk: Desk, arrived: tuple[str, Queue[str]]) -> None:
    address, messages = arrived
    desk.write(NOTIFY + PLAIN)
    desk.environ["NTFY"] = address
    typed = desk.type("notify", "test")
    assert (typed.status, messages.get(timeout=20)) == (0, "This is a test: messages of occupier arrive here.")
    assert typed.out == "The address number 1 (JSON) took the message: look whether it has arrived.\n"
    assert "hush" not in typed.out + typed.err


@pytest.mark.parametrize(("address", "said"), [("nonsense://hush", "none that Apprise knows"),
                                               ("json://127.0.0.1:9/hush", "did not take the message")])  # fmt: skip
def test_an_address_that_does_not_work_is_told_by_its_place(desk: Desk, address: str, said: str) -> None:
    desk.write(NOTIFY + PLAIN)
    desk.environ["NTFY"] = address
    typed = desk.type("notify", "test")
    assert (typed.status, said in typed.out, "hush" in typed.out + typed.err) == (1, True, False)


def test_without_an_address_one_is_told_how_to_write_it(desk: Desk) -> None:
    desk.write(PLAIN)
    typed = desk.type("notify", "test")
    assert (typed.status, 'notify = [{ env = "NOTIFY" }]' in typed.err) == (2, True)


def test_the_daemon_tells_what_goes_wrong(desk: Desk, arrived: tuple[str, Queue[str]]) -> None:
    address, messages = arrived
    desk.write(NOTIFY + PLAIN)
    desk.environ |= {"NTFY": address, "TOKEN": "t0k3n-t0k3n"}
    desk.type("run", "--once")
    told = "\n".join(messages.get_nowait() for _ in range(messages.qsize()))  # all was sent when the command ended
    assert "refuses the connection" in told
    assert "t0k3n" not in told


def test_a_dry_run_sends_nothing(desk: Desk, arrived: tuple[str, Queue[str]]) -> None:
    address, messages = arrived
    desk.write(NOTIFY + PLAIN)
    desk.environ |= {"NTFY": address, "TOKEN": "t0k3n-t0k3n"}
    assert desk.type(*DECLARE).status == 0
    desk.type("run", "--once", "--dry-run")
    assert messages.empty()
