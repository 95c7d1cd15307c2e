"""Where strike feeds are put: real files, commands and servers, and never half a feed."""

from __future__ import annotations

import asyncio
import base64
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from occupier.domain.errors import NetworkError
from occupier.domain.outcome import RefusalKind
from occupier.syndication.delivery import CommandDelivery, FileDelivery, make
from occupier.syndication.sftp import SftpDelivery
from occupier.syndication.webdav import WebDavDelivery

ONE, OTHER, RSS = b"<rss>1</rss>", b"<rss>2</rss>", "application/rss+xml"
USER, PASSWORD = "redaction", "secret-of-the-place"


def now() -> datetime:
    return datetime.now(UTC)


# --- a file -----------------------------------------------------------------------------------------------------------


def test_a_file_is_replaced_whole_and_readable_by_a_web_server(tmp_path: Path) -> None:
    path = tmp_path / "strike.xml"
    delivery = make("file", str(path), (), None, now)
    delivery.try_out()
    delivery.put(ONE, RSS, 5)
    before = path.stat().st_ino
    delivery.put(OTHER, RSS, 5)
    assert path.read_bytes() == OTHER
    assert path.stat().st_ino != before
    assert path.stat().st_mode & 0o777 == 0o644
    assert [file.name for file in tmp_path.iterdir()] == ["strike.xml"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    delivery = FileDelivery(tmp_path / "away" / "strike.xml")
    with pytest.raises(NetworkError, match="away"):
        delivery.try_out()
    with pytest.raises(NetworkError, match="the edition before"):
        delivery.put(ONE, RSS, 5)


# --- a command --------------------------------------------------------------------------------------------------------


def test_a_command_reads_the_feed(tmp_path: Path) -> None:
    path = tmp_path / "got.xml"
    script = f"import sys; open({str(path)!r}, 'wb').write(sys.stdin.buffer.read())"
    delivery = make("command", "", (sys.executable, "-c", script), None, now)
    delivery.try_out()
    delivery.put(ONE, RSS, 10)
    assert path.read_bytes() == ONE


@pytest.mark.parametrize("script", ["raise SystemExit(3)", "import time; time.sleep(60)"])
def test_a_command_that_fails_or_hangs_has_failed(script: str) -> None:
    with pytest.raises(NetworkError, match="failed"):
        CommandDelivery([sys.executable, "-c", script]).put(ONE, RSS, 0.2)


def test_a_command_that_is_not_there_is_named() -> None:
    with pytest.raises(NetworkError, match="no-such-command"):
        CommandDelivery(["no-such-command"]).try_out()
    with pytest.raises(NetworkError, match="no-such-command"):
        CommandDelivery(["no-such-command"]).put(ONE, RSS, 5)


# --- WebDAV -----------------------------------------------------------------------------------------------------------


class Dav(BaseHTTPRequestHandler):
    """Enough of RFC 4918: PUT, MOVE and PROPFIND, for one user; what it did is kept in order."""

    files: dict[str, bytes]
    seen: list[tuple[str, str]]

    def do_PUT(self) -> None:
        if self._may():
            self.files[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(201)

    def do_MOVE(self) -> None:
        if self._may():
            target = "/" + self.headers["Destination"].split("/", 3)[3]
            self.files[target] = self.files.pop(self.path)
            self._answer(204 if self.headers["Overwrite"] == "T" else 412)

    def do_PROPFIND(self) -> None:
        if self._may():
            self._answer(207 if self.path == "/www/" else 404)

    def _may(self) -> bool:
        self.seen.append((self.command, self.path))
        wanted = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.headers.get("Authorization") == wanted:
            return True
        self._answer(401)
        return False

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def dav() -> Iterator[tuple[str, type[Dav]]]:
    class Here(Dav):
        files: dict[str, bytes] = {}
        seen: list[tuple[str, str]] = []

    server = ThreadingHTTPServer(("127.0.0.1", 0), Here)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"127.0.0.1:{server.server_port}", Here
    server.shutdown()
    server.server_close()
    thread.join()


def test_webdav_moves_the_whole_feed_over_the_one_before(dav: tuple[str, type[Dav]]) -> None:
    place, server = dav
    delivery = WebDavDelivery(f"http://{USER}@{place}/www/strike.xml", PASSWORD, now)
    delivery.try_out()
    delivery.put(ONE, RSS, 5)
    delivery.put(OTHER, RSS, 5)
    assert server.files == {"/www/strike.xml": OTHER}
    assert server.seen[1:3] == [("PUT", "/www/strike.xml.half"), ("MOVE", "/www/strike.xml.half")]


def test_webdav_says_whose_matter_a_refusal_is(dav: tuple[str, type[Dav]]) -> None:
    place, server = dav
    with pytest.raises(NetworkError, match="401") as refused:
        WebDavDelivery(f"http://{USER}@{place}/www/strike.xml", "wrong", now).put(ONE, RSS, 5)
    assert refused.value.kind == RefusalKind.CREDENTIALS
    assert "wrong" not in str(refused.value)
    with pytest.raises(NetworkError, match="404") as lost:
        WebDavDelivery(f"http://{USER}@{place}/elsewhere/strike.xml", PASSWORD, now).try_out()
    assert lost.value.kind is None
    assert server.files == {}


def test_webdav_that_is_not_there_is_named() -> None:
    with pytest.raises(NetworkError, match=r"127\.0\.0\.1 could not be reached"):
        WebDavDelivery("http://127.0.0.1:9/strike.xml", None, now).put(ONE, RSS, 5)


# --- SFTP -------------------------------------------------------------------------------------------------------------


class Doorkeeper(asyncssh.SSHServer):
    """Lets one user in, by a password."""

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


@pytest.fixture(scope="module")
def sftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path, str]]:
    """Run a real server in a thread; give its port, its folder and the line by which it is known."""
    folder, key = tmp_path_factory.mktemp("sftp"), asyncssh.generate_private_key("ssh-ed25519")
    loop, ready, found = asyncio.new_event_loop(), threading.Event(), [0]

    async def serve() -> Any:
        root = str(folder).encode()
        server = await asyncssh.create_server(
            Doorkeeper, "127.0.0.1", 0, server_host_keys=[key],
            sftp_factory=lambda channel: asyncssh.SFTPServer(channel, chroot=root),
        )  # fmt: skip
        found[0] = server.get_port()
        ready.set()
        return server

    def work() -> None:
        server = loop.run_until_complete(serve())
        loop.run_forever()
        server.close()
        loop.run_until_complete(server.wait_closed())
        # what the connections of the tests left to be done
        loop.run_until_complete(asyncio.sleep(0.05))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield found[0], folder, f"[127.0.0.1]:{found[0]} {key.export_public_key().decode()}"
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)


