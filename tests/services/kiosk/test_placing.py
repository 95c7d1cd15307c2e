"""Strike feeds that are put where the tool reads them: whole, only when they differ, and never out of time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from occupier.domain.errors import NetworkError
from tests.fakes import FakeClock
from tests.services.kiosk.stand import Kiosk, outlet, rss, titles
from tests.services.newsroom import HOUR, MINUTE


@pytest.fixture
def kiosk(tmp_path: Path, empty_journal: Path) -> Iterator[Kiosk]:
    copyfile(empty_journal, tmp_path / "occupier.db")
    made = Kiosk(tmp_path / "occupier.db", FakeClock(), outlet(is_written=True, tool_interval=10 * MINUTE))
    made.hold()
    made.target("outil")
    made.placing.mind()
    yield made
    made.close()


def there(kiosk: Kiosk) -> dict[str, str]:
    return titles(kiosk.shelf.documents[-1])


def opened(kiosk: Kiosk, hours: float = 2) -> None:
    """Let the tool have had the time to read what was there, and a strike begin."""
    for _ in range(12):
        kiosk.hold()
    kiosk.strike(hours=hours)


def test_it_is_the_newsrooms_feed_and_put_there_once(kiosk: Kiosk) -> None:
    kiosk.placing.mind()
    assert kiosk.shelf.documents == [rss([3, 2, 1])]
    kiosk.hold(4)
    kiosk.placing.mind()
    assert kiosk.shelf.documents[1:] == [rss([4, 3, 2, 1])]


def test_nothing_is_handed_before_the_tool_has_had_time_to_read_what_was_there(kiosk: Kiosk) -> None:
    kiosk.strike()
    kiosk.hold(4)
    kiosk.work()
    assert kiosk.states() == [("pending", "strike")]
    kiosk.clock.advance(11 * MINUTE)
    kiosk.work()
    assert kiosk.states() == [("handed", "handed")]
    assert "grève" in there(kiosk)["g-4"]


def test_an_entry_counts_as_read_when_the_tool_has_had_time_for_it_and_stays(kiosk: Kiosk) -> None:
    opened(kiosk)
    kiosk.hold(4)
    kiosk.work()
    assert kiosk.action().read_at is None
    kiosk.clock.advance(10 * MINUTE)
    kiosk.work()
    assert kiosk.action().read_at == kiosk.clock.now()
    seen = there(kiosk)["g-4"]
    kiosk.controlling.pause(None)
    kiosk.until(kiosk.clock.now() + 3 * HOUR, HOUR)
    assert there(kiosk)["g-4"] == seen
    assert kiosk.states() == [("handed", "handed")]


def test_a_pause_takes_away_what_the_tool_may_not_have_read_yet(kiosk: Kiosk) -> None:
    opened(kiosk)
    kiosk.hold(4)
    kiosk.work()
    kiosk.controlling.pause("outil")
    kiosk.clock.advance(MINUTE)
    kiosk.placing.mind()
    assert "g-4" not in there(kiosk)
    kiosk.clock.advance(HOUR)
    kiosk.placing.mind()
    assert "g-4" not in there(kiosk)
    kiosk.controlling.resume("outil")
    kiosk.placing.mind()
    assert "g-4" in there(kiosk)


def test_nothing_is_put_there_that_the_tool_would_read_after_the_end(kiosk: Kiosk) -> None:
    opened(kiosk, hours=0.5)
    for _ in range(19):
        kiosk.hold()
    kiosk.hold(4)
    kiosk.work()
    assert kiosk.states() == [("missed", "tool_interval")]
    kiosk.until(kiosk.clock.now() + HOUR, HOUR)
    assert "g-4" not in there(kiosk)


def test_outside_strikes_a_place_that_does_not_answer_is_told_of_once(kiosk: Kiosk) -> None:
    kiosk.shelf.broken = [NetworkError("It is down.") for _ in range(2)]
    kiosk.hold(4)
    for _ in range(3):
        kiosk.placing.mind()
    assert [notice.kind for notice in kiosk.notices.told].count("strike_feed") == 1
    assert kiosk.shelf.documents[1:] == [rss([4, 3, 2, 1])]


def test_what_could_not_be_put_there_is_tried_again(kiosk: Kiosk) -> None:
    opened(kiosk)
    kiosk.shelf.broken = [NetworkError("It is down.")]
    kiosk.hold(4)
    kiosk.run_lane("outil")
    assert kiosk.states() == [("retry", "unavailable")]
    kiosk.clock.advance(5 * MINUTE)
    kiosk.work()
    assert kiosk.states() == [("handed", "handed")]
    assert "grève" in there(kiosk)["g-4"]


def test_a_process_that_starts_puts_it_there_again(kiosk: Kiosk) -> None:
    kiosk.wire()
    kiosk.placing.mind()
    assert kiosk.shelf.documents == [rss([3, 2, 1])] * 2
