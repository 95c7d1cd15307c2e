"""The account of a strike is written once, when it is over and settled."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.errors import FailedError
from occupier.domain.findings import Findings
from occupier.domain.outcome import Uncertain
from occupier.report.keeping import KeptReports, report_path
from occupier.services.review.recounting import Recounting
from occupier.services.review.reporting import AT_LATEST, Reporting
from tests.services.newsroom import DAY, HOUR, MINUTE, Newsroom


def reporting(room: Newsroom) -> Reporting:
    kept = KeptReports(room.path, lambda: ZoneInfo("Europe/Paris"))
    return Reporting(room.store, Recounting(room.store, lambda: room.setup), kept, room.notices)


def told(room: Newsroom) -> list[str]:
    return [n.kind for n in room.notices.told if n.kind.startswith("report")]


def path(room: Newsroom) -> Path:
    return report_path(room.path, "greve")


@pytest.fixture
def ended(room: Newsroom) -> Newsroom:
    room.occupied(hours=1)
    room.article(1)
    room.run_lane()
    room.clock.advance(HOUR)
    room.striking.close_ended()
    return room


def test_it_is_written_once_and_told_with_its_place(ended: Newsroom) -> None:
    for _ in range(3):
        reporting(ended).work_off()
    assert "Article 1" in path(ended).read_text(encoding="utf-8")
    assert path(ended).stat().st_mode & 0o777 == 0o600
    assert told(ended) == ["report"]
    assert ended.notices.told[-1].sentence.values["path"] == "reports/greve.html"
    assert ended.notices.told[-1].attached == str(path(ended))


def test_not_while_the_strike_runs(room: Newsroom) -> None:
    room.occupied()
    reporting(room).work_off()
    assert not path(room).exists()


def test_it_waits_for_what_waits_but_not_for_ever(room: Newsroom) -> None:
    room.occupied(hours=1)
    room.network().outcomes.append(Uncertain("timeout"))
    room.article(1)
    room.step()
    room.clock.advance(HOUR)
    room.striking.close_ended()
    reporting(room).work_off()
    assert not path(room).exists()
    room.clock.advance(AT_LATEST)
    reporting(room).work_off()
    assert path(room).exists()


def test_a_process_that_died_before_its_note_writes_it_again(ended: Newsroom) -> None:
    reporting(ended).work_off()
    before = path(ended).read_text(encoding="utf-8")
    ended.rows("DELETE FROM runtime WHERE key LIKE 'report:%'")
    path(ended).write_text("half")
    reporting(ended).work_off()
    assert path(ended).read_text(encoding="utf-8") == before


def test_a_file_that_a_person_removed_stays_removed(ended: Newsroom) -> None:
    reporting(ended).work_off()
    path(ended).unlink()
    reporting(ended).work_off()
    assert not path(ended).exists()


def test_a_strike_that_was_called_off_before_it_began_has_none(room: Newsroom) -> None:
    begins = room.clock.now() + HOUR
    room.strike(starts_at=begins, ends_at=begins + HOUR)
    room.striking.end("greve")
    reporting(room).work_off()
    assert not path(room).exists()


def test_a_strike_of_long_ago_has_none(ended: Newsroom) -> None:
    ended.clock.advance(8 * DAY)
    reporting(ended).work_off()
    assert not path(ended).exists()


def test_a_report_that_fails_is_told_once_and_tried_again(ended: Newsroom) -> None:
    (ended.path.parent / "reports").write_text("in the way")
    service = reporting(ended)
    for _ in range(3):
        service.work_off()
        ended.clock.advance(MINUTE)
    assert told(ended) == ["report_failed"]
    (ended.path.parent / "reports").unlink()
    service.work_off()
    assert told(ended) == ["report_failed", "report"]


def test_whatever_a_report_does_nothing_is_raised(ended: Newsroom) -> None:
    class Sick:
        def __init__(self, error: Exception) -> None:
            self.error = error

        def keep(self, found: Findings) -> str:
            raise self.error

    for error in (FailedError("No."), RuntimeError("boom")):
        recounting = Recounting(ended.store, lambda: ended.setup)
        Reporting(ended.store, recounting, Sick(error), ended.notices).work_off()
    assert told(ended) == ["report_failed"] * 2
