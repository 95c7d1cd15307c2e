"""`check`, typed in a newsroom whose networks are the sandbox's."""

from __future__ import annotations

import io
import re
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from occupier.cli.check import summary_line
from occupier.cli.findings import show_findings
from occupier.cli.progress import AFTER, Progress
from occupier.cli.session import Session
from occupier.domain.errors import Sentence
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from occupier.services.eve.checks.finding import TOPICS, Finding, Level, amber, green, red
from occupier.services.eve.eve import Eve
from occupier.storage.store import SqlStore
from tests.cli.conftest import DECLARE, PLAIN, ROOT, Desk, speak
from tests.cli.test_run import running
from tests.fakes import FakeClock, FakeNotices

TO_COME = ("strike", "declare", "24-janvier", "--from", "+2h", "--to", "+9h", "--mandate", "AG", "--reason", "x")
WRONG = """
[messages]
ordinary = "{{ title }} {{ nonsense }}"

[[rules]]
match = { category = ["Alerte"] }
action = "ordinary"

[[strikes]]
name = "hier"
from = "2020-01-24T09:00"
to = "2020-01-24T19:00"
mandate = "AG"
reason = "x"
"""
USUAL = '\n[usual]\nby = "service"\nname = "dlvr.it"\n'


def findings(desk: Desk) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the findings by id and subject."""
    return {(f["id"], f["subject"]): f for f in desk.type("check", "--json").document["findings"]}


def reds(desk: Desk) -> set[tuple[str, str]]:
    return {about for about, finding in findings(desk).items() if finding["level"] == "red"}


def add(desk: Desk, text: str) -> None:
    desk.settings.write_text(desk.settings.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_check_is_green_on_the_sandbox_and_ends_with_a_line_to_send(newsroom: Desk, box: Sandbox) -> None:
    newsroom.type(*DECLARE)
    before = newsroom.database.read_bytes()
    typed = newsroom.type("check")
    assert typed.status == 0, typed.out
    last = typed.out.splitlines()[-1]
    assert last.startswith("ready, but nothing says that the usual tool is paused · 3 accounts · ends ")
    assert newsroom.database.read_bytes() == before
    french = newsroom.settings.read_text().replace('language = "en"', 'language = "fr"')
    newsroom.settings.write_text(french + '\n[usual]\nby = "site"\npaused = "Extension, 22h30"\n', encoding="utf-8")
    lines = newsroom.type("check").out.splitlines()
    assert lines[-1].startswith("prêt · 3 comptes · outil habituel en pause\N{NO-BREAK SPACE}: oui · fin ")
    assert lines[0].split("\t")[1] == "réglages et clés"
    assert "\x1b" not in typed.out
    assert {seen.method for seen in box.requests} == {"GET"}
    assert box.posts() == []


def test_check_tells_beforehand_that_the_database_has_no_folder(newsroom: Desk) -> None:
    newsroom.environ["OCCUPIER_DATABASE"] = "sqlite:///elsewhere/occupier.db"
    typed = newsroom.type("check")
    assert typed.status == 1
    assert "The database cannot be made in" in typed.out
    assert newsroom.type("run", "--once").status == 4


def test_check_finds_what_is_wrong_and_fails(newsroom: Desk) -> None:
    newsroom.environ["SANDBOX_MASTODON_TOKEN"] = "another-token"
    del newsroom.environ["SANDBOX_FACEBOOK_TOKEN"]
    for name in ("CONSUMER_KEY", "ACCESS_TOKEN_SECRET"):
        del newsroom.environ[f"SANDBOX_X_{name}"]
    typed = newsroom.type("check", "--json")
    assert typed.status == 1
    document = typed.document
    assert (document["version"], document["ready"]) == (1, False)
    wrong = [(f["id"], f["subject"]) for f in document["findings"] if f["level"] == "red"]
    assert wrong == [("secret", "x"), ("secret", "x"), ("secret", "page-facebook"), ("account", "mastodon")]
    assert set(document["findings"][0]) == {"id", "topic", "subject", "level", "message", "advice"}
    assert document["summary"].startswith("not ready: 4 things to mend · 3 accounts")
    assert "another-token" not in typed.out + typed.err
    assert {f["topic"] for f in document["findings"]} == set(TOPICS.values()) - {"pace"}  # its feed has one article
    # what an account would say is tried even where its keys are missing
    assert {f["subject"] for f in document["findings"] if f["id"] == "message"} == {"mastodon", "x", "page-facebook"}


def test_settings_without_feeds_or_accounts_are_not_ready(desk: Desk) -> None:
    desk.write('timezone = "Europe/Paris"\n')
    typed = desk.type("check", "--json")
    assert {f["id"] for f in typed.document["findings"] if f["level"] == "red"} == {"feed", "account"}


def test_what_networks_say_against_it_must_be_mended(newsroom: Desk, box: Sandbox) -> None:
    newsroom.type(*TO_COME)
    for platform in ("mastodon", "x"):
        box.fault(platform, Fault(FaultKind.READ_ONLY))
    box.fault("facebook", Fault(FaultKind.EXPIRING, seconds=4 * 3600))
    box.fault("feeds", Fault(FaultKind.STATUS, status=404, verb="read"))
    assert reds(newsroom) == {
        ("rights", "mastodon"), ("rights", "x"), ("expiry", "page-facebook"), ("feed", "une")
    }  # fmt: skip


def test_a_network_that_does_not_answer_as_it_should(newsroom: Desk, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.TOKEN_REVOKED))
    box.fault("x", Fault(FaultKind.STATUS, status=503, verb="read"))
    box.fault("facebook", Fault(FaultKind.READ_ONLY))
    assert reds(newsroom) == {("account", "mastodon"), ("account", "x"), ("rights", "page-facebook")}


def test_what_networks_say_in_its_favour(newsroom: Desk, box: Sandbox) -> None:
    box.fault("mastodon", Fault(FaultKind.LABELLED))
    found = findings(newsroom)
    rights = {subject: found["rights", subject]["level"] for subject in ("mastodon", "x", "page-facebook")}
    assert set(rights.values()) == {"green"}
    assert found["label", "mastodon"]["level"] == "green"
    assert found["expiry", "page-facebook"]["level"] == "green"


@pytest.mark.campaign
def test_what_usually_posts_there_is_told_with_how_often_and_when_last(newsroom: Desk, box: Sandbox) -> None:
    newsroom.type(*TO_COME)
    add(newsroom, USUAL)
    now = datetime.now(UTC)
    for platform in ("mastodon", "x", "facebook"):
        for n in range(12):
            at = now - timedelta(hours=2 + 2 * n)
            box.announce(platform, f"Article {n} {box.url}/articles/{n}", application="dlvr.it", at=at)
    found = findings(newsroom)
    told = "dlvr.it announced 12 of the last 12 links, about 12 a day; the last one 2 h ago."
    assert found["usual_posts", "mastodon"]["message"] == found["usual_posts", "page-facebook"]["message"] == told
    assert found["usual_posts", "x"]["message"].startswith("Something that the network does not name announced 12 of")
    assert found["usual_posts", "x"]["level"] == "amber"
    assert found["usual_tool", "-"]["level"] == "amber"


@pytest.mark.campaign
def test_what_the_settings_themselves_get_wrong(newsroom: Desk, box: Sandbox) -> None:
    now = datetime.now(UTC)
    for n in range(30):
        box.publish(title=f"Article {n}", published_at=now - timedelta(minutes=2 * n))
    text = re.sub(r'interval = ".*?"', 'interval = "3h"', newsroom.settings.read_text())
    newsroom.settings.write_text(text.replace('spacing = "1s"', "per_hour = 5") + WRONG)
    newsroom.settings.chmod(0o666)
    found = findings(newsroom)
    wrong = {(kind, subject): finding["level"] for (kind, subject), finding in found.items()}
    assert wrong["strike_past", "hier"] == wrong["feed_interval", "une"] == wrong["settings_file", "-"] == "red"
    assert wrong["usual_message", "x"] == "red"  # a rule makes it needed
    assert wrong["ceiling", "mastodon"] == wrong["budget", "x"] == "amber"


@pytest.mark.campaign
def test_the_daemon_checks_by_itself_once_and_posts_nothing(newsroom: Desk, box: Sandbox) -> None:
    newsroom.type(*TO_COME)
    box.fault("x", Fault(FaultKind.READ_ONLY))
    with running(newsroom, until="Checked for the strike “24-janvier”") as (process, said):
        assert any("not ready. Things to mend: 1" in line for line in said)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    assert any("x: These keys may read but not post." in line for line in said)
    with running(newsroom, until="Watching une") as (process, said):
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    assert not any("Checked" in line for line in said)
    assert {seen.method for seen in box.requests} == {"GET"}
    assert newsroom.type("log", "verify").status == 0


# --- the table --------------------------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that a person looks at."""

    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO) -> str:
    table = [
        green("feed", "une", Sentence("All is well.")),
        red("account", "mastodon", Sentence("It does not answer."), Sentence("Look at its keys.")),
        red("account", "x\x1b[31m", Sentence("It does not answer."), Sentence("Look at its keys.")),
        amber("notify", "-", Sentence("Nobody is woken.")),
    ]
    show_findings(table, lambda sentence, _subject: str(sentence), stream)
    return stream.getvalue()


