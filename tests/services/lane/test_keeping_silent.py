"""An account that keeps silent during strikes posts nothing of them, and nothing is lost from the lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from occupier.domain.fates import Ground
from occupier.domain.findings import Announcement
from occupier.domain.setup import DuringStrikes, Outside, Rule, RuleAction
from occupier.services.review.ledger import Verifying
from occupier.services.review.recounting import Recounting
from tests.services.newsroom import Newsroom, account, entry

LEFT = ("left", "silence")


@pytest.fixture
def silent(open_newsroom: Callable[..., Newsroom]) -> Newsroom:
    return open_newsroom(account(during_strikes=DuringStrikes.SILENCE, outside=Outside.PUBLISH))


def test_nothing_of_the_strike_leaves(silent: Newsroom) -> None:
    silent.occupied()
    silent.change(rules=(Rule(RuleAction.ORDINARY, title=re.compile("2")),))
    silent.poll(entry("old"), entry(1), entry(2))
    silent.run_lane()
    assert silent.states() == [LEFT, LEFT]
    assert silent.network().orders == []
    assert Verifying(silent.store).verify().broken is None


def test_outside_strikes_it_posts(silent: Newsroom) -> None:
    silent.poll(entry("old"))
    silent.article(1)
    silent.run_lane()
    assert silent.states() == [("sent", "receipt")]


def test_the_newsroom_is_handed_the_list_and_the_reason_is_counted(silent: Newsroom) -> None:
    silent.occupied()
    silent.article(1)
    recounting = Recounting(silent.store, lambda: silent.setup)
    with recounting.findings("greve") as found:
        assert [one.announcement for one in found.unannounced] == [Announcement.SILENCE]
        assert [(one.ground, one.count) for one in found.recount.exemptions] == [(Ground.SILENCE, 1)]
        assert (found.recount.nobody, found.recount.left_for("silence")) == (1, 1)
        assert [account.unposted for account in found.recount.accounts] == [(("left", "silence", 1),)]


def test_silence_that_comes_with_a_reload_holds_for_what_waits(room: Newsroom) -> None:
    room.occupied()
    room.article(1)
    room.change(accounts=(replace(room.account(), during_strikes=DuringStrikes.SILENCE),))
    room.run_lane()
    assert room.states() == [LEFT]
    assert room.network().orders == []


def test_what_a_person_releases_there_is_left_too(room: Newsroom) -> None:
    room.occupied()
    room.change(rules=(Rule(RuleAction.HOLD),))
    room.article(1)
    room.change(accounts=(replace(room.account(), during_strikes=DuringStrikes.SILENCE),))
    room.controlling.release(room.action().id)
    room.run_lane()
    assert room.states() == [LEFT]
