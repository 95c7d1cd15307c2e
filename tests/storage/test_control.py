from __future__ import annotations

from dataclasses import replace

import pytest

from occupier.domain.errors import DatabaseError, StrikeError, UnknownName
from occupier.domain.ports import Pause
from occupier.domain.strike import LinkRule, Messages, Source
from tests.fakes import START
from tests.storage.journal import HOUR, STRIKE, Journal

WHOLE = replace(
    STRIKE, who="Les pigistes", url="https://snj.fr/", agreed="la rédaction", link=LinkRule.NONE,
    accounts=frozenset({"a", "b"}), feeds=frozenset({"f"}), source=Source.SETTINGS, renews="avant",
    first_start=START - 90 * HOUR,
    messages=Messages(("Grève",), {"x": ("1", "2")}, {"a": ("é",)}),
)  # fmt: skip


class TestStrikes:
    @pytest.mark.parametrize("strike", [STRIKE, WHOLE])
    def test_a_strike_comes_back_as_it_was_declared(self, journal: Journal, strike: object) -> None:
        added = journal.strike(strike)  # type: ignore[arg-type]
        expected = replace(strike, id=added.id, first_start=strike.first_start or strike.starts_at)  # type: ignore[type-var, attr-defined]
        with journal.store.reading() as tx:
            assert tx.strikes.get(added.name) == tx.strikes.by_id(added.id) == added == expected
            assert [e.kind for e in tx.events.since(0)] == ["strike_declared"]

    def test_a_name_is_used_once_for_ever(self, journal: Journal) -> None:
        one = journal.strike()
        with journal.writing() as tx:
            tx.strikes.close(one.id, START, "ended")
        with pytest.raises(StrikeError, match="used already"):
            journal.strike()

    def test_an_unknown_name_is_said(self, journal: Journal) -> None:
        with journal.store.reading() as tx, pytest.raises(UnknownName, match="no strike “x”"):
            tx.strikes.get("x")

    def test_they_are_listed_by_their_start(self, journal: Journal) -> None:
        late, early = journal.strike(), journal.strike(replace(STRIKE, name="avant", starts_at=START - 9 * HOUR))
        with journal.writing() as tx:
            assert [s.name for s in tx.strikes.all()] == [early.name, late.name]
            tx.strikes.close(early.id, START, "ended")
            tx.strikes.close(early.id, START + HOUR, "twice")
            assert [s.name for s in tx.strikes.open()] == [late.name]
            assert tx.strikes.by_id(early.id).closed_at == START
            assert [e.kind for e in tx.events.since(0)].count("strike_closed") == 1

    def test_dates_texts_and_scope_can_change_until_it_is_closed(self, journal: Journal) -> None:
        one = journal.strike(replace(WHOLE, renews=None, first_start=None))
        changed = replace(one, ends_at=one.ends_at + HOUR, reason="autre", feeds=frozenset(), accounts=frozenset({"c"}))
        with journal.writing() as tx:
            tx.strikes.change(changed)
            assert tx.strikes.by_id(one.id) == changed
            tx.strikes.close(one.id, START, "ended")
            tx.strikes.change(replace(changed, reason="trop tard"))
            assert tx.strikes.by_id(one.id) == replace(changed, closed_at=START)
            assert [e.kind for e in tx.events.since(0)] == ["strike_declared", "strike_changed", "strike_closed"]

    def test_days_are_counted_from_the_start_that_holds(self, journal: Journal) -> None:
        own, renewed = journal.strike(), journal.strike(replace(WHOLE, name="suite"))
        with journal.writing() as tx:
            for strike in (own, renewed):
                tx.strikes.change(replace(strike, starts_at=strike.starts_at + HOUR))
            assert tx.strikes.by_id(own.id).first_start == STRIKE.starts_at + HOUR
            assert tx.strikes.by_id(renewed.id).first_start == WHOLE.first_start

    def test_a_period_upside_down_is_refused_by_the_file_itself(self, journal: Journal) -> None:
        with pytest.raises(DatabaseError):
            journal.strike(replace(STRIKE, ends_at=STRIKE.starts_at))


class TestPauses:
    def test_the_same_stop_by_the_same_cause_stands_once(self, journal: Journal) -> None:
        target = journal.target()
        stops = [
            Pause(None, "person", "x", START),
            Pause(target.id, "person", "y", START),
            Pause(None, "clock", "z", START),
        ]
        with journal.writing() as tx:
            assert all(tx.pauses.add(stop) for stop in stops)
            assert not tx.pauses.add(replace(stops[0], reason="again"))
            assert not tx.pauses.add(stops[1])
            assert tx.pauses.all() == stops

    def test_lifting_is_exact_and_told_when_it_did_something(self, journal: Journal) -> None:
        target = journal.target()
        with journal.writing() as tx:
            tx.pauses.add(Pause(None, "person", "x", START))
            tx.pauses.add(Pause(target.id, "lane", "y", START))
            assert tx.pauses.lift(target.id, ["person"]) == 0
            assert tx.pauses.lift(None, ["lane", "clock"]) == 0
            assert tx.pauses.lift(target.id, ["person", "lane"]) == 1
            assert [p.by for p in tx.pauses.all()] == ["person"]
            assert [e.kind for e in tx.events.since(0)] == ["paused", "paused", "resumed"]

    def test_an_unknown_cause_is_refused_by_the_file_itself(self, journal: Journal) -> None:
        with pytest.raises(DatabaseError), journal.writing() as tx:
            tx.pauses.add(Pause(None, "moon", "x", START))


class TestRuntime:
    def test_notes_are_written_over_and_removed(self, journal: Journal) -> None:
        with journal.writing() as tx:
            for key, value in (("job:a", "1"), ("job:a", "2"), ("job_b", "3"), ("gone", "4"), ("gone", None)):
                tx.runtime.set(key, value)
            tx.runtime.set("never", None)
            assert tx.runtime.get("job:a") == "2"
            assert tx.runtime.get("gone") is None
            assert tx.runtime.all("job:") == {"job:a": "2"}
            assert tx.runtime.all("job_") == {"job_b": "3"}  # no wildcard
            assert len(tx.runtime.all()) == 2
