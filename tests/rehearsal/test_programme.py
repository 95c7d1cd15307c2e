"""Who publishes what and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from occupier.rehearsal.programme import BEFORE, Pace, Phase, compose_programme, cues
from occupier.rehearsal.stories import Story, sample

START = datetime(2027, 1, 24, 9, 0, tzinfo=UTC)
SAMPLE = sample().stories


def stories(count: int, feed: str = "une") -> list[Story]:
    return [Story(feed, f"Article {n}", f"https://journal.example.com/{feed}/{n}") for n in range(count)]


def test_the_newest_come_out_during_the_strike_and_the_newest_of_them_last() -> None:
    programme = compose_programme(["une"], stories(9), SAMPLE, 3)
    assert [story.title for story in programme.during] == ["Article 2", "Article 1", "Article 0"]
    assert [story.title for story in programme.before] == ["Article 4", "Article 3"]
    assert [story.title for story in programme.after] == ["Article 5"]
    assert [story.title for story in programme.baseline] == ["Article 6"]


def test_the_sample_fills_in_around_a_single_article() -> None:
    programme = compose_programme(["journal"], stories(1, "journal"), SAMPLE, 5)
    assert [story.title for story in programme.during] == ["Article 0"]
    assert len(programme.before) == BEFORE
    assert len(programme.after) == 1
    assert {story.feed for story in programme.stories + programme.baseline} == {"journal"}


@given(
    own=st.integers(1, 20),
    count=st.integers(1, 12),
    feeds=st.lists(st.sampled_from(["une", "sport", "culture"]), min_size=1, unique=True),
)
def test_every_feed_has_a_baseline_and_no_article_comes_out_twice(own: int, count: int, feeds: list[str]) -> None:
    programme = compose_programme(feeds, stories(own, feeds[0]), SAMPLE, count)
    assert [story.feed for story in programme.baseline] == feeds
    links = [story.link for story in programme.stories]
    assert len(set(links)) == len(links)
    assert not {story.link for story in programme.baseline} & set(links)
    assert len(programme.during) == min(own, count)


@given(count=st.integers(1, 12), seconds=st.integers(4, 60))
def test_nothing_comes_out_too_close_to_an_end(count: int, seconds: int) -> None:
    pace = Pace(strike=timedelta(seconds=seconds))
    programme = compose_programme(["une"], stories(12), SAMPLE, count)
    hours = cues(programme, START, pace)
    ends = START + pace.strike
    assert [cue.at for cue in hours] == sorted(cue.at for cue in hours)
    assert [cue.story for cue in hours] == list(programme.stories)
    for cue in hours:
        if cue.phase is Phase.BEFORE:
            assert START - pace.lead <= cue.at <= START - pace.lead / 2
        elif cue.phase is Phase.DURING:
            assert START < cue.at < ends - timedelta(seconds=1.5)
        else:
            assert cue.at > ends


def test_a_rehearsal_at_its_usual_pace_ends_in_less_than_a_minute() -> None:
    pace = Pace()
    assert pace.lead + pace.strike + pace.tail < timedelta(seconds=55)