def test_a_pipe_gets_a_line_each_without_a_colour() -> None:
    assert shown(io.StringIO()).splitlines() == [
        "✓ bon\tflux\tune\tAll is well.",
        "✗ à régler\tcomptes\tmastodon, x[31m\tIt does not answer.\tLook at its keys.",
        "! à voir\tarrêts et notifications\t-\tNobody is woken.",
    ]


def test_a_terminal_gets_a_table_by_group_with_a_word_beside_the_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    drawn = shown(Terminal())
    assert "\x1b[32m✓ bon" in drawn
    plain = re.sub(r"\x1b\[[0-9;]*m", "", drawn)
    assert [line.strip() for line in plain.splitlines() if line.isupper()] == [
        "FLUX",
        "COMPTES",
        "ARRÊTS ET NOTIFICATIONS",
    ]
    assert "✗ à régler" in plain
    assert "→ Look at its keys." in plain
    assert "\x1b[31m" not in drawn.replace("\x1b[1;31m", "")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "✗ à régler" in shown(Terminal())
    assert "\x1b[3" not in shown(Terminal()).replace("\x1b[3m", "")


# --- progress ---------------------------------------------------------------------------------------------------------


class Bell:
    """An alarm that rings when the test says so."""

    def __init__(self, seconds: float, ring: Callable[[], None]) -> None:
        self.seconds, self.ring, self.waits = seconds, ring, False

    def start(self) -> None:
        self.waits = True

    def cancel(self) -> None:
        self.waits = False


