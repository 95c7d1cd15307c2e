"""The articles of a strike that were not announced as usual."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, func, or_, select, text

from occupier.domain.action import ANNOUNCE, Purpose, State
from occupier.domain.decision import SILENCE
from occupier.domain.findings import Announcement, Unannounced
from occupier.domain.strike import Strike
from occupier.storage.lines import DOUBLE, GIVEN_STATES, OTHER, announces, another, is_announced, is_left, is_of
from occupier.storage.schema import actions, article_feeds, article_keys, articles, feeds, targets


def unannounced(strike: Strike) -> Select[Any]:
    """Select what `unannounced_of` reads, oldest first."""
    c, a = actions.c, articles.c
    is_replaced = another(
        is_of(strike),
        OTHER.c.purpose == Purpose.STRIKE.value,
        OTHER.c.state.in_(GIVEN_STATES),
    )
    is_first = ~another(is_of(strike), OTHER.c.id + 0 < c.id)
    guid = select(article_keys.c.value).where(article_keys.c.article_id == a.id, text("article_keys.kind = 'guid'"))
    of_feed = article_feeds.c.feed_id == feeds.c.id
    feed = (
        select(feeds.c.name).select_from(feeds.join(article_feeds, of_feed)).where(article_feeds.c.article_id == a.id)
    )
    return (
        select(
            *(a[name] for name in ("title", "link", "summary", "published_at", "first_seen_at")),
            a.id.label("article_id"),
            is_replaced.label("replaced"),
            _posts(strike).scalar_subquery().label("posts"),
            is_left().label("left"),
            is_left(SILENCE).label("silent"),
            guid.order_by(article_keys.c.scope).limit(1).scalar_subquery().label("guid"),
            feed.order_by(article_feeds.c.seen_at, feeds.c.id).limit(1).scalar_subquery().label("feed"),
        )
        .select_from(actions.join(articles, c.article_id == a.id))
        .where(c.strike_id == strike.id, c.slot == ANNOUNCE, c.reason.is_distinct_from(DOUBLE))
        .where(is_first, or_(is_replaced, ~is_announced()))
        .order_by(c.id)
    )


def unannounced_of(row: Row[Any]) -> Unannounced:
    """Read a row of `unannounced`."""
    left = Announcement.LEFT if row.left else Announcement.SILENCE if row.silent else Announcement.NOBODY
    return Unannounced(
        article_id=row.article_id,
        title=row.title,
        link=row.link,
        guid=row.guid,
        first_seen_at=row.first_seen_at,
        published_at=row.published_at,
        announcement=Announcement.STRIKE if row.replaced else left,
        feed=row.feed,
        summary=row.summary,
        posts=tuple((row.posts or "").split()),
    )


def _posts(strike: Strike) -> Select[Any]:
    """Select the addresses of the strike posts about an article, a line each."""
    o = OTHER.c
    # target by target, so that SQLite looks the article up and does not go through all that was ever posted
    mine = (o.target_id == targets.c.id, o.subject == actions.c.subject, announces(o), is_of(strike))
    posted = (o.purpose == Purpose.STRIKE.value, o.state == State.SENT.value)
    url = select(o.remote_url).where(*mine, *posted).correlate(actions, targets).scalar_subquery()
    return select(func.group_concat(url, "\n")).select_from(targets).correlate(actions)
