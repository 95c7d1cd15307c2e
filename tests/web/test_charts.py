from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest

from occupier.speech import set_language
from occupier.web.charts import Day, Lane, Mark, timeline

PARIS = ZoneInfo("Europe/Paris")
NINE = datetime(2020, 1, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def day(**more: object) -> Day:
    values: dict[str, object] = {"starts": NINE, "ends": NINE + 10 * HOUR, "now": NINE + 7 * HOUR, "lanes": ()}
    return Day(**(values | more))  # type: ignore[arg-type]


def drawn(what: Day) -> ElementTree.Element:
    set_language("fr")
    return ElementTree.fromstring(timeline(what, PARIS, "words"))


def places(svg: ElementTree.Element, kind: str, name: str = "x1") -> list[float]:
    return [float(e.get(name, "").rstrip("%")) for e in svg.iter() if e.get("class") == kind]


def test_the_window_the_posts_and_now_stand_where_their_hours_are() -> None:
    marks = (Mark(NINE, is_strike=True), Mark(NINE + 5 * HOUR, is_strike=False), Mark(NINE + 10 * HOUR, is_strike=True))
    svg = drawn(day(lanes=(Lane("x", marks),)))
    first, last = places(svg, "post strike")
    (middle,) = places(svg, "post usual")
    assert first == pytest.approx(places(svg, "window", "x")[0], abs=0.01)
    assert last - first == pytest.approx(places(svg, "window", "width")[0], abs=0.02)
    assert middle == pytest.approx(50, abs=0.01)
    assert places(svg, "now") == [pytest.approx(first + 0.7 * (last - first), abs=0.02)]


def test_hours_are_those_of_the_zone() -> None:
    labels = [e.text for e in drawn(day()).iter("text")]
    assert labels == ["10h00", "12h00", "14h00", "16h00", "18h00"]


def test_now_is_not_drawn_once_the_day_is_far_behind() -> None:
    assert places(drawn(day(now=NINE + timedelta(days=3))), "now") == []


def test_a_post_after_the_end_is_drawn_after_the_window() -> None:
    svg = drawn(day(lanes=(Lane("x", (Mark(NINE + 12 * HOUR, is_strike=True),)),)))
    end = places(svg, "window", "x")[0] + places(svg, "window", "width")[0]
    assert places(svg, "post strike")[0] > end + 5


def test_a_short_gap_can_be_seen() -> None:
    svg = drawn(day(gaps=((NINE + HOUR, NINE + HOUR + timedelta(seconds=1)),)))
    assert places(svg, "gap", "width") == [0.4]


def test_thousands_of_posts_are_bars_and_a_month_has_days() -> None:
    marks = tuple(Mark(NINE + n * HOUR / 10, is_strike=True, count=1 + n % 7) for n in range(7000))
    svg = drawn(day(ends=NINE + timedelta(days=30), now=NINE + timedelta(days=31), lanes=(Lane("x", marks),)))
    bars = [e for e in svg.iter() if e.get("class") == "post strike"]
    assert 90 <= len(bars) <= 101
    assert all(re.fullmatch(r"\d\d/\d\d|x", e.text or "") for e in svg.iter("text"))


def test_names_are_text_and_nothing_is_styled_in_place() -> None:
    svg = drawn(day(lanes=(Lane("<script>", ()),)))
    assert "<script>" in [e.text for e in svg.iter("text")]
    assert not [e for e in svg.iter() if e.get("style") or e.tag == "style"]


@pytest.mark.parametrize("minutes", [3, 7, 50, 600, 60 * 24 * 3, 60 * 24 * 200, 60 * 24 * 4000])
def test_any_length_has_some_labels_and_few(minutes: int) -> None:
    svg = drawn(day(ends=NINE + timedelta(minutes=minutes)))
    assert 1 <= len(list(svg.iter("text"))) <= 12
