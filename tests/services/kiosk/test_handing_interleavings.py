"""Whatever happens in whatever order, a strike feed shows each reader each entry in one form, and never too late."""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from occupier.domain.action import Purpose
from occupier.domain.strike import Strike
from occupier.services.review.ledger import Verifying
from tests.fakes import FakeClock
from tests.services.kiosk.stand import LINK, Kiosk, outlet, titles
from tests.services.newsroom import HOUR, MINUTE

AGENTS = st.sampled_from(("dlvr.it", "Buffer", "WordPress"))
INTERVAL = HOUR / 2


def says_strike(title: str) -> bool:
    return "grève" in title


class Interleaving(RuleBasedStateMachine):
    """A newsroom, its feed, the tools that read it, and people who strike, pause and end."""

    journal: Path
    written: bool

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        path = Path(self._folder.name) / "occupier.db"
        copyfile(self.journal, path)
        self.kiosk = Kiosk(path, FakeClock(), outlet(tool_interval=INTERVAL, is_written=self.written))
        self.source: dict[int, str] = {1: "Titre 1", 2: "Titre 2"}
        self.concerned: set[str] = set()
        self.strikes: dict[int | None, Strike] = {}
        self.seen: dict[str, dict[str, str]] = {}
        self.shown = b""
        self._poll()
        self.kiosk.offering.prepare()
        self.kiosk.work()

    def teardown(self) -> None:
        assert Verifying(self.kiosk.store).verify().broken is None
        self.kiosk.close()
        self._folder.cleanup()

    # --- what may happen ----------------------------------------------------------------------------------------------

    @rule(count=st.integers(1, 2), has_work=st.booleans())
    def publish(self, count: int, has_work: bool) -> None:
        self._poll()  # of what appears while nobody watches, nothing can be known
        for _ in range(count):
            number = max(self.source) + 1
            self.source[number] = f"Titre {number}"
            if self._strike():
                self.concerned.add(f"g-{number}")
        self._poll()
        if has_work:
            self.kiosk.work()

    @precondition(lambda self: self.source)
    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.source)))
        self.source[number] += " (corrigé)"
        self._poll()

    @precondition(lambda self: len(self.source) > 1)
    @rule()
    def drop(self) -> None:
        del self.source[min(self.source)]
        self._poll()

    @rule()
    def work(self) -> None:
        self.kiosk.work()

    @rule(minutes=st.sampled_from((1, 5, 20, 31, 70)), works=st.booleans())
    def wait(self, minutes: int, works: bool) -> None:
        if works:
            self.kiosk.until(self.kiosk.clock.now() + minutes * MINUTE, max(1, minutes // 4) * MINUTE)
        else:
            self.kiosk.clock.advance(minutes * MINUTE)

    @precondition(lambda self: not self.kiosk.pauses())
    @rule(name=st.sampled_from((None, "outil")))
    def pause(self, name: str | None) -> None:
        self.kiosk.controlling.pause(name)

    @precondition(lambda self: self.kiosk.pauses())
    @rule()
    def resume(self) -> None:
        for target_id in {pause.target_id for pause in self.kiosk.pauses()}:
            self.kiosk.controlling.resume("outil" if target_id else None)

    @rule()
    def touch_or_remove_the_file(self) -> None:
        file = self.kiosk.store.pause_file
        file.unlink() if file.exists() else file.touch()

    @precondition(lambda self: not self._strike())
    @rule(minutes=st.sampled_from((20, 45, 120, 240)))
    def strike(self, minutes: int) -> None:
        strike = self.kiosk.strike(f"greve-{len(self.strikes)}", hours=minutes / 60)
        self.strikes[strike.id] = strike

    @precondition(lambda self: self._strike())
    @rule()
    def end(self) -> None:
        self.kiosk.striking.end(self._strike().name)

    @rule()
    def restart(self) -> None:
        self.kiosk.other.close()
        self.kiosk.wire()

    @rule(agent=AGENTS)
    def ask_for_the_head(self, agent: str) -> None:
        if not self.written:
            self.kiosk.offering.edition("outil", agent, is_read=False)

    # --- what is read -------------------------------------------------------------------------------------------------

    @rule(agent=AGENTS)
    def read(self, agent: str) -> None:
        known, first = self.seen.setdefault(agent, {}), agent not in self.seen
        document = titles(self._document(agent))
        if not self.written:
            self._has_what_was_read(agent, document)
        for guid, title in document.items():
            if says_strike(title):
                assert guid in self.concerned, "an old entry became new"
                assert known.setdefault(guid, title) == title, "an entry that was read changed"
            else:
                assert guid not in self.concerned, "what was to be withheld was announced as usual"
                assert title == self._usual(guid, title)
        new = {guid for guid, title in document.items() if says_strike(title)} - self.before
        if not self.written:
            assert not (first and new), "a first reading sees only what was there"
            assert not new or (self._strike() and not self._is_paused()), "handed in a pause, or after the end"

    def _has_what_was_read(self, agent: str, document: dict[str, str]) -> None:
        self.before = set(self.seen[agent])
        there = {f"g-{number}" for number in self.source}
        assert self.before & there <= document.keys(), "an entry that was read is gone"

    @invariant()
    def nothing_is_handed_too_late_or_to_nobody(self) -> None:
        for action in self.kiosk.actions():
            if action.handed_at and action.purpose is Purpose.STRIKE:
                assert action.handed_at <= self.strikes[action.strike_id].ends_at - INTERVAL
                assert self.seen or self.written
                assert f"g-{action.article_id}" in self.concerned

    def _usual(self, guid: str, title: str) -> str:
        """Return what the newsroom says; a file may be older than that."""
        number = int(guid.removeprefix("g-"))
        return title if self.written and title.startswith(f"Titre {number}") else self.source[number]

    def _document(self, agent: str) -> bytes:
        self.before = set(self.seen[agent])
        return self.kiosk.shelf.documents[-1] if self.written else self.kiosk.bytes_for(agent)

    # --- the state of things ------------------------------------------------------------------------------------------

    def _strike(self) -> Any:
        with self.kiosk.store.reading() as tx:
            now = self.kiosk.clock.now()
            return next((s for s in tx.strikes.open() if s.in_force(now)), None)

    def _is_paused(self) -> bool:
        return bool(self.kiosk.pauses()) or self.kiosk.store.pause_file.exists()

    def _poll(self) -> None:
        items = "".join(
            f"<item><title>{title}</title><link>{LINK.format(n=n)}</link><guid>g-{n}</guid></item>"
            for n, title in sorted(self.source.items(), reverse=True)
        )
        self.kiosk.give(f'<rss version="2.0"><channel><title>La une</title>{items}</channel></rss>'.encode())
        self.kiosk.watching.poll(self.kiosk.source("une"))


def run(journal: Path, written: bool, examples: int, steps: int) -> None:
    class Machine(Interleaving):
        pass

    Machine.journal, Machine.written = journal, written
    # each step is a transaction or more: to shrink what fails takes minutes, so that is for whoever looks into it
    how = settings(max_examples=examples, stateful_step_count=steps, phases=[Phase.reuse, Phase.generate],
                   deadline=None, suppress_health_check=list(HealthCheck))  # fmt: skip
    run_state_machine_as_test(Machine, settings=how)


@pytest.mark.parametrize("written", [False, True])
def test_in_any_order(empty_journal: Path, written: bool) -> None:
    run(empty_journal, written, examples=4, steps=12)


@pytest.mark.campaign
@pytest.mark.parametrize("written", [False, True])
def test_in_a_great_many_orders(empty_journal: Path, written: bool) -> None:
    run(empty_journal, written, examples=12, steps=30)
