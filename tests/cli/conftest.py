"""A newsroom with a settings file, and commands typed in it: in this process, or in one of their own."""

from __future__ import annotations

import gettext
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from occupier.cli import main
from occupier.cli.sandbox import sandbox_secrets, sandbox_settings
from occupier.cli.session import Session
from occupier.domain.article import Article, Entry
from occupier.domain.ports import Clock, NewArticle, Transaction
from occupier.domain.setup import FeedSource
from occupier.sandbox import Sandbox
from occupier.speech import set_language

ROOT = Path(__file__).parents[2]
PLAIN = """\
timezone = "Europe/Paris"

[[feeds]]
name = "une"
url = "http://127.0.0.1:9/feed.xml"

[[accounts]]
name = "mastodon-une"
platform = "mastodon"
server = "http://127.0.0.1:9"
access_token = { env = "TOKEN" }
"""
DECLARE = ("strike", "declare", "24-janvier", "--from", "now", "--to", "+8h", "--mandate", "AG du 23 janvier",
           "--reason", "contre la réforme des retraites")  # fmt: skip


class Terminal(StringIO):
    """Somebody who types these lines."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Typed:
    """What came of a command."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one document on standard output."""
        return json.loads(self.out)

    def says(self, words: str) -> bool:
        """Whether it complained in these words, whatever their blanks, and of nothing inside the program."""
        return words in self.err.replace("\N{NO-BREAK SPACE}", " ") and "Traceback" not in self.err


@dataclass
class Desk:
    """A folder with settings, and somebody who types."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    environ: dict[str, str] = field(default_factory=lambda: {"TOKEN": "a-secret-token", "LANG": "en_GB.UTF-8"})
    clock: Clock | None = None
    rest: Callable[[float], object] | None = None

    @property
    def settings(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def database(self) -> Path:
        return self.folder / "occupier.db"

    def write(self, text: str, language: str = "en") -> None:
        rest = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("language = "))
        self.settings.write_text(f'language = "{language}"\n{rest}', encoding="utf-8")

    def become_newer(self) -> None:
        """Have the database be one of an occupier to come."""
        self.type(*DECLARE)
        with closing(sqlite3.connect(self.database)) as db:
            db.execute("UPDATE alembic_version SET version_num = '9999'")
            db.commit()

    def become_a_letter(self) -> None:
        """Have the database be none."""
        self.database.write_text("This is a letter, not a database. " * 100, encoding="utf-8")

    def type(self, *arguments: str, settings: bool = True) -> Typed:
        """Run a command in this process."""
        session = Session(self.environ, self.clock, self.rest or (lambda _seconds: None))
        named = ("--settings", str(self.settings)) if settings else ()
        status = main([*arguments, *named], session)
        captured = self.capture.readouterr()
        return Typed(status, captured.out, captured.err)

    def process(self, *arguments: str, **environ: str) -> Typed:
        """Run a command in a process of its own, in the folder."""
        done = subprocess.run(self.line(arguments), capture_output=True, cwd=self.folder,
                              env=self.variables(environ), timeout=60)  # fmt: skip
        return Typed(done.returncode, done.stdout.decode(), done.stderr.decode())

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a command in a process of its own."""
        return subprocess.Popen(self.line(arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                cwd=self.folder, env=self.variables({}), text=True, encoding="utf-8")  # fmt: skip

    def line(self, arguments: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "occupier", *arguments]

    def variables(self, more: Mapping[str, str]) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **self.environ, **more}


@pytest.fixture(autouse=True)
def _as_found() -> Iterator[None]:
    domain, asked, mask = gettext.textdomain(), os.environ.get("LANGUAGE"), os.umask(0o022)
    os.umask(mask)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    os.umask(mask)
    set_language("fr")
    gettext.textdomain(domain)
    os.environ.pop("LANGUAGE", None)
    if asked is not None:
        os.environ["LANGUAGE"] = asked


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    made = Desk(tmp_path, capsys)
    made.write(PLAIN)
    return made


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox() as opened:
        yield opened


@pytest.fixture
def newsroom(desk: Desk, box: Sandbox) -> Desk:
    """A desk whose accounts are the sandbox's; one article is in its feed already."""
    limits = '[limits]\nspacing = "1s"\n'
    text = sandbox_settings(box).replace("sandbox.db", "occupier.db").replace('"5s"', '"1s"')
    desk.write(f"{text}\n{limits}")
    desk.environ |= sandbox_secrets(box)
    box.publish(title="Un article de la veille", summary="")
    return desk


def speak(desk: Desk, text: str, language: str) -> None:
    """Write settings, and have what is said before they are read be said in their language too."""
    desk.write(text, language)
    desk.environ["LANG"] = "fr_FR.UTF-8" if language == "fr" else "en_GB.UTF-8"


def add_article(tx: Transaction, title: str) -> Article:
    """Write an article that was just seen in the one feed of the settings."""
    feed = tx.feeds.ensure(FeedSource("une", "http://127.0.0.1:9/feed.xml"))
    new = NewArticle(Entry(title, "https://a.example/1"), (), tx.now, baseline=False)
    [article] = tx.articles.add([new], feed.id, tx.now)
    return article