@contextmanager
def progressing() -> Iterator[tuple[Progress, Bell, list[str]]]:
    said: list[str] = []
    bells: list[Bell] = []

    def bell(seconds: float, ring: Callable[[], None]) -> Bell:
        bells.append(Bell(seconds, ring))
        return bells[-1]

    with Progress(said.append, bell) as progress:
        assert bells[0].waits
        yield progress, bells[0], said
    assert not bells[0].waits


def test_what_is_quick_is_done_without_a_word() -> None:
    with progressing() as (progress, bell, said):
        progress.step(Sentence("Reading the feeds…"))
        assert bell.seconds == AFTER == 1
    assert said == []


def test_what_takes_longer_says_what_it_is_at_and_then_each_step() -> None:
    with progressing() as (progress, bell, said):
        progress.step(Sentence("One…"))
        progress.step(Sentence("Two…"))
        bell.ring()
        progress.step(Sentence("Three…"))
    assert said == ["Two…", "Three…"]


def test_the_usual_alarm_is_a_thread_that_keeps_nobody_waiting() -> None:
    rung = threading.Event()
    with Progress(lambda _text: rung.set()):
        pass
    assert not rung.is_set()


# --- its documentation ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_id_is_documented_once_in_the_order_of_the_table(language: str) -> None:
    text = Path(ROOT / "docs" / language / "check.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(TOPICS)


# --- in status --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("red", "said"), [(2, "2 things to mend, see occupier check"), (0, "ready")])
def test_status_tells_what_the_daemons_last_check_came_to(desk: Desk, red: int, said: str) -> None:
    desk.clock = FakeClock()
    assert desk.type(*TO_COME).status == 0
    assert desk.type("status", "--json").document["check"] is None
    store = SqlStore(desk.database, desk.clock)
    found = Finding("disk", "-", Level.RED, Sentence("The disk is full."))
    Eve(store, lambda _strikes, _go_on: [found] * red, FakeNotices()).look(lambda: True)
    store.close()
    desk.clock.advance(timedelta(hours=1))
    assert f"Last check, 1 h ago: {said}." in desk.type("status").out
    document = desk.type("status", "--json").document
    assert document["check"] == {"at": "2026-11-20T12:00:00Z", "ready": red == 0, "red": red, "amber": 0}


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "prêt, mais aucune grève n’est déclarée"), ("en", "ready, but no strike is declared")]
)
def test_without_a_strike_it_is_not_simply_ready(desk: Desk, language: str, said: str) -> None:
    speak(desk, PLAIN, language)
    session = Session(desk.environ)
    session.settings_option = str(desk.settings)
    assert summary_line((), (), session).startswith(f"{said} · 1 ")
