"""Dates as people type them: understood in one way, or asked about, or refused; never guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.errors import TimeError
from occupier.speech import end_moment, moment, set_language
from occupier.speech.hearing import Border, hear
from occupier.speech.typed import plain

PARIS = ZoneInfo("Europe/Paris")
EVE = datetime(2020, 1, 23, 22, 30, tzinfo=PARIS)
"""A Thursday."""
NINE = datetime(2020, 1, 24, 9, tzinfo=PARIS)
ZONES = ("Europe/Paris", "America/Port_of_Spain", "Australia/Lord_Howe", "Africa/Algiers", "Asia/Kathmandu", "UTC")


START = Border()


def heard(text: str, border: Border = START, now: datetime = EVE) -> list[str]:
    """Return what was heard, as local times."""
    return [f"{at.astimezone(PARIS):%Y-%m-%d %H:%M}" for at in hear(text, PARIS, now, border)]


@pytest.mark.parametrize(
    ("text", "local"),
    [
        ("demain 9h", "2020-01-24 09:00"),
        ("Demain, à 9 h 30", "2020-01-24 09:30"),
        ("demain soir 20h", "2020-01-24 20:00"),
        ("24/01 19h", "2020-01-24 19:00"),
        ("24/1/20 19:00", "2020-01-24 19:00"),
        ("vendredi 9h30", "2020-01-24 09:30"),
        ("ven. 24 janv. 9 heures", "2020-01-24 09:00"),
        ("le samedi 1er février à 9h", "2020-02-01 09:00"),
        ("ce soir 23h", "2020-01-23 23:00"),
        ("ce soir minuit", "2020-01-24 00:00"),
        ("demain midi", "2020-01-24 12:00"),
        ("demain 24h", "2020-01-25 00:00"),
        ("après-demain 7h", "2020-01-25 07:00"),
        ("tomorrow 9am", "2020-01-24 09:00"),
        ("Fri 24 Jan 7pm", "2020-01-24 19:00"),
        ("7.30 p.m. tomorrow", "2020-01-24 19:30"),
        ("January 24 at noon", "2020-01-24 12:00"),
        ("24 January 19:00", "2020-01-24 19:00"),
        ("the day after tomorrow, 8:15", "2020-01-25 08:15"),
        ("tonight 11pm", "2020-01-23 23:00"),
        ("31 décembre 12:30 am", "2020-12-31 00:30"),
        ("2020-01-24T09:00", "2020-01-24 09:00"),
        ("+8h", "2020-01-24 06:30"),
        ("maintenant", "2020-01-23 22:30"),
        ("tout de suite", "2020-01-23 22:30"),
        ("9h", "2020-01-24 09:00"),
        ("jeudi 9h", "2020-01-30 09:00"),
    ],
)  # fmt: skip
def test_what_has_one_meaning_is_understood(text: str, local: str) -> None:
    assert heard(text) == [local]


@pytest.mark.parametrize(
    ("text", "locals_"),
    [
        ("vendredi minuit", ["2020-01-24 00:00", "2020-01-25 00:00"]),
        ("vendredi prochain 9h", ["2020-01-24 09:00", "2020-01-31 09:00"]),
        ("jeudi 23h", ["2020-01-23 23:00", "2020-01-30 23:00"]),
        ("23h", ["2020-01-23 23:00", "2020-01-24 23:00"]),
        ("29 mars 2h30", ["2020-03-29 01:30", "2020-03-29 03:30"]),
        ("25 octobre 2h30", ["2020-10-25 02:30", "2020-10-25 02:30"]),
    ],
)
def test_what_has_two_is_asked_about(text: str, locals_: list[str]) -> None:
    assert heard(text) == locals_


def test_of_two_same_hours_each_is_said_with_its_offset_and_heard_again() -> None:
    one, two = hear("25 octobre 2h30", PARIS, EVE)
    assert two - one == timedelta(hours=1)
    assert [hear(moment(at, PARIS), PARIS, EVE) for at in (one, two)] == [(one,), (two,)]


def test_in_english_figures_may_stand_either_way() -> None:
    assert heard("01/02 9:00", now=EVE - 30 * timedelta(days=1)) == ["2020-02-01 09:00"]
    set_language("en")
    assert heard("05/06 9:00") == ["2020-05-06 09:00", "2020-06-05 09:00"]
    assert heard("24/06 9:00") == ["2020-06-24 09:00"]


class TestAnEnd:
    @pytest.mark.parametrize("text", ["minuit", "vendredi minuit", "24h", "demain 24h", "midnight"])
    def test_midnight_is_the_end_of_its_day_and_said_so(self, text: str) -> None:
        assert heard(text, Border(NINE)) == ["2020-01-25 00:00"]
        assert "23h59" in end_moment(hear(text, PARIS, EVE, Border(NINE))[0], PARIS)

    def test_an_hour_alone_is_the_first_one_after_the_start(self) -> None:
        assert heard("19h", Border(NINE)) == ["2020-01-24 19:00"]
        assert heard("8h", Border(NINE)) == ["2020-01-25 08:00"]

    def test_zero_hours_is_asked_about(self) -> None:
        assert heard("25/01 0h", Border(NINE)) == ["2020-01-25 00:00", "2020-01-26 00:00"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("vendredi", "has no hour"),
        ("24 janvier", "has no hour"),
        ("demain", "has no hour"),
        ("samedi 24 janvier 19h", "another one of the week"),
        ("31/02 9h", "no such day"),
        ("29 février 2021 9h", "no such day"),
        ("25h", "no such hour"),
        ("24h30", "no such hour"),
        ("19h demain demain", "not understood"),
        ("demain 9h 10h", "not understood"),
        ("demain 9h75", "not understood"),
        ("demain 19", "has no hour"),
        ("13pm", "not understood"),
        ("janvier 9h", "not understood"),
        ("le 24 à 9h", "not understood"),
        ("vendredi 24 à 9h", "not understood"),
        ("bientôt 9h", "not understood"),
        ("prochain 9h", "not understood"),
        ("24 mar 9h", "not understood"),
        ("demain 9h heure de Londres", "not understood"),
        ("demain 12 pm", "nobody agrees"),
        ("ce soir 8h", "does not lie there"),
        ("hier 9h", "not understood"),
        ("20/01 9h", "is past"),
        ("ce soir 20h", "is past"),
        ("2020-01-23T09:00", "is past"),
        ("24/01/2019 9h", "is past"),
        ("", "has no hour"),
        ("٢٤/٠١ 9h", "not understood"),
    ],
)  # fmt: skip
def test_the_rest_is_refused_in_one_sentence(text: str, why: str) -> None:
    with pytest.raises(TimeError) as caught:
        heard(text)
    assert why in str(caught.value)


minutes = st.integers(1, 5 * 365 * 24 * 60)


@given(st.sampled_from(ZONES), minutes, st.sampled_from(["fr", "en"]))
def test_what_a_face_says_in_full_is_heard_as_the_same_instant(key: str, ahead: int, language: str) -> None:
    set_language("en" if language == "en" else "fr")
    now = EVE.astimezone(UTC)
    at = now + timedelta(minutes=ahead)
    assert hear(moment(at, ZoneInfo(key)), ZoneInfo(key), now) == (at,)


@given(st.sampled_from(ZONES), minutes, st.sampled_from(["fr", "en"]))
def test_so_is_an_end_even_where_it_is_said_as_a_minute_before_midnight(key: str, ahead: int, language: str) -> None:
    set_language("en" if language == "en" else "fr")
    zone, now = ZoneInfo(key), EVE.astimezone(UTC)
    at = now + timedelta(minutes=ahead)
    said = end_moment(at, zone)
    (found,) = [f for f in hear(said, zone, now, Border(now)) if end_moment(f, zone) == said]
    assert at - found in (timedelta(0), timedelta(minutes=1))


WORDS = (
    *("demain", "vendredi", "ce soir", "24/01", "1er", "mars", "9h", "19h30", "7pm", "minuit", "prochain", "12 am"),
    *("tomorrow", "Fri", "next", "à", "0h", "24h", "2:30", "29", "octobre", "25", "mar", "(utc+02:00)", "+8h", "🙂"),
)


@given(st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join) | st.text(max_size=30), minutes)
def test_whatever_is_typed_is_future_and_in_order_or_refused(text: str, hours: int) -> None:
    now = EVE.astimezone(UTC) + timedelta(minutes=hours)
    for border in (START, Border(now + timedelta(hours=1))):
        try:
            found = hear(text, PARIS, now, border)
        except TimeError:
            continue
        assert found
        assert list(found) == sorted(set(found))
        assert all(at >= now and at.tzinfo is UTC for at in found)
        assert len(found) <= 4


@given(st.text(max_size=20))
def test_plain_text_is_plain_already(text: str) -> None:
    assert plain(plain(text)) == plain(text)
