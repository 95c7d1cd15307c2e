"""Programs that others wrote, in an environment of their own: found there, and run."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest

PEERS = Path(__file__).parents[2] / ".venv-peers" / "bin"


def program(name: str) -> Path:
    """Return a program's file; the test that asks for it is skipped where it is not installed."""
    if (PEERS / name).exists():
        return PEERS / name
    if os.environ.get("CI"):
        pytest.fail(f"make campaigns installs {name} in .venv-peers")
    pytest.skip(f"{name} is not installed: make campaigns does it")


def run(*command: object) -> str:
    """Run a command that must succeed; return what it says."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@dataclass
class Feed2toot:
    """The program feed2toot, in an environment of its own: it posts what is new in a feed on an account."""

    folder: Path
    feed: str
    server: str
    token: str
    runs: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir()
        (self.folder / "user").write_text(f"{self.token}\n{self.server}\n")
        (self.folder / "client").write_text(f"id\nsecret\n{self.server}\n")
        (self.folder / "feed2toot.ini").write_text(
            f"[mastodon]\ninstance_url={self.server}\nuser_credentials={self.folder}/user\n"
            f"client_credentials={self.folder}/client\n[cache]\ncachefile={self.folder}/cache.db\n"
            f"[lock]\nlock_file={self.folder}/lock\n[rss]\nuri={self.feed}\ntoot={{title}} {{link}}\n"
        )

    def read(self, *options: str) -> None:
        """Read the feed once, and post what is new."""
        run(program("feed2toot"), "-c", self.folder / "feed2toot.ini", *options)
        self.runs += 1

    def skip(self, but: Collection[str] = ()) -> None:
        """Take everything that is there for read, but for these links: its queue is empty of all else."""
        self.read("--populate-cache")
        cache = self.folder / "cache.db"
        known = [line for line in cache.read_text().splitlines() if line not in but]
        cache.write_text("".join(f"{line}\n" for line in known))
