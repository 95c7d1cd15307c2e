"""The daemon writes the account of a strike by itself, and posts whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from occupier.domain.action import State
from occupier.report.keeping import report_path
from tests.services.newsroom import HOUR, MINUTE
from tests.test_daemon import Stage


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path, "courrier")
    yield made
    made.close()


def end(stage: Stage) -> Path:
    """Let an article be announced, and the strike end; return where its account belongs."""
    stage.occupied()
    stage.daemon.once()
    assert stage.states() == [State.SENT]
    stage.clock.advance(9 * HOUR)
    stage.house.striking.close_ended()
    return report_path(stage.folder / "occupier.db", "greve")


def test_the_account_is_there_when_the_strike_is_over(stage: Stage) -> None:
    path = end(stage)
    stage.daemon.rounds.report()
    assert "greve" in path.read_text(encoding="utf-8")
    assert [n.kind for n in stage.notices.told].count("report") == 1


@pytest.mark.parametrize("refuse", ["_no_report", "_dry"])
def test_none_where_it_is_not_wanted(stage: Stage, refuse: str) -> None:
    path = end(stage)
    {"_no_report": _no_report, "_dry": _dry}[refuse](stage)
    stage.daemon.rounds.report()
    assert not path.exists()


def test_an_account_that_fails_stops_no_post(stage: Stage) -> None:
    (stage.folder / "reports").write_text("in the way")
    end(stage)
    stage.daemon.rounds.report()
    stage.clock.advance(MINUTE)
    assert "report_failed" in [n.kind for n in stage.notices.told]


def _no_report(stage: Stage) -> None:
    settings = stage.house.live.settings
    stage.house.live.settings = replace(settings, setup=replace(settings.setup, report=False))


def _dry(stage: Stage) -> None:
    object.__setattr__(stage.house, "dry", True)
