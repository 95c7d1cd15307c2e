from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.feeds.dates import not_too_late, read_date

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "ven., 20 nov. 2026 13:00:00 +0100",
        "vendredi 20 novembre 2026 à 13h00 CET",
        "Fri, 20 Nov 2026 13:00:00 CET",
        "Fri, 20 Nov 2026 14:00:00 CEST",
        "Fri, 20 Nov 2026 13:00:00 Europe/Paris",
        "Fri, 20 Nov 26 12:00 UT",
        "20 Nov 2026 07:00:00 EST",
        "Fri, 20 Nov 2026 13:00:00 GMT+0100",
        "2026-11-20T12:00:00Z",
        "2026-11-20t13:00:00.250+01:00",
        "2026-11-20 13:00 CET",
        "2026-11-20T12:00:00",
        "1795176000",
        "1795176000000",
    ],
)
def test_a_date_means_one_instant_however_it_is_written(written: str) -> None:
    assert read_date(written) == NOON


@pytest.mark.parametrize(
    ("month", "number"),
    [("janv.", 1), ("févr.", 2), ("fe\u0301vrier", 2), ("mars", 3), ("AVRIL", 4), ("mai", 5), ("juin", 6), ("juil.", 7),
     ("juillet", 7), ("août", 8), ("sept.", 9), ("oct.", 10), ("nov.", 11), ("déc.", 12), ("June", 6), ("July", 7)],
)  # fmt: skip
def test_months_are_read_in_french_and_english(month: str, number: int) -> None:
    assert read_date(f"1er {month} 2026 00:00 GMT") == datetime(2026, number, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "hier",
        "Fri, 20 Nov 2026 12:00:00 XYZ",
        "Fri, 20 Nov 2026 12:00:00 ../../etc/passwd",
        "Fri, 20 Nov 2026 12:00:00 No/Where",
        "31 févr. 2026",
        "Fri, 20 Nov 1926 12:00:00 GMT",
        "0001-01-01T00:00:00+14:00",
        "2026-11-20T12:00:00+99:99",
        "12",
    ],
)
def test_what_cannot_be_told_is_no_date(written: str) -> None:
    assert read_date(written) is None


def test_the_librarys_reading_is_not_taken_where_it_missed_a_zone() -> None:
    misread = NOON.timetuple()
    assert read_date("Fri Nov 20 12:00:00 2026", misread) == NOON
    assert read_date("Fri Nov 20 12:00:00 CET 2026", misread) is None


def test_a_date_from_the_future_is_not_believed_beyond_a_day() -> None:
    assert not_too_late(NOON + timedelta(days=1), NOON) == NOON + timedelta(days=1)
    assert not_too_late(NOON + timedelta(days=1, seconds=1), NOON) is None
    assert not_too_late(None, NOON) is None


@given(
    st.datetimes(datetime(1995, 1, 2), datetime(2100, 1, 1)),
    st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_every_written_date_comes_back(naive: datetime, zone: timezone) -> None:
    date = naive.replace(microsecond=0, tzinfo=zone)
    assert read_date(date.isoformat()) == date
    assert read_date(format_datetime(date)) == date


@given(st.text(max_size=40))
def test_no_text_is_too_odd_for_a_date(written: str) -> None:
    date = read_date(written)
    assert date is None or date.tzinfo is UTC
