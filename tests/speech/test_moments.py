"""Instants and waits in words."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from babel.dates import get_day_names, get_month_names
from hypothesis import given
from hypothesis import strategies as st

from occupier.speech import (
    countdown,
    duration,
    end_moment,
    moment,
    moment_in_post,
    set_language,
    short_time,
    zone_city,
)
from occupier.speech.almanac import ENGLISH_DAYS, ENGLISH_MONTHS, FRENCH_DAYS, FRENCH_MONTHS

PARIS = ZoneInfo("Europe/Paris")
ZONES = [PARIS, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kathmandu")]
FRIDAY = datetime(2020, 1, 24, 18, tzinfo=UTC)
instants = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from(ZONES)
languages = st.sampled_from(["fr", "en"])
_SAID = {
    "fr": re.compile(r"(\w+) (1er|\d+) (\w+) (\d{4}) à (\d+)h(\d\d), heure de ([\w ]+?)(?: \(UTC([+-]\d\d:\d\d)\))?"),
    "en": re.compile(r"(\w+) (\d+) (\w+) (\d{4}) at (\d+):(\d\d) (am|pm), ([\w ]+?) time(?: \(UTC([+-]\d\d:\d\d)\))?"),
}


def read_back(said: str, zone: ZoneInfo, language: str) -> list[datetime]:
    """Return the instants that a reader could understand."""
    match = _SAID[language].fullmatch(said)
    assert match, said
    day = 1 if match[2] == "1er" else int(match[2])
    months = FRENCH_MONTHS if language == "fr" else ENGLISH_MONTHS
    hour = int(match[5]) if language == "fr" else int(match[5]) % 12 + (12 if match[7] == "pm" else 0)
    local = datetime(int(match[4]), months.index(match[3]) + 1, day, hour, int(match[6]))
    days = FRENCH_DAYS if language == "fr" else ENGLISH_DAYS
    assert days[local.weekday()] == match[1]
    if match[match.re.groups]:
        return [datetime.fromisoformat(f"{local.isoformat()}{match[match.re.groups]}").astimezone(UTC)]
    return list({local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)})


@given(instants, zones, languages)
def test_every_instant_of_a_year_can_be_read_back_and_is_one(
    at: datetime, zone: ZoneInfo, language: Literal["fr", "en"]
) -> None:
    set_language(language)
    assert read_back(moment(at, zone), zone, language) == [at.replace(second=0, microsecond=0)]


@given(instants, zones, languages)
def test_an_end_is_said_as_it_is_or_a_minute_earlier_and_never_as_midnight(
    at: datetime, zone: ZoneInfo, language: Literal["fr", "en"]
) -> None:
    set_language(language)
    [understood] = read_back(end_moment(at, zone), zone, language)
    assert timedelta(0) <= at - understood < timedelta(minutes=2)
    assert (understood.astimezone(zone).hour, understood.astimezone(zone).minute) != (0, 0)


@pytest.mark.parametrize("zone", ZONES)
def test_the_two_hours_of_one_name_are_told_apart(zone: ZoneInfo) -> None:
    minutes = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(2 * 24 * 366))
    said = [moment(at, zone) for at in minutes]
    assert len(set(said)) == len(said)


def test_an_instant_is_said_in_full_in_both_languages() -> None:
    now = FRIDAY - timedelta(hours=5, minutes=12)
    assert moment(FRIDAY, PARIS) == "vendredi 24 janvier 2020 à 19h00, heure de Paris"
    assert moment(FRIDAY, PARIS, now) == "vendredi 24 janvier 2020 à 19h00, heure de Paris, dans 5 h 12"
    set_language("en")
    assert moment(FRIDAY, PARIS, now) == "Friday 24 January 2020 at 7:00 pm, Paris time, in 5 h 12 min"


def test_an_end_at_midnight_belongs_to_the_day_that_ends() -> None:
    new_year = datetime(2021, 1, 1, tzinfo=PARIS)
    assert moment(new_year, PARIS) == "vendredi 1er janvier 2021 à 0h00, heure de Paris"
    assert end_moment(new_year, PARIS) == "jeudi 31 décembre 2020 à 23h59, heure de Paris"
    assert moment_in_post(new_year, PARIS, "en") == "Thursday 31 December at 11:59 pm"
    assert end_moment(new_year, PARIS, new_year - timedelta(minutes=3)).endswith(", dans 3 min")


def test_the_hour_that_comes_twice_is_said_with_its_offset() -> None:
    first, second = datetime(2020, 10, 25, 0, 30, tzinfo=UTC), datetime(2020, 10, 25, 1, 30, tzinfo=UTC)
    assert moment(first, PARIS).endswith("à 2h30, heure de Paris (UTC+02:00)")
    assert moment(second, PARIS).endswith("à 2h30, heure de Paris (UTC+01:00)")


def test_short_hours_are_those_of_a_table() -> None:
    assert short_time(FRIDAY, PARIS) == "19h00"
    assert short_time(FRIDAY - timedelta(hours=10), PARIS) == "9h00"
    set_language("en")
    assert short_time(FRIDAY - timedelta(hours=10), PARIS) == "09:00"


@pytest.mark.parametrize(
    ("length", "french", "english"),
    [
        (timedelta(seconds=45), "45 s", "45 s"),
        (timedelta(minutes=3, seconds=20), "3 min", "3 min"),
        (timedelta(hours=5), "5 h", "5 h"),
        (timedelta(hours=5, minutes=2), "5 h 02", "5 h 2 min"),
        (timedelta(days=1), "1 jour", "1 day"),
        (timedelta(days=2, hours=4, minutes=59), "2 jours 4 h", "2 days 4 h"),
        (timedelta(days=2, minutes=59), "2 jours", "2 days"),
        (timedelta(0), "0 s", "0 s"),
        (timedelta(seconds=-5), "0 s", "0 s"),
    ],
)
def test_a_duration_is_said_by_its_largest_units(length: timedelta, french: str, english: str) -> None:
    assert duration(length) == french
    set_language("en")
    assert duration(length) == english


@given(st.timedeltas(timedelta(0), timedelta(days=400)))
def test_what_a_duration_leaves_out_is_less_than_its_last_unit(length: timedelta) -> None:
    set_language("en")
    units = {"day": 86_400, "days": 86_400, "h": 3_600, "min": 60, "s": 1}
    words = duration(length).split(" ")
    said = sum(int(number) * units[unit] for number, unit in zip(words[::2], words[1::2], strict=True))
    whole = length // timedelta(seconds=1)
    finest = 3_600 if whole >= 86_400 else 60 if whole >= 60 else 1
    assert 0 <= whole - said < finest


def test_a_countdown_looks_ahead_and_back() -> None:
    assert countdown(FRIDAY, FRIDAY - timedelta(minutes=3)) == "dans 3 min"
    assert countdown(FRIDAY, FRIDAY + timedelta(minutes=3)) == "il y a 3 min"
    assert countdown(FRIDAY, FRIDAY) == "maintenant"
    set_language("en")
    assert countdown(FRIDAY, FRIDAY - timedelta(minutes=3)) == "in 3 min"
    assert countdown(FRIDAY, FRIDAY + timedelta(minutes=3)) == "3 min ago"
    assert countdown(FRIDAY, FRIDAY) == "now"


@pytest.mark.parametrize(
    ("key", "french", "english"),
    [
        ("Europe/Paris", "heure de Paris", "Paris time"),
        ("Africa/Algiers", "heure d’Algiers", "Algiers time"),
        ("America/Port_of_Spain", "heure de Port of Spain", "Port of Spain time"),
        ("UTC", "UTC", "UTC"),
        ("Etc/UTC", "UTC", "UTC"),
    ],
)
def test_a_zone_is_named_by_its_city(key: str, french: str, english: str) -> None:
    assert moment(FRIDAY, ZoneInfo(key)).endswith(f", {french}")
    set_language("en")
    assert moment(FRIDAY, ZoneInfo(key)).endswith(f", {english}")


def test_a_city_has_no_underscore() -> None:
    assert zone_city(ZoneInfo("America/Argentina/Buenos_Aires")) == "Buenos Aires"


def test_the_names_are_those_of_the_unicode_consortium() -> None:
    for locale, days, months in (("fr", FRENCH_DAYS, FRENCH_MONTHS), ("en_GB", ENGLISH_DAYS, ENGLISH_MONTHS)):
        assert days == tuple(get_day_names("wide", locale=locale)[n] for n in range(7))
        assert months == tuple(get_month_names("wide", locale=locale)[n] for n in range(1, 13))
