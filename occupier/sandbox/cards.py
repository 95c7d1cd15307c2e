"""The timeline page's HTML: columns, cards, and the newsroom's feed; every value is escaped here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from occupier.domain.setup import NETWORKS
from occupier.sandbox.labels import ago, counted
from occupier.sandbox.model import Account, SandboxArticle, SandboxPost
from occupier.sandbox.newsroom import xml
from occupier.sandbox.text import addresses, woven

MARKS = {"mastodon": "M", "x": "X", "facebook": "f"}
_STRIKE = re.compile(r"gr[eè]ve|gréviste|\bstrik(?:e|es|ing)\b", re.IGNORECASE)
_TAG = re.compile(r"(?<![\w/#&])#\w+")


@dataclass(frozen=True)
class Card:
    """A post with what its card shows."""

    post: SandboxPost
    account: Account
    article: SandboxArticle | None


@dataclass(frozen=True)
class Column:
    """One network: its cards, newest first, and how many posts lag behind."""

    platform: str
    cards: Sequence[Card]
    lagging: int


def is_strike(item: Card) -> bool:
    """Tell whether a post speaks of a strike in its own words: its article's title does not count."""
    text = item.post.text
    if item.article:
        text = text.replace(item.article.title, "").replace(item.article.link, "")
    return bool(_STRIKE.search(text))


def column_section(column: Column, labels: Mapping[str, str], now: datetime) -> str:
    """Render a network's column."""
    cards = "".join(card_item(item, labels, now) for item in column.cards)
    lagging = f"{column.lagging} {counted(labels, 'lagging', column.lagging)}" if column.lagging else ""
    name = NETWORKS[column.platform]
    return (
        f'<section class="column {column.platform}" aria-label="{name}">'
        f'<h2><span class="mark" aria-hidden="true">{MARKS[column.platform]}</span>{name}'
        f'<span class="lagging" id="lagging-{column.platform}">{lagging}</span>'
        f'<span class="count" id="count-{column.platform}">{len(column.cards)}</span></h2>'
        f'<ol class="cards" id="cards-{column.platform}" data-list>{cards}</ol>'
        f'<div class="empty"><p>{labels["empty"]}</p><p>{labels["empty_more"]}</p></div></section>'
    )


def card_item(item: Card, labels: Mapping[str, str], now: datetime) -> str:
    """Render a post."""
    post, strike = item.post, is_strike(item)
    badge = f'<p class="badge">{labels["strike"]}</p>' if strike else ""
    hidden = "" if post.public else f'<p class="note">{labels["development"]}</p>'
    return (
        f'<li class="card{" strike" if strike else ""}" data-id="{xml(post.id)}">{badge}'
        f"<header>{avatar(item.account)}{_who(item, _ago(post.created_at, labels, now))}</header>"
        f'<div class="text">{_text(item)}</div>{_link(item)}{hidden}'
        f"<footer>{_clock(post.created_at)}</footer></li>"
    )


def avatar(account: Account) -> str:
    """Draw an account's initials."""
    words = [word for word in account.display_name.split() if word[:1].isupper() and len(word) > 2]
    initials = "".join(word[0] for word in words[:2]) or account.display_name[:1].upper()
    return (
        '<svg class="avatar" viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40"/>'
        f'<text x="20" y="26" text-anchor="middle">{xml(initials)}</text></svg>'
    )


def _who(item: Card, since: str) -> str:
    account = item.account
    handle = "" if account.platform == "facebook" else f'<span class="handle">@{xml(account.name)}</span>'
    name = f"<strong>{xml(account.display_name)}</strong>"
    return f'<p class="who">{name}<span class="line">{handle}{since}</span></p>'


def _ago(moment: datetime, labels: Mapping[str, str], now: datetime) -> str:
    return f'<time class="ago" datetime="{moment:%Y-%m-%dT%H:%M:%SZ}">{ago(labels, now - moment)}</time>'


def _clock(moment: datetime) -> str:
    exact = f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    return f'<time class="clock" datetime="{moment:%Y-%m-%dT%H:%M:%SZ}">{exact}</time>'


def _text(item: Card) -> str:
    text = item.post.text
    return woven(text, ((found.start, found.end, _anchor(found.url)) for found in addresses(text)), _words)


def _words(text: str) -> str:
    tags = ((*tag.span(), f'<span class="tag">{xml(tag.group())}</span>') for tag in _TAG.finditer(text))
    return woven(text, tags, xml)


def _anchor(url: str) -> str:
    shown = url.partition("://")[2].removeprefix("www.")
    shown = shown if len(shown) <= 31 else f"{shown[:30]}…"
    return f'<a href="{xml(url)}" rel="noreferrer noopener nofollow">{xml(shown)}</a>'


def _link(item: Card) -> str:
    link = item.post.link
    if link is None or urlsplit(link).scheme not in ("http", "https"):
        return ""
    title = item.article.title if item.article else link
    summary = f'<span class="summary">{xml(item.article.summary)}</span>' if item.article else ""
    return (
        f'<a class="link" href="{xml(link)}" rel="noreferrer noopener nofollow">'
        f'<span class="site">{xml(urlsplit(link).netloc)}</span>'
        f'<span class="headline">{xml(title)}</span>{summary}</a>'
    )


def article_item(item: SandboxArticle, labels: Mapping[str, str], now: datetime) -> str:
    """Render an article of the newsroom's feed."""
    categories = "".join(f'<span class="category">{xml(name)}</span>' for name in item.categories[:2])
    times = _ago(item.published_at, labels, now) + _clock(item.published_at)
    link = item.link if urlsplit(item.link).scheme in ("http", "https") else f"/articles/{item.number}"
    return (
        f'<li data-id="a{item.number}"><a href="{xml(link)}" rel="noreferrer noopener">{xml(item.title)}</a>'
        f'<p class="meta">{categories}{times}</p></li>'
    )
