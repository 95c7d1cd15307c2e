"""Articles that were not announced as usual, as an RSS 2.0 feed for the newsroom's own tool.

https://www.rssboard.org/rss-specification. An item keeps its guid, link, title and date: the tool sees the article
itself. Nothing is posted by this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape, quoteattr

from occupier.domain.findings import Unannounced
from occupier.domain.text import clean
from occupier.speech import say
from occupier.speech.fates import ANNOUNCEMENTS


def rss(articles: Iterable[Unannounced], *, title: str, link: str, about: str, now: datetime) -> Iterator[str]:
    """Yield the feed, an item at a time.

    Args:
        articles: oldest first; they stay so.
        title: of the feed.
        link: the address of what the feed is about.
        about: what it is, in a sentence.
        now: when it is made (aware).
    """
    yield f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0">
<channel>
<title>{_text(title)}</title>
<link>{_text(link)}</link>
<description>{_text(about)}</description>
<lastBuildDate>{format_datetime(now)}</lastBuildDate>
"""
    for article in articles:
        yield _item(article)
    yield "</channel>\n</rss>\n"


def _item(article: Unannounced) -> str:
    guid = article.guid or article.link
    is_permalink = "true" if guid == article.link else "false"
    return f"""<item>
<title>{_text(article.title)}</title>
<link>{_text(article.link)}</link>
<guid isPermaLink={quoteattr(is_permalink)}>{_text(guid)}</guid>
<pubDate>{format_datetime(article.published_at or article.first_seen_at)}</pubDate>
<category domain="occupier">{article.announcement.value}</category>
<category>{_text(say(ANNOUNCEMENTS[article.announcement]))}</category>
{f"<description>{_text(article.summary)}</description>" if article.summary else ""}
</item>
"""


def _text(text: str) -> str:
    return escape(clean(text, lines=True))
