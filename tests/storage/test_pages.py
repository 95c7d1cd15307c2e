from __future__ import annotations

import shutil
import sqlite3
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, event

from occupier.domain.action import Payload, State
from occupier.domain.browsing import Browsing
from occupier.storage.engine import database_url
from occupier.storage.pages import Found, find_page
from occupier.storage.words import expression
from tests.fakes import START, FakeClock
from tests.storage.journal import SECOND, STRIKE, Journal

TITLES = (
    "La forêt brûle",
    "Grève à l’hôpital : ce qui change",
    "<b>Élection</b> “décisive”",
    "مجلس الأمن يجتمع",
    "OR AND NOT *",
)
HOSTILE = ('"', "' OR 1=1 --", "title:forêt", "NEAR(", "a AND", "^", "*", "{} :", "(((", "-x", "\0", "𝕏")
STATES = (State.PENDING, State.LEFT, State.MISSED, State.PENDING, State.HELD, State.LEFT, State.PENDING)
Record = Mapping[str, object]


@pytest.fixture(scope="module")
def log(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journal]:
    """Thirty records over two strikes, two feeds, two accounts, five titles, five of them ordinary; to be read only."""
    journal = Journal(Path(shutil.copy(fresh, tmp_path_factory.mktemp("log"))), FakeClock())
    fill(journal)
    yield journal
    journal.store.close()


@pytest.fixture
def own_log(log: Journal, tmp_path: Path) -> Iterator[Journal]:
    """A copy of it that a test may change."""
    path = tmp_path / "occupier.db"
    with closing(sqlite3.connect(log.path)) as whole, closing(sqlite3.connect(path)) as copied:
        whole.backup(copied)
    journal = Journal(path, FakeClock())
    yield journal
    journal.store.close()


@pytest.fixture(scope="module")
def engine(log: Journal) -> Iterator[Engine]:
    made = create_engine(database_url(log.path))
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def records(log: Journal) -> list[Record]:
    """All that there is, found by reading everything."""
    with log.store.reading() as tx:
        return list(tx.register.page(Browsing(everything=True, size=1000)).records)


def fill(journal: Journal) -> None:
    strikes = journal.strike(), journal.strike(replace(STRIKE, name="autre", accounts=frozenset({"b"})))
    targets = journal.target("a"), journal.target("b")
    for n in range(30):
        article = journal.article("sport" if n % 4 == 3 else "une", title=TITLES[n % 5], summary=f"Résumé {n}")
        strike = None if n % 6 == 5 else strikes[n % 3 == 2]
        action = journal.action(targets[n % 2], strike, article=article, state=STATES[n % 7])
        # a usual post is found by its words too, and its record shows them under another name
        if action.state is State.PENDING and strike is not None:
            journal.claimed(action, payload=Payload(f"En grève, jour {n}", article.link))
        journal.clock.advance(1)


def found(engine: Engine, asked: Browsing, most: int) -> Found:
    with engine.connect() as db:
        return find_page(db, asked, most)


def fits(record: Record, asked: Browsing) -> bool:
    """Say, without an index, whether a record is among those that are asked for."""
    text = " ".join(str(record[key]) for key in ("article_title", "article_summary", "strike_text"))
    at = str(record["decided_at"])
    return (
        (asked.everything or record["kind"] == "strike")
        and asked.strike in (None, record["strike"])
        and asked.account in (None, record["account"])
        and asked.feed in (None, record["feed"])
        and (not asked.states or record["state"] in asked.states)
        and (asked.since is None or at >= f"{asked.since:%Y-%m-%dT%H:%M:%SZ}")
        and (asked.until is None or at < f"{asked.until:%Y-%m-%dT%H:%M:%SZ}")
        and all(word in folded(text) for word in folded(asked.words or "").split())
    )


