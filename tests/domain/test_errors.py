from __future__ import annotations

import pickle
from datetime import UTC, datetime

from occupier.domain.errors import FeedError, OccupierError, Sentence


def test_a_sentence_carries_its_values_apart() -> None:
    error = OccupierError("The feed {feed} failed at {at}.", feed="{odd}", at=datetime(2026, 11, 20, tzinfo=UTC))
    assert str(error) == "The feed {odd} failed at 2026-11-20T00:00:00+00:00."
    assert error.sentence == Sentence("The feed {feed} failed at {at}.", error.sentence.values)


def test_an_error_keeps_its_values_between_processes() -> None:
    error = FeedError("The feed {feed} failed.", feed="une")
    error.not_before = datetime(2026, 11, 20, tzinfo=UTC)
    back = pickle.loads(pickle.dumps(error))
    assert str(back) == "The feed une failed."
    assert back.not_before == error.not_before
