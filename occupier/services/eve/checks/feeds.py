"""The feeds: reachable, alive by their own rhythm, asked often enough."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from occupier.domain.errors import Sentence
from occupier.domain.setup import FeedSource, Setup
from occupier.services.eve.checks.evidence import FeedRead
from occupier.services.eve.checks.finding import EVERYTHING, Finding, amber, green, red

STALE = timedelta(hours=24)
"""Without anything newer, a feed whose rhythm is not known is worth a look."""


def check_feeds(feeds: list[FeedRead], setup: Setup, now: datetime) -> Iterator[Finding]:
    """Look at what each feed answered."""
    if not setup.feeds:
        text = "The settings name no feed: there is nothing to announce."
        yield red("feed", EVERYTHING, Sentence(text), Sentence("Add one under [[feeds]]."))
    for read in feeds:
        yield _reached(read)
        yield from _alive(read, now)
        yield from _asked(read.source, setup)


def _reached(read: FeedRead) -> Finding:
    name = read.source.name
    if read.parsed is None:
        advice = Sentence("Open the address in a browser: it must show the feed. Then look at url in the settings.")
        return red("feed", name, read.error or Sentence("It could not be read."), advice)
    if not read.parsed.entries:
        text = (
            "The feed answers, but holds no article: the first ones that it shows will count as known, and not be"
            " posted."
        )
        return amber("feed", name, Sentence(text), Sentence("Look whether this is the right feed."))
    entries = read.parsed.entries
    newest = max((e.published_at for e in entries if e.published_at), default=None)
    last = next((e for e in entries if e.published_at == newest), entries[0])
    values = {"n": len(entries), "title": last.title}
    return green("feed", name, Sentence("Articles in it: {n}; the latest: “{title}”.", values))


def _alive(read: FeedRead, now: datetime) -> Iterator[Finding]:
    if read.parsed is None or not read.parsed.entries:
        return
    name, rhythm = read.source.name, read.rhythm(now)
    advice = Sentence("Look whether this is the right feed, and whether the site still fills it.")
    if rhythm is None:
        newest = max((e.published_at for e in read.parsed.entries if e.published_at), default=None)
        if newest is not None and now - newest > STALE:
            text = "Its newest article is {age} old."
            yield amber("feed_rhythm", name, Sentence(text, {"age": now - newest}), advice)
        return
    values = {"age": now - rhythm.newest, "longest": rhythm.longest, "a_day": rhythm.a_day}
    if rhythm.is_stale(now):
        text = "Its newest article is {age} old, while it was never quiet for longer than {longest} before."
        yield amber("feed_rhythm", name, Sentence(text, values), advice)
    else:
        text = "Articles a day, about: {a_day}; the newest is {age} old, which is usual here."
        yield green("feed_rhythm", name, Sentence(text, values))


def _asked(source: FeedSource, setup: Setup) -> Iterator[Finding]:
    if source.interval <= setup.freshness:
        return
    text = (
        "It is asked every {interval}, but an article older than {freshness} is too old to be posted: every reading"
        " comes too late for some."
    )
    values = {"interval": source.interval, "freshness": setup.freshness}
    yield red("feed_interval", source.name, Sentence(text, values), Sentence("Make interval shorter than freshness."))
