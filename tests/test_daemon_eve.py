"""The daemon checks by itself before a strike, and no lane waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from occupier.domain.errors import Sentence
from occupier.domain.outcome import Outcome
from occupier.domain.ports import Order
from occupier.domain.strike import Strike
from occupier.services.eve.checks.finding import Finding, Level
from occupier.services.eve.eve import Eve
from tests.test_daemon import PATIENCE, Stage


class Slow:
    """A check that ends when the test lets it."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()

    def check(self, _strikes: Sequence[Strike], go_on: Callable[[], bool]) -> Sequence[Finding]:
        self.begun.set()
        assert self.may_end.wait(PATIENCE)
        return [Finding("disk", "-", Level.GREEN, Sentence("All is well."))] if go_on() else []


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    made = Stage(tmp_path, "courrier")
    yield made
    made.close()


def asked(stage: Stage, slow: Slow, *, checks: bool) -> None:
    stage.house.__dict__["checks"] = checks
    stage.house.__dict__["eve"] = Eve(stage.store, slow.check, stage.notices)


def test_posts_leave_while_it_is_checked(stage: Stage) -> None:
    slow, posted = Slow(), threading.Event()
    asked(stage, slow, checks=True)
    stage.occupied()

    def post(order: Order) -> Outcome:
        posted.set()
        return stage.network().post(order)

    stage.network().outcomes.append(post)
    with stage.running():
        assert slow.begun.wait(PATIENCE)
        assert posted.wait(PATIENCE)
        assert not slow.may_end.is_set()
        slow.may_end.set()


def test_a_check_that_is_cut_short_by_the_end_is_not_noted(stage: Stage) -> None:
    slow = Slow()
    asked(stage, slow, checks=True)
    stage.strike()
    with stage.running():
        assert slow.begun.wait(PATIENCE)
        stage.daemon.stop.set()
        slow.may_end.set()
    with stage.other.reading() as tx:
        assert not tx.runtime.all("eve:")


@pytest.mark.parametrize("checks", [True, False])
def test_a_house_that_does_not_check_has_no_such_job(stage: Stage, *, checks: bool) -> None:
    slow = Slow()
    slow.may_end.set()
    asked(stage, slow, checks=checks)
    with stage.running():
        while stage.daemon.jobs.scheduler.get_job("watchdog") is None:
            stage.daemon.stop.wait(0.001)
        assert (stage.daemon.jobs.scheduler.get_job("eve") is not None) is checks
