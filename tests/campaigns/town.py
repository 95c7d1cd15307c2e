"""A newsroom's whole day in processes: the networks, occupier as it is typed, and the tools that others wrote."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.campaigns.world import ROOT, Networks

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


@dataclass
class Town:
    """One folder with settings and a journal, and what is typed there; every wait is divided by `factor`."""

    folder: Path
    networks: Networks
    factor: float
    secrets: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    # --- occupier -----------------------------------------------------------------------------------------------------

    def settle(self, text: str) -> None:
        """Write the settings."""
        (self.folder / "settings.toml").write_text(text, encoding="utf-8")

    def type(self, *words: str, refused: bool = False) -> str:
        """Type a command that must succeed, or may say that something is not in order; return what it says."""
        done = subprocess.run(self._line(words), cwd=self.folder, env=self._environ(), capture_output=True, text=True,
                              timeout=120, check=False)  # fmt: skip
        assert done.returncode == 0 or (refused and done.returncode == 1), f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    @contextmanager
    def begun(self, *words: str, until: str) -> Iterator[re.Match[str]]:
        """Let a command work inside, once it has said what `until` finds; end it in order."""
        log = self.folder / f"{'-'.join(words[:2])}.txt"
        with log.open("w") as said:
            process = subprocess.Popen(
                self._line(words), cwd=self.folder, env=self._environ(), stdout=said, stderr=said
            )
        try:
            yield _heard(process, log, until)
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(60)
        assert status == 0, f"{words} ended with {status}: {log.read_text()[-2000:]}"
        assert "Traceback" not in log.read_text(), log.read_text()[-4000:]

    def strike(self, name: str, seconds: float, starts: str = "now") -> datetime:
        """Declare a strike that ends in so many seconds, by the command's own clock; return when that is."""
        self.type("strike", "declare", name, "--from", starts, "--to", f"+{round(seconds)}s", "--mandate", "AG",
                  "--reason", "contre la réforme")  # fmt: skip
        with closing(sqlite3.connect(f"file:{self.folder / 'occupier.db'}?mode=ro", uri=True)) as db:
            ((ends,),) = db.execute("SELECT ends_at FROM strikes WHERE name = ?", [name])
        return datetime.fromisoformat(ends)

    def log(self) -> list[dict[str, Any]]:
        """Return the log, as `log --ndjson` gives it."""
        return [json.loads(line) for line in self.type("log", "--all", "--ndjson").splitlines()]

    def _line(self, words: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "tests.campaigns.hurried", str(self.factor), *words]

    def _environ(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "LANG": "en_GB.UTF-8",
            "PYTHONUTF8": "1",
            **self.secrets,
        }

    # --- the network --------------------------------------------------------------------------------------------------

    def open_account(self, name: str) -> str:
        """Open an account on the Mastodon server; return the name of the variable that holds its key."""
        given = self.networks.control("accounts", {"platform": "mastodon", "name": name})
        self.ids[name] = given["remote_id"]
        variable = name.replace("-", "_").upper()
        self.secrets[variable] = given["access_token"]
        return variable

    def access(self, name: str, application: str) -> str:
        """Give another application access to an account, as a person does in a browser; return its token."""
        app = self._ask("api/v1/apps", client_name=application, redirect_uris=OUT_OF_BAND, scopes="read write").json()
        asked = {"client_id": app["client_id"], "redirect_uri": OUT_OF_BAND, "scope": "read write"}
        agreed = self._ask("oauth/authorize", **asked, response_type="code", account=self.ids[name])
        code = parse_qs(urlsplit(agreed.headers["Location"]).query)["code"][0]
        proof = {"client_secret": app["client_secret"], "grant_type": "authorization_code", "code": code}
        return str(self._ask("oauth/token", **asked, **proof).json()["access_token"])

    def _ask(self, path: str, **form: str) -> requests.Response:
        return requests.post(f"{self.networks.url}/{path}", data=form, timeout=30, allow_redirects=False)

    def posts(self, name: str) -> list[dict[str, Any]]:
        """Return what stands on an account's timeline, oldest first."""
        return [p for p in self.networks.posts() if p["account"] == self.ids[name] and not p["deleted"]]


def _heard(process: subprocess.Popen[bytes], log: Path, until: str) -> re.Match[str]:
    """Wait for a process to say something."""
    waiting = threading.Event()
    for _ in range(1200):
        found = re.search(until, log.read_text())
        if found:
            return found
        assert process.poll() is None, log.read_text()
        waiting.wait(0.05)
    raise AssertionError(f"{until!r} was not said: {log.read_text()}")


class Rhythm:
    """Does something every so often, in a thread, until it is paused."""

    def __init__(self, act: Callable[[], object], seconds: float) -> None:
        self._act = act
        self._seconds = seconds
        self._paused = threading.Event()
        self._thread = threading.Thread(target=self._go)
        self.broken: BaseException | None = None
        self._thread.start()

    def _go(self) -> None:
        try:
            while not self._paused.is_set():
                self._act()
                self._paused.wait(self._seconds)
        except BaseException as error:  # noqa: BLE001 - told by whoever pauses it
            self.broken = error

    def pause(self) -> None:
        """Let it do nothing more; raise what went wrong in it."""
        self._paused.set()
        self._thread.join()
        if self.broken is not None:
            raise self.broken
