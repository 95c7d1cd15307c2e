"""The page of the evening before, followed to the letter on the sandbox, up to posts of the strike."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

import pytest

from occupier.rehearsal.stories import sample
from occupier.sandbox import Sandbox
from tests.docs.test_commands import ROOT, spelled_out

TYPED = re.compile(r"^    occupier (.+)$", re.MULTILINE)
PATIENCE = 60


@dataclass(frozen=True)
class Told:
    """What the page is called, what a person answers, and what they read, in one language."""

    page: str
    locale: str
    yes: str
    no: str
    ready: str
    known: str
    posted: str
    strike: str


TOLD = {
    "fr": Told(
        "fr/la-veille-au-soir.md",
        "fr_FR.UTF-8",
        "oui",
        "non",
        "prêt · ",
        "aucun ne sera posté",
        "Message de grève publié",
        "24-janvier",
    ),
    "en": Told(
        "en/the-evening-before.md",
        "en_GB.UTF-8",
        "yes",
        "no",
        "ready · ",
        "none of them will be posted",
        "Strike post on",
        "24-january",
    ),
}


class Newcomer:
    """Somebody in an empty folder who types what the page says, with the sandbox for networks."""

    def __init__(self, folder: Path, box: Sandbox, language: str) -> None:
        self.folder = folder
        self.box = box
        self.language = language
        self.told = TOLD[language]
        self._environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder)}
        self._environ["LANG"] = self.told.locale

    def commands(self) -> Iterator[list[str]]:
        """Yield the page's commands, with the sandbox's own address and hours that are near."""
        page = (ROOT / "docs" / self.told.page).read_text(encoding="utf-8")
        for line in TYPED.findall(page):
            for words in spelled_out(line):
                text = "\0".join(words).replace("http://127.0.0.1:8017", self.box.url)
                yield text.replace("2027-01-24T09:00", "now").replace("2027-01-24T19:00", "+8h").split("\0")

    def type(self, words: Sequence[str], given: str = "") -> str:
        """Run one command; return what it says."""
        done = subprocess.run(self._line(words), cwd=self.folder, env=self._environ, input=given,
                              capture_output=True, text=True, encoding="utf-8", timeout=PATIENCE)  # fmt: skip
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def answer(self, words: Sequence[str]) -> None:
        """Go through the conversation, and connect the account that four keys are enough for."""
        own, told = self.box.credentials["x"], self.told
        ground = (
            self.language,
            "2",
            "Europe/Paris",
            "",
            told.yes,
            told.no,
            "service",
            "dlvr.it",
            told.yes,
        )
        keys = (own["consumer_key"], own["consumer_secret"], own["access_token"], own["access_token_secret"])
        x = ("x", "keys", told.yes, "", "", "", "1", "keys", *keys, told.yes)
        lines = (*ground, *x, "", "Pause", "", told.yes)
        self.type([*words, "--piped"], "".join(f"{line}\n" for line in lines))
        settings = self.folder / "settings.toml"  # a minute between two readings is long for a test
        text = settings.read_text(encoding="utf-8").replace("\n[[feeds]]\n", '\n[[feeds]]\ninterval = "1s"\n')
        settings.write_text(text, encoding="utf-8")

    @contextmanager
    def running(self) -> Iterator[subprocess.Popen[str]]:
        """Leave the window of `occupier run` open."""
        process = subprocess.Popen(self._line(["run"]), cwd=self.folder, env=self._environ, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE, text=True, encoding="utf-8")  # fmt: skip
        impatient = Timer(PATIENCE, process.kill)
        impatient.start()
        try:
            yield process
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
        finally:
            impatient.cancel()
            process.kill()
            process.communicate()

    def _line(self, words: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "occupier", *words]


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if words in line:
            return said
    raise AssertionError(said)


@pytest.mark.campaign
@pytest.mark.parametrize("language", ["fr", "en"])
def test_whoever_follows_the_page_has_an_occupation_that_runs(tmp_path: Path, language: str) -> None:
    with Sandbox() as box:
        for story in sample().stories[:3]:
            box.publish(title=story.title, summary=story.summary, link=story.link)
        newcomer = Newcomer(tmp_path, box, language)
        commands = list(newcomer.commands())
        begin = commands.index(["run"])
        assert commands[0] == ["sandbox"]
        prepare(newcomer, commands[1:begin])
        with newcomer.running() as process:
            read_until(process, newcomer.told.known)
            box.publish(title="Les cheminots votent", summary="")
            read_until(process, newcomer.told.posted)
            said = [newcomer.type(words) for words in commands[begin + 1 :]]
        [post] = box.posts()
        assert "Les cheminots votent" in post.text
        assert newcomer.told.strike in said[0]
        records = json.loads(newcomer.type(["log", "--json"]))
        assert [(record["state"], record["strike"]) for record in records] == [("sent", newcomer.told.strike)]
        lists = [file.read_text(encoding="utf-8-sig") for file in tmp_path.glob("no*.csv")]
        assert ["Les cheminots votent" in one for one in lists] == [True]
        assert list(tmp_path.glob("[cr]*.html"))


def prepare(newcomer: Newcomer, commands: Sequence[list[str]]) -> None:
    """Type all that comes before the daemon is left running."""
    for words in commands:
        if words[0] == "init":
            newcomer.answer(words)
            continue
        said = newcomer.type(words)
        if words == ["check"]:
            assert any(line.startswith(newcomer.told.ready) for line in said.splitlines()), said
        if words[0] == "plan" and "--output" in words:
            assert "<html" in (newcomer.folder / words[-1]).read_text(encoding="utf-8")
    assert newcomer.box.posts() == []
