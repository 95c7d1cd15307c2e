"""The short forms of the campaign in which the network lies."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path

import pytest

from occupier.domain.action import State
from tests.campaigns.liar import AFTER, BEFORE, PLATFORMS, Lie
from tests.campaigns.network_lies import campaign
from tests.campaigns.stage import Stage

pytestmark = pytest.mark.campaign


def test_networks_that_lie_get_nothing_twice_and_lose_nothing() -> None:
    found = campaign(40, 7)
    assert found.clean, found.table("the network lies")
    assert found.runs >= 38
    assert found.published > 60
    assert found.lies > 100


@pytest.mark.parametrize(
    "lie", [Lie(random.Random(3).choice(BEFORE)), Lie("reset_before_body"), *(Lie(k, True) for k in AFTER[:3])], ids=str
)
def test_an_answer_that_is_lost_is_looked_for_and_never_sent_again_in_vain(lie: Lie, tmp_path: Path) -> None:
    left = dict.fromkeys(PLATFORMS, 1)

    def choose(platform: str, stage: str) -> Lie | None:
        if stage != "write" or not left[platform]:
            return None
        left[platform] -= 1
        return lie

    with Stage(tmp_path, 7, choose) as stage:
        stage.publish("Déjà là avant tout")
        assert stage.poll()
        stage.declare("greve", timedelta(hours=3))
        stage.publish("La grève continue")
        assert stage.poll()
        for _ in range(12):
            stage.turn()
            stage.clock.advance(45)
        posts = stage.box.posts()
        assert sorted(post.platform for post in posts) == sorted(PLATFORMS)
        assert [State(r["state"]) for r in stage.records()] == [State.SENT] * 3
        assert {r["post_id"] for r in stage.records()} == {post.id for post in posts}
