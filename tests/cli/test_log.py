"""`log`: the same records for people, for programs and for spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from occupier.cli.entries import show_entries
from occupier.cli.exports import FIELDS
from occupier.domain.action import Purpose, State
from occupier.domain.ports import Change, NewAction
from occupier.storage.store import SqlStore
from tests.cli.conftest import DECLARE, PLAIN, Desk, add_article
from tests.fakes import START, FakeClock

MARK = "\ufeff"
Write = Callable[..., str]


@pytest.fixture
def write(desk: Desk) -> Write:
    """Put one more record on the log, a minute after the one before."""
    clock = FakeClock()
    desk.clock = clock
    desk.type(*DECLARE)
    store = SqlStore(desk.database, clock)

    def one(title: str = "Les cheminots", purpose: Purpose = Purpose.STRIKE, state: State = State.PENDING) -> str:
        clock.advance(60)
        with store.writing() as tx:
            article = add_article(tx, title)
            target = tx.targets.ensure("mastodon-une", "mastodon", "127.0.0.1:9", None)
            strike = tx.strikes.all()[0].id if purpose is Purpose.STRIKE else None
            action = tx.actions.add(
                NewAction(target.id, article.id, purpose, state, "strike", tx.now, tx.now, strike, f"usual {title}")
            )
            assert action is not None
            return str(action.id)

    return one


def sheet(out: str, separator: str = ",") -> list[list[str]]:
    """Read a spreadsheet as a program does that knows it to be in UTF-8."""
    return list(csv.reader(io.StringIO(out.removeprefix(MARK)), delimiter=separator))


def test_there_is_an_empty_log_before_the_first_strike(desk: Desk) -> None:
    typed = desk.type("log", "--json")
    assert (typed.status, typed.document) == (0, [])
    assert "no log yet" in typed.err
    assert desk.type("log").out == ""
    assert sheet(desk.type("log", "--csv").out) == [list(FIELDS)]
    assert desk.type("log", "--ndjson").out == ""
    assert not desk.database.exists()


def test_the_list_is_json_from_its_first_byte_to_its_last(desk: Desk, write: Write) -> None:
    assert desk.type("log", "--json").document == []
    ids = [write() for _ in range(3)]
    typed = desk.type("log", "--json")
    assert [r["id"] for r in typed.document] == ids
    assert typed.err == ""
    assert set(typed.document[0]) == {
        "id", "kind", "verb", "strike", "feed", "account", "platform", "article_id", "article_url", "article_title",
        "ordinary_text", "strike_text", "state", "reason", "post_id", "post_url", "first_seen_at", "published_at",
        "decided_at", "sent_at", "attempts", "error", "proof", "gone_at", "gone_by", "handed_at", "read_at",
        "replaced", "dry_run",
    }  # fmt: skip


def test_a_limit_keeps_the_newest_and_shows_them_oldest_first(desk: Desk, write: Write) -> None:
    ids = [write() for _ in range(5)]
    assert [r["id"] for r in desk.type("log", "--json", "--limit", "2").document] == ids[-2:]
    assert [r["id"] for r in desk.type("log", "--json", "--after", ids[0], "--limit", "2").document] == ids[1:3]


def test_since_is_inclusive_and_until_exclusive_in_the_settings_zone(desk: Desk, write: Write) -> None:
    ids = [write() for _ in range(3)]
    at = (START + timedelta(minutes=2) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")  # winter in Paris
    assert [r["id"] for r in desk.type("log", "--json", "--since", at).document] == ids[1:]
    assert [r["id"] for r in desk.type("log", "--json", "--until", at).document] == ids[:1]


def test_filters_choose(desk: Desk, write: Write) -> None:
    strike, ordinary, held = write(), write(purpose=Purpose.ORDINARY), write(state=State.HELD)
    for typed, ids in {
        ("--all",): [strike, ordinary, held],
        (): [strike, held],
        ("--state", "held"): [held],
        ("--strike", "24-janvier"): [strike, held],
        ("--account", "mastodon-une", "--feed", "une"): [strike, held],
    }.items():
        assert [r["id"] for r in desk.type("log", "--json", *typed).document] == ids, typed


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_cell_is_a_formula(desk: Desk, write: Write, start: str) -> None:
    write(f"{start}cmd|'/c calc'!A1, and a \"quote\"")
    [head, row] = sheet(desk.type("log", "--csv").out)
    assert tuple(head) == FIELDS
    assert len(row) == len(head)
    assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert dict(zip(head, row, strict=True))["article_title"].startswith("'")


def test_the_spreadsheet_has_the_lists_own_values(desk: Desk, write: Write) -> None:
    write()
    [record] = desk.type("log", "--json").document
    [head, values] = sheet(desk.type("log", "--csv").out)
    row = dict(zip(head, values, strict=True))
    assert row["id"] == record["id"]
    assert row["ordinary_text"] == record["ordinary_text"]
    assert (row["error_code"], row["sent_at"], row["dry_run"]) == ("", "", "false")


def test_a_spreadsheet_says_that_it_is_in_utf8_and_has_its_language_s_separator(desk: Desk, write: Write) -> None:
    write("Été ; hiver, printemps")
    assert desk.type("log", "--csv").out.startswith(f"{MARK}id,kind,")
    for named, sign in {";": ";", "semicolon": ";", "comma": ",", "tab": "\t"}.items():
        head, row = sheet(desk.type("log", "--csv", "--separator", named).out, sign)
        assert dict(zip(head, row, strict=True))["article_title"] == "Été ; hiver, printemps"
    desk.write(PLAIN, "fr")
    out = desk.process("log", "--csv", LC_ALL="C").out
    assert out.startswith(f"{MARK}id;kind;")
    assert "Été ; hiver, printemps" in {cell for row in sheet(out, ";") for cell in row}


def test_each_line_is_a_record_of_the_list(desk: Desk, write: Write) -> None:
    for n in range(3):
        write(f"Un titre\n{n}")
    lines = desk.type("log", "--ndjson").out.splitlines()
    assert [json.loads(line) for line in lines] == desk.type("log", "--json").document


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (("--json", "--csv"), "--json and --csv exclude each other"),
        (("--csv", "--ndjson"), "--csv and --ndjson exclude each other"),
        (("--csv", "--separator", "|"), "--separator: write a comma"),
        (("--separator", ";"), "--separator is for --csv only"),
    ],
)
def test_what_cannot_be_meant_is_refused(desk: Desk, typed: tuple[str, ...], said: str) -> None:
    refused = desk.type("log", *typed)
    assert refused.status == 2
    assert said in refused.err


def test_when_a_person_answered_is_told_to_the_quarter_of_an_hour(desk: Desk, write: Write) -> None:
    write()
    with closing(sqlite3.connect(desk.database)) as db, db:
        at = "2026-11-20T12:08:01.500000Z"
        db.execute("UPDATE actions SET state = 'sent', proof = 'person', sent_at = ?", [at])
    [record] = desk.type("log", "--json").document
    assert (record["sent_at"], record["decided_at"]) == ("2026-11-20T12:15:00Z", "2026-11-20T12:01:00Z")


def test_a_pipe_gets_plain_lines_that_no_title_can_steer(desk: Desk, write: Write) -> None:
    write("Titre \x1b]0;pwned\x07\u202e\tcolumn")
    lines = desk.type("log").out.splitlines()
    assert len(lines) == 2
    assert len(lines[1].split("\t")) == len(lines[0].split("\t")) == 8
    assert lines[1].split("\t")[6].startswith("usual Titre")
    assert not {"\x1b", "\x07", "\u202e"} & set(lines[1])


def test_a_state_is_said_with_its_reason(desk: Desk, write: Write) -> None:
    write(state=State.HELD)
    store = SqlStore(desk.database, FakeClock())
    with store.writing() as tx:
        [action] = tx.actions.in_state(State.HELD)
        tx.actions.change(action, Change(State.LEFT, "dropped"), "dropped")
    assert "not posted (by decision): a person decided" in desk.type("log").out


def test_the_log_is_read_while_a_daemon_writes(desk: Desk, write: Write) -> None:
    write()
    store = SqlStore(desk.database, FakeClock())
    with store.writing() as tx:
        tx.runtime.set("heartbeat", "x")
        assert len(desk.type("log", "--json").document) == 1


def test_nothing_that_matches_is_said_beside(desk: Desk, write: Write) -> None:
    typed = desk.type("log")
    assert (typed.status, typed.out) == (0, "")
    assert "Nothing has been announced yet" in typed.err
    typed = desk.type("log", "--state", "sent")
    assert (typed.status, typed.out) == (0, "")
    assert "Nothing in the log matches" in typed.err


def test_a_terminal_shows_what_went_out_in_place_of_what_and_cuts_no_address(
    desk: Desk, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    write()
    [record] = desk.type("log", "--json").document
    address = "https://mastodon.example/@halles/" + "1" * 80
    sent = {**record, "state": "sent", "strike_text": f"✊ En grève.\n{address}", "post_url": address}
    assert show_entries([(sent, "posted")], ZoneInfo("Europe/Paris")) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("mastodon-une  posted, strike “24-janvier”")
    assert lines[1:] == [
        "    would have gone out: usual Les cheminots",
        "    went out: ✊ En grève.",
        f"    {address}",
        f"    {address}",
    ]


def test_a_terminal_says_why_a_message_did_not_leave(desk: Desk, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write(state=State.HELD)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("NO_COLOR", "1")
    head, *rest = desk.type("log").out.splitlines()
    assert "on hold: needs a decision: " in head
    assert "would have gone out" in rest[0]


def test_a_reader_who_has_seen_enough_is_no_failure(desk: Desk, write: Write) -> None:
    for _ in range(200):
        write("Un titre assez long pour que le tuyau soit plein avant la fin " * 8)
    process = desk.start("log", "--json")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), said) == (0, "")
