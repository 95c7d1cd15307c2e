"""The daemon holds what was not voted: at the start, at a reload, and within a tick of another process's word."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from occupier.bootstrap import House
from occupier.daemon import pace
from occupier.services.lane.sealing import Sealing
from occupier.settings import Settings
from occupier.templates import JinjaTemplates
from tests.fakes import FakeNotices
from tests.services.newsroom import MINUTE
from tests.test_daemon import PATIENCE, Stage, announce

OTHER = '[messages]\nstrike = ["{{ strike.who }} {{ strike.reason }} {{ strike.end }} {{ title }} {{ link }}"]\n'


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setattr(pace, "TICK", 0.01)
    with ExitStack() as opened:
        made = Stage(tmp_path, "courrier")
        opened.callback(made.close)
        yield made


def seal(stage: Stage, settings: Settings) -> None:
    """Seal as a command of another process does, from its own reading of the settings."""
    with stage.other.reading() as tx:
        strike = tx.strikes.get("greve")
    Sealing(stage.other, JinjaTemplates(), FakeNotices(), lambda: settings.setup).seal(strike)


def held(stage: Stage) -> bool:
    with stage.other.reading() as tx:
        found = tx.seals.of(tx.strikes.get("greve").id)
    return found is not None and found.held_since is not None


def plans_told(stage: Stage) -> list[bool]:
    return [notice.serious for notice in stage.notices.told if notice.kind == "plan"]


@pytest.fixture
def occupied(stage: Stage) -> Stage:
    stage.house.watching.poll(stage.wanted.setup.feeds[0])
    stage.strike()
    stage.clock.advance(MINUTE)
    stage.show("1")
    return stage


def test_what_differs_at_the_start_is_held_and_told_and_nothing_leaves(occupied: Stage) -> None:
    seal(occupied, occupied.settings("courrier", more=OTHER))
    occupied.daemon.once()
    assert occupied.network().orders == []
    assert (held(occupied), plans_told(occupied)) == (True, [True])


def test_a_reload_with_another_message_holds_and_one_with_the_old_ones_goes_on(
    occupied: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks = dict(occupied.house.networks)
    monkeypatch.setattr(House, "connect", lambda house, settings: house.adopt(settings, networks))
    before = occupied.wanted
    seal(occupied, before)
    occupied.house.striking.take_over()
    occupied.wanted = occupied.settings("courrier", more=OTHER)
    assert occupied.daemon.reloading.reload() is None
    occupied.daemon.polls.poll(before.setup.feeds[0])
    occupied.daemon.lanes.work(occupied.wanted.setup.accounts[0])
    assert (occupied.network().orders, held(occupied)) == ([], True)
    occupied.wanted = before
    assert occupied.daemon.reloading.reload() is None
    assert (held(occupied), plans_told(occupied)) == (False, [True, False])
    occupied.daemon.lanes.work(before.setup.accounts[0])
    assert len(occupied.network().orders) == 1
    occupied.daemon.shutdown()


def test_the_seal_of_another_process_lets_it_go_on_within_a_tick(occupied: Stage) -> None:
    seal(occupied, occupied.settings("courrier", more=OTHER))
    posted = threading.Event()
    announce(occupied.network(), posted)
    with occupied.running():
        assert not posted.is_set()
        seal(occupied, occupied.wanted)
        assert posted.wait(PATIENCE)
    assert not held(occupied)
