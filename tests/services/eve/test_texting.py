"""When a strike is over, the usual tool's old text is given back, once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from occupier.domain.errors import SettingsError
from occupier.domain.tools import OldText
from occupier.services.eve.texting import Reminding
from occupier.speech import say
from tests.services.newsroom import HOUR, Newsroom

OLD = OldText("greve", "Jetpack", "{title} {url}")


def mind(room: Newsroom, *kept: OldText) -> list[str]:
    """Look, as a process that starts does; return everything told of old texts."""
    Reminding(room.store, lambda: kept, room.notices).mind()
    return [say(notice.sentence, room.setup.zone) for notice in room.notices.told if notice.kind == "old_text"]


def test_it_is_told_with_the_text_once_the_strike_is_over(room: Newsroom) -> None:
    room.strike(hours=1)
    assert mind(room, OLD) == []
    room.clock.advance(HOUR)
    room.striking.close_ended()
    (told,) = mind(room, OLD)
    assert "{title} {url}" in told
    assert "Jetpack" in told
    assert "occupier text greve --back" in told
    assert len(mind(room, OLD)) == 1


def test_a_strike_that_a_person_ended_is_over_too(room: Newsroom) -> None:
    room.strike()
    room.striking.end("greve")
    assert len(mind(room, OLD)) == 1


def test_a_strike_that_goes_on_under_another_name_wants_a_new_text_and_not_the_old_one(room: Newsroom) -> None:
    room.strike(hours=1)
    room.striking.renew("greve", room.clock.now() + 9 * HOUR, "AG")
    room.clock.advance(HOUR)
    room.striking.close_ended()
    (told,) = mind(room, OLD)
    assert "occupier text greve-2" in told
    assert "{title}" not in told


def test_what_was_kept_for_no_strike_of_this_journal_is_not_told(room: Newsroom) -> None:
    assert mind(room, OLD) == []


def test_a_file_that_cannot_be_read_stops_no_daemon(room: Newsroom) -> None:
    def torn() -> Sequence[OldText]:
        raise SettingsError("It cannot be read.")

    Reminding(room.store, torn, room.notices).mind()
    assert room.notices.told == []


def test_a_tool_with_a_text_for_each_network_is_told_of_by_both(room: Newsroom) -> None:
    room.strike()
    room.striking.end("greve")
    on_x, on_page = mind(room, *(OldText("greve", "IFTTT", "{title}", network) for network in ("x", "facebook")))
    assert "IFTTT sur X." in on_x
    assert "IFTTT sur Facebook." in on_page


@pytest.mark.parametrize("others", [1, 3])
def test_each_tool_is_told_of(room: Newsroom, others: int) -> None:
    room.strike()
    room.striking.end("greve")
    assert len(mind(room, OLD, *(OldText("greve", f"tool-{n}", "x") for n in range(others)))) == 1 + others