def folded(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


@st.composite
def questions(draw: st.DrawFn) -> Browsing:
    since = draw(st.none() | st.integers(0, 30))
    until = draw(st.none() | st.integers(0, 31))
    return Browsing(
        strike=draw(st.sampled_from((None, "retraites", "autre"))),
        account=draw(st.sampled_from((None, "a", "b"))),
        feed=draw(st.sampled_from((None, "une", "sport"))),
        states=draw(st.frozensets(st.sampled_from((State.SENDING, State.LEFT, State.MISSED, State.HELD)))),
        since=None if since is None else START + since * SECOND,
        until=None if until is None else START + until * SECOND,
        words=draw(st.sampled_from((None, "greve", "FORET", "hopital", "election", "jour", "foret jour", "zzz"))),
        everything=draw(st.booleans()),
        size=draw(st.integers(1, 9)),
    )


@given(asked=questions(), most=st.sampled_from((0, 3, 8, 1000)))
@settings(max_examples=150, deadline=None)
def test_each_way_finds_what_reading_everything_finds(
    engine: Engine, records: list[Record], asked: Browsing, most: int
) -> None:
    expected = [int(str(record["id"])) for record in records if fits(record, asked)]
    page = found(engine, asked, most)
    assert page.ids == tuple(expected[: asked.size])
    assert (page.count, page.is_more) == (min(len(expected), most), len(expected) > most)
    assert (page.has_newer, page.has_older) == (False, len(expected) > asked.size)


@pytest.mark.parametrize(("words", "most"), list(product((None, "greve"), (0, 1000))))
def test_pages_follow_one_another_and_lead_back(engine: Engine, words: str | None, most: int) -> None:
    asked = Browsing(size=4, words=words)
    everything = found(engine, replace(asked, size=99), most).ids
    pages = [found(engine, asked, most)]
    while pages[-1].has_older:
        pages.append(found(engine, replace(asked, older_than=pages[-1].ids[-1]), most))
    assert [n for page in pages for n in page.ids] == list(everything)
    assert len(pages) == (len(everything) + 3) // 4
    back = [pages[-1]]
    while back[-1].has_newer:
        back.append(found(engine, replace(asked, newer_than=back[-1].ids[0]), most))
    assert [page.ids for page in reversed(back)] == [page.ids for page in pages]


@pytest.mark.parametrize(
    "typed", ['"', "' OR 1=1 --", "title:forêt", "NEAR(", "a AND", "^", "*", "{} :", "(((", "-x", "\0", "𝕏"]
)
def test_nothing_that_is_typed_is_an_operator_or_an_error(log: Journal, typed: str) -> None:
    with log.store.reading() as tx:
        assert tx.register.page(Browsing(words=typed, everything=True)).records == ()


@pytest.mark.parametrize(
    ("typed", "asked_of_fts"),
    [
        ("Grève", '"Grève"*'),
        ("le feu", '"le" "feu"*'),
        ("l’hôpital", '"l" "hôpital"*'),
        ('dit "non" (', '"dit"* "non"*'),
        ("…", None),
        ("", None),
    ],
)
def test_words_are_quoted_and_long_ones_are_beginnings(typed: str, asked_of_fts: str | None) -> None:
    assert expression(typed) == asked_of_fts


def test_words_beyond_reason_are_not_looked_at() -> None:
    assert len(expression("mot " * 10_000) or "") < 500


@pytest.mark.parametrize("name", ["strike", "account", "feed"])
def test_a_name_that_nobody_has_finds_nothing(log: Journal, name: str) -> None:
    with log.store.reading() as tx:
        assert tx.register.page(Browsing(**{name: "inconnu"})).records == ()  # type: ignore[arg-type]


def test_words_in_another_alphabet_are_found(log: Journal) -> None:
    with log.store.reading() as tx:
        records = tx.register.page(Browsing(words="الأمن", everything=True)).records
    assert {record["article_title"] for record in records} == {TITLES[3]}
    assert len(records) == 6


class TestWordsAreKept:
    def ids(self, journal: Journal, words: str) -> list[object]:
        with journal.store.reading() as tx:
            return [record["id"] for record in tx.register.page(Browsing(words=words)).records]

    def test_a_message_is_found_once_it_is_frozen_and_no_longer_when_it_is_thawed(self, journal: Journal) -> None:
        from occupier.domain.outcome import Retryable
        from occupier.domain.ports import Change

        action = journal.action(journal.target(), journal.strike())
        assert self.ids(journal, "solidarité") == []
        claimed = journal.claimed(action, payload=Payload("Solidarité avec les retraites"))
        assert self.ids(journal, "solidarite") == ["1"]
        journal.settle(claimed, Change(State.RETRY, "dns", thaw=True), Retryable("dns"))
        assert self.ids(journal, "solidarite") == []
        assert self.ids(journal, "titre") == ["1"]

    def test_what_is_rolled_back_is_not_found(self, journal: Journal) -> None:
        action = journal.action(journal.target(), journal.strike())
        with suppress(RuntimeError), journal.writing() as tx:
            tx.actions.claim(journal.asking(action, payload=Payload("Solidarité")))
            assert tx.register.page(Browsing(words="solidarité")).count == 1
            raise RuntimeError
        assert self.ids(journal, "solidarité") == []

    def test_an_article_emptied_later_is_no_longer_found(self, own_log: Journal) -> None:
        before = len(self.ids(own_log, "foret"))
        with closing(sqlite3.connect(own_log.path)) as db, db:
            db.execute("UPDATE articles SET title = '', summary = '' WHERE id = 1")
            db.execute("INSERT INTO words (words) VALUES ('integrity-check')")
        assert len(self.ids(own_log, "foret")) == before - 1

    def test_an_action_removed_is_no_longer_found(self, own_log: Journal) -> None:
        assert "1" in self.ids(own_log, "foret")
        with closing(sqlite3.connect(own_log.path)) as db, db:
            for table in ("attempts", "observations"):
                db.execute(f"DELETE FROM {table} WHERE action_id = 1")
            db.execute("DELETE FROM actions WHERE id = 1")
        assert "1" not in self.ids(own_log, "foret")


class TestPlans:
    """SQLite's own account of how it looks: no page may read the whole log."""

    def plans(self, engine: Engine, asked: Browsing, most: int) -> list[str]:
        seen: list[tuple[str, object]] = []

        def note(_connection: object, _cursor: object, sql: str, values: object, *_more: object) -> None:
            seen.append((sql, values))

        event.listen(engine, "before_cursor_execute", note)
        try:
            found(engine, asked, most)
        finally:
            event.remove(engine, "before_cursor_execute", note)
        with engine.connect() as db:
            return [
                str(row[3])
                for sql, values in seen
                for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)  # type: ignore[arg-type]
            ]

    @pytest.mark.parametrize(
        "asked",
        [
            Browsing(),
            Browsing(strike="autre", account="b"),
            Browsing(states=frozenset({State.LEFT, State.MISSED})),
            Browsing(feed="une", until=START + timedelta(hours=1)),
            Browsing(since=START, everything=True, older_than=20),
            Browsing(account="a", newer_than=3),
        ],
    )
    def test_a_common_filter_walks_the_index_in_its_order(self, engine: Engine, asked: Browsing) -> None:
        lines = [line for line in self.plans(engine, asked, 0) if "actions" in line]
        assert any("ix_actions_log" in line for line in lines)
        assert all("INDEX" in line or "PRIMARY KEY" in line for line in lines)

    @pytest.mark.parametrize("most", [0, 1000])
    def test_words_are_looked_up_and_never_read(self, engine: Engine, most: int) -> None:
        lines = self.plans(engine, Browsing(words="greve"), most)
        assert any("words VIRTUAL TABLE INDEX" in line and ":M" in line for line in lines)
        assert not any(line.startswith("SCAN actions") and "INDEX" not in line for line in lines)


def test_one_article_has_its_records_and_each_its_history(log: Journal) -> None:
    with log.store.reading() as tx:
        (record,) = tx.register.of_article(1)
        kinds = [event.kind for event in tx.register.history(int(str(record["id"])))]
        assert tx.register.of_article(999) == []
    assert record["article_title"] == TITLES[0]
    assert record["article_summary"] == "Résumé 0"
    assert kinds == ["decided", "claimed"]
