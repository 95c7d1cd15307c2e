"""The list that is handed over: what was not announced as usual, as a spreadsheet or as a feed for another tool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from occupier.domain.findings import Unannounced
from occupier.domain.strike import Strike
from occupier.domain.times import utc_text
from occupier.report.feed import rss
from occupier.speech import gettext as _
from occupier.speech import say
from occupier.speech.cells import MARK, row
from occupier.speech.fates import ANNOUNCEMENTS

COLUMNS = ("announced_by", "feed", "title", "link", "guid", "published_at", "first_seen_at", "strike_posts",
           "in_words")  # fmt: skip
NOWHERE = "https://example.org/"
"""A feed must name a site; this one is nobody's."""


def as_sheet(articles: Iterable[Unannounced], separator: str) -> Iterator[str]:
    """Yield a spreadsheet, a line at a time."""
    yield MARK + row(COLUMNS, separator)
    for a in articles:
        times = (_iso(a.published_at), _iso(a.first_seen_at))
        told = say(ANNOUNCEMENTS[a.announcement])
        yield row((a.announcement.value, a.feed, a.title, a.link, a.guid, *times, " ".join(a.posts), told), separator)


def as_feed(articles: Iterable[Unannounced], strike: Strike, now: datetime, site: str | None) -> Iterator[str]:
    """Yield an RSS feed, an item at a time; `site` is what it is about where the strike has no page of its own."""
    title = _("Not announced as usual during the strike “{name}”").format(name=strike.name)
    about = _(
        "Articles that a strike post announced, that a rule left to the usual tool, or that nobody announced: each says"
        " which, as its category."
    )
    return rss(articles, title=title, link=strike.url or site or NOWHERE, about=about, now=now)


def _iso(at: datetime | None) -> str:
    return utc_text(at).replace(".000000Z", "Z") if at else ""
