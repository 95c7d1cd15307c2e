"""Somebody who answers, and a sandbox that stands in for the networks."""

from __future__ import annotations

import gettext
import html
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urljoin
from urllib.request import urlopen

import pytest

from occupier.domain.errors import OccupierError
from occupier.onboarding.answers import Answers
from occupier.onboarding.driver import converse
from occupier.onboarding.question import Question
from occupier.onboarding.script import script
from occupier.onboarding.world import World
from occupier.sandbox import Sandbox
from occupier.settings import load
from occupier.speech import install, say, set_language

NOW = datetime(2020, 1, 23, 21, 30, tzinfo=UTC)
Line = str | Callable[["Person"], str]


@dataclass(frozen=True)
class Fixed:
    """A clock that stands still."""

    at: datetime = NOW

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


@dataclass
class Person:
    """Answers with the lines given, and goes away when there are no more; `screen` is all that was shown."""

    lines: list[Line]
    screen: str = ""
    asked: list[str] = field(default_factory=list)

    def put(self, question: Question) -> None:
        self.asked.append(question.key)
        labels = [choice.label for choice in question.choices]
        self._show(question.section, *question.why(), question.text, *labels)

    def put_again(self, question: Question) -> None:
        self._show(question.text)

    def hear(self, question: Question) -> str:
        if not self.lines:
            raise EOFError
        line = self.lines.pop(0)
        return line if isinstance(line, str) else line(self)

    def say(self, text: str) -> None:
        self._show(text)

    def complain(self, problem: OccupierError) -> None:
        self._show(say(problem))

    def _show(self, *texts: str) -> None:
        self.screen += "".join(f"{text}\n" for text in texts)


@dataclass
class Desk:
    """A folder in which settings are made."""

    folder: Path
    box: Sandbox

    @property
    def file(self) -> Path:
        return self.folder / "settings.toml"

    @property
    def kept(self) -> Path:
        return self.folder / "settings.toml.init"

    def world(self) -> World:
        current = load(self.file, {}, NOW) if self.file.exists() else None
        return World(self.file, Fixed(), {"LANG": "en_GB.UTF-8", "TZ": "Europe/Paris"}, current, self.box.url)

    def answers(self) -> Answers:
        return Answers(self.kept, NOW)

    def sit(self, *lines: Line, answers: Answers | None = None) -> tuple[Person, Answers]:
        """Answer with these lines; what is not answered then stays open."""
        person, world = Person(list(lines)), self.world()
        if answers is None:
            answers = self.answers()
            answers.load()
        with suppress(EOFError):  # the person went away
            converse(lambda: script(world, answers), answers, person)
        assert not person.lines
        return person, answers

    def everything(self) -> str:
        """Return all that stands outside of the folder of secrets."""
        files = (file for file in self.folder.iterdir() if file.is_file() and file.name != "occupier.env")
        return "\n".join(file.read_text(encoding="utf-8") for file in files)


def consent(person: Person) -> str:
    """Open the address that was shown, say yes, and copy the code."""
    address = re.findall(r"http://127\S*/oauth/authorize\S*", person.screen)[-1]
    page = urlopen(address).read().decode()
    fields = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page))
    fields["account"] = re.findall(r'name="account" value="([^"]*)"', page)[0]
    action = re.findall(r'action="([^"]*)"', page)[0]
    form = urlencode({html.unescape(name): html.unescape(value) for name, value in fields.items()}).encode()
    answer = urlopen(urljoin(address, action), form).read().decode()
    return html.unescape(re.findall(r'<code class="code">([^<]*)<', answer)[0])


GROUND: tuple[Line, ...] = ("en", "", "", "", "yes", "no", "3")
"""The lines until the first account: people post by hand."""
MASTODON: tuple[Line, ...] = ("mastodon", "", "", "", "", "file", "", consent, "yes")
"""A first account, with its keys in files."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    domain, asked = gettext.textdomain(), os.environ.get("LANGUAGE")
    install("en")
    with Sandbox() as box:
        box.publish(title="Les cheminots votent", summary="")
        yield Desk(tmp_path, box)
    set_language("fr")
    gettext.textdomain(domain)
    os.environ.pop("LANGUAGE", None)
    if asked is not None:
        os.environ["LANGUAGE"] = asked
