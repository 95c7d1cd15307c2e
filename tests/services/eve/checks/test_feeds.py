"""Feeds: alive by their own rhythm, and asked often enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from occupier.domain.errors import Sentence
from occupier.domain.ports import Fetched, Parsed
from occupier.domain.setup import FeedSource, Setup
from occupier.services.eve.checks.evidence import FeedRead
from occupier.services.eve.checks.feeds import check_feeds
from occupier.services.eve.checks.finding import Level
from tests.services.newsroom import entry, feed

NOW = datetime(2027, 1, 23, 21, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def read(*ages: timedelta, source: FeedSource | None = None) -> FeedRead:
    entries = tuple(entry(n, published_at=NOW - age) for n, age in enumerate(ages))
    return FeedRead(source or feed(), Fetched(b""), Parsed(entries))


def levels(one: FeedRead, setup: Setup | None = None) -> dict[str, Level]:
    setup = setup or Setup(ZoneInfo("Europe/Paris"), feeds=(one.source,))
    findings = list(check_feeds([one], setup, NOW))
    for finding in findings:
        str(finding.sentence), str(finding.advice)
    return {finding.id: finding.level for finding in findings}


def hourly(newest: float) -> FeedRead:
    """Return a feed of two days, an entry an hour; the newest is that many hours old."""
    return read(*(HOUR * (newest + n) for n in range(48)))


@pytest.mark.parametrize(("newest", "level"), [(0, Level.GREEN), (1.9, Level.GREEN), (2.1, Level.AMBER)])
def test_quiet_for_longer_than_it_ever_is(newest: float, level: Level) -> None:
    assert levels(hourly(newest))["feed_rhythm"] is level


@pytest.mark.parametrize(("hours", "level"), [(23, None), (25, Level.AMBER)])
def test_where_no_rhythm_is_known_a_day_is_long(hours: int, level: Level | None) -> None:
    assert levels(read(HOUR * hours)).get("feed_rhythm") == level


def test_a_feed_without_dates_has_no_rhythm_to_break() -> None:
    dateless = FeedRead(feed(), Fetched(b""), Parsed((entry(1), entry(2))))
    assert levels(dateless) == {"feed": Level.GREEN}


def test_a_feed_that_does_not_answer_says_why() -> None:
    source = feed()
    (finding,) = check_feeds(
        [FeedRead(source, error=Sentence("It is gone."))], Setup(ZoneInfo("Europe/Paris"), feeds=(source,)), NOW
    )
    assert (finding.level, str(finding.sentence)) == (Level.RED, "It is gone.")
    assert finding.advice


@pytest.mark.parametrize(("interval", "level"), [(HOUR, None), (2 * HOUR, None), (3 * HOUR, Level.RED)])
def test_an_interval_longer_than_the_freshness_makes_every_reading_late(
    interval: timedelta, level: Level | None
) -> None:
    one = read(HOUR, source=feed(interval=interval))
    assert levels(one).get("feed_interval") == level


def test_settings_without_a_feed_are_not_ready() -> None:
    (finding,) = check_feeds([], Setup(ZoneInfo("Europe/Paris")), NOW)
    assert (finding.id, finding.level) == ("feed", Level.RED)
