"""`occupier serve` and `run --serve`, typed."""

from __future__ import annotations

import io
import re
import signal
import stat
import subprocess
import urllib.request

import pytest

from tests.cli.conftest import DECLARE, Desk

pytestmark = pytest.mark.campaign  # whole scenes: processes, signals and a sandbox

ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+/")


@pytest.fixture
def served(desk: Desk) -> Desk:
    """A desk with a journal."""
    assert desk.type(*DECLARE).status == 0
    return desk


def address_said(process: subprocess.Popen[str], *, on_error: bool = False) -> str:
    stream = process.stderr if on_error else process.stdout
    assert stream is not None
    for line in stream:
        found = ADDRESS.search(line)
        if found:
            return found[0]
    raise AssertionError("no address was said")


def fetched(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        text: str = answer.read().decode()
    return text


def test_without_a_journal_there_is_nothing_to_serve(desk: Desk) -> None:
    typed = desk.type("serve", "--port", "0")
    assert typed.status == 4
    assert "occupier run" in typed.err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--host", "0.0.0.0"), "--base-url https://"),
        (("--base-url", "http://registre.example.org"), "write https://"),
        (("--base-url", "https://registre.example.org/page"), "nothing after it"),
        (("--base-url", "https://registre.example.org"), "occupier serve --set-secret read"),
        (("--host", "0.0.0.0", "--base-url", "https://registre.example.org"), "occupier serve --set-secret read"),
    ],
)
def test_what_would_be_open_to_others_is_refused_with_what_to_do(
    served: Desk, typed: tuple[str, ...], said: str
) -> None:
    answer = served.type("serve", "--port", "0", *typed)
    assert answer.status == 2
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1


def test_a_port_that_is_taken_is_said(served: Desk) -> None:
    first = served.start("serve", "--port", "0")
    try:
        port = address_said(first).rsplit(":", 1)[1].strip("/")
        second = served.type("serve", "--port", port)
        assert second.status == 1
        assert f"127.0.0.1:{port}" in second.err
    finally:
        first.terminate()
        first.communicate(timeout=60)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_it_serves_until_it_is_told_to_stop(served: Desk, number: signal.Signals, status: int) -> None:
    process = served.start("serve", "--port", "0")
    address = address_said(process)
    assert '<html lang="en">' in fetched(address)
    assert '"records":[]' in fetched(f"{address}api/log").replace(" ", "")
    process.send_signal(number)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (status, "")


def test_the_daemon_serves_the_page_too(served: Desk) -> None:
    process = served.start("run", "--serve", "--port", "0")
    assert "<html" in fetched(address_said(process, on_error=True))
    process.terminate()
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Traceback" not in err


def test_one_tick_serves_nothing(desk: Desk) -> None:
    assert desk.type("run", "--once", "--serve").status == 2


def test_a_secret_comes_from_a_pipe_and_is_kept_as_a_hash(served: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("the secret of the desk\n"))
    typed = served.type("serve", "--set-secret", "write")
    file = served.folder / "occupier.db.write-secret"
    assert typed.status == 0
    assert "the secret of the desk" not in typed.out + typed.err + file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_secret_is_made_where_none_is_typed_and_shown_once(served: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    typed = served.type("serve", "--set-secret", "read")
    shown = re.search(r"who need it: (\S{20,})", typed.out)
    assert shown
    assert shown[1] not in (served.folder / "occupier.db.read-secret").read_text()


def test_a_secret_that_is_too_short_is_refused(served: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    assert served.type("serve", "--set-secret", "read").status == 2
    assert not (served.folder / "occupier.db.read-secret").exists()
