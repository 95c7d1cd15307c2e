from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings

from occupier.domain.errors import TimeError
from occupier.domain.times import parse_duration, parse_instant, to_quarter, utc_text
from tests.strategies import instants, local_times, zones

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")


@settings(max_examples=300)
@given(local_times())
@example((datetime(2027, 3, 28, 2, 30), PARIS))
@example((datetime(2027, 10, 31, 2, 30), PARIS))
def test_an_accepted_local_time_is_what_the_clock_on_the_wall_says(pair: tuple[datetime, ZoneInfo]) -> None:
    local, zone = pair
    readings = [
        at
        for offset in {local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}
        if offset is not None
        and (at := (local - offset).replace(tzinfo=UTC)).astimezone(zone).replace(tzinfo=None) == local
    ]
    text = local.isoformat(timespec="minutes")
    if len(readings) == 1:
        assert parse_instant(text, zone, NOW) == readings[0]
        assert parse_instant(text.replace("T", " "), zone, NOW) == readings[0]
        return
    with pytest.raises(TimeError) as told:
        parse_instant(text, zone, NOW)
    # either mend is accepted, and the two differ
    mends = [parse_instant(str(told.value.sentence.values[name]), zone, NOW) for name in ("one", "two")]
    assert mends[0] != mends[1]
    if readings:
        assert sorted(readings) == mends
        assert "twice" in str(told.value)
    else:
        assert "does not exist" in str(told.value)


@given(instants(), zones())
def test_an_offset_settles_every_doubt(at: datetime, zone: ZoneInfo) -> None:
    assert parse_instant(at.astimezone(zone).isoformat(), ZoneInfo("Asia/Tokyo"), NOW) == at


@pytest.mark.parametrize(
    ("zone", "gap", "fold"),
    [
        ("Europe/Paris", "2027-03-28T02:30", "2027-10-31T02:30"),
        ("America/New_York", "2027-03-14T02:30", "2027-11-07T01:30"),
        ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-04-04T01:45"),
    ],
)
def test_the_clocks_go_forward_and_back(zone: str, gap: str, fold: str) -> None:
    with pytest.raises(TimeError, match="does not exist"):
        parse_instant(gap, ZoneInfo(zone), NOW)
    with pytest.raises(TimeError, match="twice"):
        parse_instant(fold, ZoneInfo(zone), NOW)


def test_the_message_names_both_instants() -> None:
    with pytest.raises(TimeError) as told:
        parse_instant("2027-10-31T02:30", PARIS, NOW)
    assert str(told.value) == (
        "2027-10-31T02:30 happens twice in Europe/Paris, when the clocks go back: type 2027-10-31T02:30+02:00 for the"
        " first or 2027-10-31T02:30+01:00 for the second."
    )


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("now", NOW),
        (" now ", NOW),
        ("+8h", NOW + timedelta(hours=8)),
        ("+90s", NOW + timedelta(seconds=90)),
        ("+ 2d", NOW + timedelta(days=2)),
        ("2020-01-24T09:00", datetime(2020, 1, 24, 8, tzinfo=UTC)),
        ("2020-01-24T09:00:30", datetime(2020, 1, 24, 8, 0, 30, tzinfo=UTC)),
        ("2020-07-24 09:00", datetime(2020, 7, 24, 7, tzinfo=UTC)),
        ("2020-01-24T09:00Z", datetime(2020, 1, 24, 9, tzinfo=UTC)),
        ("2020-01-24T09:00-05:00", datetime(2020, 1, 24, 14, tzinfo=UTC)),
    ],
)
def test_what_people_type(text: str, at: datetime) -> None:
    parsed = parse_instant(text, PARIS, NOW.astimezone(ZoneInfo("Asia/Tokyo")))
    assert parsed == at
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize("text", ["2020-01-24", "20200124", "2020-W04-5"])
def test_a_day_without_an_hour_is_refused_with_the_mend(text: str) -> None:
    with pytest.raises(TimeError, match=f"{text}T19:00"):
        parse_instant(text, PARIS, NOW)


@pytest.mark.parametrize(
    "text",
    ["", "tomorrow", "19h", "2020-02-30T10:00", "2020-01-24T25:00", "24/01/2020 10:00", "9999-12-31T23:59-12:00",
     "0001-01-01T00:00", "2020-01-24T", "nowish"],
)  # fmt: skip
def test_what_is_no_time_is_said_so(text: str) -> None:
    with pytest.raises(TimeError, match="is not a time"):
        parse_instant(text, PARIS, NOW)


@pytest.mark.parametrize(
    ("text", "seconds"), [("0s", 0), ("90s", 90), ("5m", 300), (" 2h ", 7200), ("1d", 86400), ("999999d", 86399913600)]
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "5", "h", "5 h", "-5m", "1h30m", "1.5h", "5M", "1w", "1234567s"])
def test_what_is_no_duration_is_said_so(text: str) -> None:
    with pytest.raises(TimeError, match="is not a duration"):
        parse_duration(text)


def test_a_wait_that_is_no_duration_is_said_so() -> None:
    with pytest.raises(TimeError, match="is not a duration"):
        parse_instant("+soon", PARIS, NOW)


@pytest.mark.parametrize(
    ("minutes", "rounded"), [(0, 0), (7.49, 0), (7.51, 15), (15, 15), (22.4, 15), (52.6, 60), (59.9, 60)]
)
def test_a_quarter_of_an_hour_is_the_nearest(minutes: float, rounded: float) -> None:
    assert to_quarter(NOW + timedelta(minutes=minutes)) == NOW + timedelta(minutes=rounded)


@given(instants())
def test_stored_times_sort_as_instants_do(at: datetime) -> None:
    later = at + timedelta(microseconds=1)
    assert utc_text(at) < utc_text(later)
    assert datetime.fromisoformat(utc_text(at)) == at


def test_the_example_of_an_instant_is_tomorrow() -> None:
    with pytest.raises(TimeError, match="2020-01-25T09:00"):
        parse_instant("tomorrow", ZoneInfo("Europe/Paris"), datetime(2020, 1, 23, 23, 30, tzinfo=UTC))
