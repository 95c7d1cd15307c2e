"""The daemon counts beside its lanes, and never in their way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from occupier.bootstrap import Live
from occupier.daemon import Daemon
from occupier.domain.errors import NetworkError
from tests.services.newsroom import HOUR, MINUTE
from tests.test_daemon import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path, "courrier")
    counting = tuple(replace(account, metrics=True) for account in made.wanted.setup.accounts)
    made.wanted = replace(made.wanted, setup=replace(made.wanted.setup, accounts=counting))
    object.__setattr__(made.house, "live", Live(made.wanted))
    made.house.__dict__["watching"]._setup = made.house.live.setup
    made.occupied()
    made.daemon.once()
    assert len(made.network().posts) == 1
    yield made
    made.close()


def test_figures_are_read_when_they_are_due(stage: Stage) -> None:
    stage.daemon.rounds.measure()
    assert stage.network().looked_up == []
    stage.clock.advance(HOUR)
    stage.daemon.rounds.measure()
    stage.daemon.rounds.measure()
    assert stage.network().looked_up == [("1",)]


def test_a_lane_that_works_is_left_alone(stage: Stage) -> None:
    stage.clock.advance(HOUR)
    stage.daemon.lanes.follow()
    with stage.daemon.lanes.locks["lane:courrier"]:
        stage.daemon.rounds.measure()
        assert stage.network().looked_up == []
    stage.daemon.rounds.measure()
    assert stage.network().looked_up == [("1",)]


def test_a_dry_run_counts_nothing(stage: Stage) -> None:
    object.__setattr__(stage.house, "dry", True)
    stage.clock.advance(HOUR)
    stage.daemon.rounds.measure()
    assert stage.network().looked_up == []


def test_a_network_that_cannot_be_read_troubles_no_post(stage: Stage) -> None:
    stage.network().unreadable = NetworkError("{network} is not there.", network="courrier")
    stage.clock.advance(HOUR)
    stage.daemon.rounds.measure()
    stage.network().unreadable = None  # a post waits for its account to be readable, whoever wanted to read it before
    stage.show("1", "2")
    stage.clock.advance(MINUTE)
    Daemon(stage.house, stage.read).once()
    assert len(stage.network().posts) == 2
