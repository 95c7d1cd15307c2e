"""`report` and `catch-up`, typed."""

from __future__ import annotations

import csv
import io
import socket
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from occupier.domain.action import Purpose, State
from occupier.domain.ports import NewAction
from occupier.report.handing import COLUMNS
from occupier.storage.store import SqlStore
from tests.cli.conftest import DECLARE, Desk, add_article
from tests.fakes import FakeClock

pytestmark = pytest.mark.campaign  # whole scenes: a strike, its settings and what is written of it

Write = Callable[..., None]


@pytest.fixture
def write(desk: Desk) -> Write:
    """Declare a strike, and put one more line under it on the log."""
    desk.clock = clock = FakeClock()
    desk.type(*DECLARE)
    store = SqlStore(desk.database, clock)

    def one(title: str = "Les cheminots", state: State = State.PENDING, reason: str = "strike") -> None:
        clock.advance(60)
        with store.writing() as tx:
            article = add_article(tx, title)
            target = tx.targets.ensure("mastodon-une", "mastodon", "127.0.0.1:9", None)
            strike = tx.strikes.all()[0]
            new = NewAction(target.id, article.id, Purpose.STRIKE, state, reason, tx.now, tx.now, strike.id, "usual")
            assert tx.actions.add(new)

    return one


class TestReport:
    @pytest.mark.parametrize("ending", ["html", "pdf", "md", "HTML"])
    def test_the_ending_says_the_format(self, desk: Desk, write: Write, tmp_path: Path, ending: str) -> None:
        write()
        typed = desk.type("report", "24-janvier", "--output", str(tmp_path / f"r.{ending}"))
        assert typed.status == 0, typed.err
        begins = {"html": b"<!DOCTYPE", "pdf": b"%PDF", "md": b"# Account"}[ending.lower()]
        assert (tmp_path / f"r.{ending}").read_bytes().startswith(begins)

    def test_without_a_file_it_is_markdown_on_the_screen(self, desk: Desk, write: Write) -> None:
        write()
        assert desk.type("report", "24-janvier").out.startswith("# Account of the strike “24-janvier”")

    def test_another_language_can_be_asked_for(self, desk: Desk, write: Write) -> None:
        assert "Compte rendu de la grève" in desk.type("report", "24-janvier", "--language", "fr").out

    @pytest.mark.parametrize("name", ["r.docx", "r", "r.pdf.exe"])
    def test_another_ending_is_refused(self, desk: Desk, write: Write, tmp_path: Path, name: str) -> None:
        typed = desk.type("report", "24-janvier", "--output", str(tmp_path / name))
        assert typed.status == 2
        assert "use .html, .pdf or .md" in typed.err
        assert not (tmp_path / name).exists()

    def test_a_file_that_is_there_stays_unless_it_is_forced(self, desk: Desk, write: Write, tmp_path: Path) -> None:
        path = tmp_path / "r.md"
        path.write_text("old")
        typed = desk.type("report", "24-janvier", "--output", str(path))
        assert (typed.status, path.read_text()) == (2, "old")
        assert "--force" in typed.err
        assert desk.type("report", "24-janvier", "--output", str(path), "--force").status == 0
        assert path.read_text(encoding="utf-8").startswith("# ")

    def test_an_unknown_strike_and_none_are_said(self, desk: Desk, write: Write) -> None:
        assert "There is no strike “ailleurs”" in desk.type("report", "ailleurs").err
        typed = desk.type("report")
        assert (typed.status, "Name one strike" in typed.err) == (2, True)

    def test_logs_of_newsrooms_are_added_up(self, desk: Desk, write: Write, tmp_path: Path) -> None:
        write()
        for name in ("a.csv", "b.csv"):
            log = desk.type("log", "--csv").out
            (tmp_path / name).write_text(log, encoding="utf-8", newline="")
        typed = desk.type("report", "--merge", str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
        assert typed.status == 0, typed.err
        assert "| all |  | 2 | 0 | 0 | 2 | 0 | 0 |" in typed.out

    def test_on_a_terminal_the_page_for_a_browser_is_named(
        self, desk: Desk, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("waits")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        assert "occupier report 24-janvier --output 24-janvier.html" in desk.type("report", "24-janvier").err
        kept = desk.folder / "reports" / "24-janvier.html"
        kept.parent.mkdir()
        kept.touch()
        assert str(kept) in desk.type("report", "24-janvier").err


class TestCatchUp:
    def test_on_a_terminal_it_is_a_list_to_read(
        self, desk: Desk, write: Write, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write("refused", State.MISSED, "stale")
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        typed = desk.type("catch-up", "24-janvier")
        assert typed.out.startswith("refused\n")
        assert "announced by nobody" in typed.out
        assert desk.type("catch-up", "24-janvier", "--csv").out.startswith("\ufeff")

    def test_the_spreadsheet_says_who_announced_each(self, desk: Desk, write: Write) -> None:
        write("refused", State.MISSED, "stale")
        write("left", State.LEFT, "rule")
        write("silent", State.LEFT, "silence")
        write("waits")
        typed = desk.type("catch-up", "24-janvier")
        assert typed.out.startswith("\ufeff")
        head, *rows = csv.reader(io.StringIO(typed.out[1:]))
        assert tuple(head) == COLUMNS
        assert [(r[0], r[2], r[-1]) for r in rows] == [
            ("nobody", "refused", "announced by nobody"),
            ("left", "left", "left to the usual tool by a rule"),
            ("silence", "silent", "announced by nobody (silence)"),
        ]
        assert "announced by a strike post: 0; left to the usual tool by a rule: 1; announced by nobody: 2" in typed.err
        assert "not settled yet" in typed.err

    def test_what_nobody_announced_can_be_had_alone(self, desk: Desk, write: Write) -> None:
        write("left", State.LEFT, "rule")
        write("silent", State.LEFT, "silence")
        _head, *rows = csv.reader(io.StringIO(desk.type("catch-up", "24-janvier", "--nobody").out[1:]))
        assert [row[2] for row in rows] == ["silent"]

    def test_the_feed_says_by_a_category_what_became_of_each(self, desk: Desk, write: Write) -> None:
        write("silent", State.LEFT, "silence")
        out = desk.type("catch-up", "24-janvier", "--rss").out
        assert "<category>announced by nobody (silence)</category>" in out
        assert '<category domain="occupier">silence</category>' in out

    def test_a_french_spreadsheet_opens_it(self, desk: Desk, write: Write) -> None:
        write("Été ; hiver", State.MISSED, "stale")
        desk.write(desk.settings.read_text(encoding="utf-8"), "fr")
        _head, row = csv.reader(io.StringIO(desk.type("catch-up", "24-janvier").out[1:]), delimiter=";")
        assert row[2] == "Été ; hiver"

    @pytest.mark.parametrize("start", ["=", "+", "-", "@"])
    def test_no_cell_is_a_formula(self, desk: Desk, write: Write, start: str) -> None:
        write(f"{start}cmd|'/c calc'!A1", State.MISSED, "stale")
        _head, row = csv.reader(io.StringIO(desk.type("catch-up", "24-janvier").out[1:]))
        assert row[2] == f"'{start}cmd|'/c calc'!A1"

    def test_the_feed_is_whole(self, desk: Desk, write: Write, tmp_path: Path) -> None:
        write("a & b", State.MISSED, "stale")
        path = tmp_path / "c.xml"
        assert desk.type("catch-up", "24-janvier", "--rss", "--output", str(path)).status == 0
        assert [i.findtext("title") for i in ET.parse(path).iter("item")] == ["a & b"]
        assert desk.type("catch-up", "24-janvier", "--rss", "--output", str(path)).status == 2

    @pytest.mark.parametrize("name", ["c.rss", "c.XML"])
    def test_a_name_of_a_feed_makes_a_feed(self, desk: Desk, write: Write, tmp_path: Path, name: str) -> None:
        write("a & b", State.MISSED, "stale")
        assert desk.type("catch-up", "24-janvier", "--output", str(tmp_path / name)).status == 0
        assert [i.findtext("title") for i in ET.parse(tmp_path / name).iter("item")] == ["a & b"]
        assert desk.type("catch-up", "24-janvier", "--csv", "--force", "--output", str(tmp_path / name)).status == 0
        assert (tmp_path / name).read_text("utf-8-sig").startswith("announced_by")

    def test_only_what_nobody_announced(self, desk: Desk, write: Write) -> None:
        write("refused", State.MISSED, "stale")
        write("left", State.LEFT, "rule")
        assert len(desk.type("catch-up", "24-janvier", "--nobody").out.splitlines()) == 2

    def test_two_formats_at_once_are_refused(self, desk: Desk, write: Write) -> None:
        assert desk.type("catch-up", "24-janvier", "--csv", "--rss").status == 2

    @pytest.mark.parametrize("typed", [("catch-up", "24-janvier"), ("catch-up", "24-janvier", "--rss"),
                                       ("report", "24-janvier")])  # fmt: skip
    def test_no_network_is_called_and_nothing_is_written(
        self, desk: Desk, write: Write, monkeypatch: pytest.MonkeyPatch, typed: tuple[str, ...]
    ) -> None:
        def refuse(*_given: object, **_named: object) -> NoReturn:
            raise AssertionError("a network was called")

        write("refused", State.MISSED, "stale")
        store = SqlStore(desk.database, FakeClock())
        store.changed()
        del desk.environ["TOKEN"]  # not even a secret is read
        for name in ("connect", "connect_ex", "sendto"):
            monkeypatch.setattr(socket.socket, name, refuse)
        monkeypatch.setattr(socket, "getaddrinfo", refuse)
        assert desk.type(*typed).status == 0
        assert not store.changed()
        store.close()
