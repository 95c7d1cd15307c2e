"""The account of a strike answers whether the voted plan is the one that ran."""

from __future__ import annotations

import pytest

from occupier.domain.setup import Pools
from occupier.report import write
from tests.report.conftest import told
from tests.services.newsroom import HOUR, MINUTE, Newsroom


def written(room: Newsroom, language: str = "en") -> str:
    with told(room, language) as document:
        return b"".join(write(document, ".md")).decode()


def test_a_plan_that_was_never_sealed_is_said_so(over: Newsroom) -> None:
    text = written(over)
    assert "Was the voted plan the one that ran?" in text
    assert "never sealed" in text


@pytest.mark.parametrize(("language", "words"), [("en", "the messages"), ("fr", "les messages")])
def test_the_seal_and_what_was_held_are_told(room: Newsroom, language: str, words: str) -> None:
    strike = room.occupied(hours=4)
    sealed, before = room.sealing.seal(strike), room.setup
    room.change(pools=Pools(strike=("{{ link }}",)))
    room.sealing.mind()
    room.clock.advance(20 * MINUTE)
    room.setup = before
    room.sealing.mind()
    room.clock.advance(5 * HOUR)
    text = written(room, language)
    assert sealed.short in text
    assert words in text