@pytest.fixture
def known(sftp: tuple[int, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[int, Path]:
    port, folder, line = sftp
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(line)
    return port, folder


def test_sftp_puts_the_whole_feed_over_the_one_before(known: tuple[int, Path]) -> None:
    port, folder = known
    delivery = SftpDelivery(f"sftp://{USER}@127.0.0.1:{port}/strike.xml", PASSWORD)
    delivery.try_out()
    delivery.put(ONE, RSS, 10)
    delivery.put(OTHER, RSS, 10)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {"strike.xml": OTHER}


def test_sftp_lets_nobody_in_with_a_wrong_password(known: tuple[int, Path]) -> None:
    port, _ = known
    with pytest.raises(NetworkError, match="let this user in") as refused:
        SftpDelivery(f"sftp://{USER}@127.0.0.1:{port}/strike.xml", "wrong").put(ONE, RSS, 10)
    assert refused.value.kind == RefusalKind.CREDENTIALS


def test_sftp_trusts_no_server_that_this_user_does_not_know(
    sftp: tuple[int, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(NetworkError, match="is not known to this user"):
        SftpDelivery(f"sftp://{USER}@127.0.0.1:{sftp[0]}/strike.xml", PASSWORD).put(ONE, RSS, 10)


def test_sftp_that_is_not_there_is_named() -> None:
    with pytest.raises(NetworkError, match=r"127\.0\.0\.1 did not take"):
        SftpDelivery("sftp://127.0.0.1:9/strike.xml", None).put(ONE, RSS, 5)
