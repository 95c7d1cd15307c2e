"""What the X API v2 gives back, made into the domain's values.

Source: docs.x.com/x-api (fundamentals/data-dictionary, posts lookup, response codes and errors).
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from occupier.domain.access import Access
from occupier.domain.metrics import Figures
from occupier.domain.ports import Identity
from occupier.domain.reconcile import LookUp, RemotePost
from occupier.domain.snapshot import Medium, Snapshot
from occupier.platforms.plain import aware, count, number, written_links
from occupier.wire.flight import Flight
from occupier.wire.timeline import Page

_NOT_FOUND = "/resource-not-found"


def identity(body: Any, made: Flight) -> Identity:
    """Read a user, and from the headers what its token may do."""
    user = body["data"]
    name = str(user["username"])
    followers = count((user.get("public_metrics") or {}).get("followers_count"))
    return Identity(str(user["id"]), name, f"https://x.com/{name}", (), made.skew, access(made), followers)


def access(made: Flight) -> Access:
    """Read from an answer's headers whether its token may write, and how many calls are left."""
    headers = made.answer.headers if made.answer else {}
    level = headers.get("x-access-level")
    left, of = (number(headers.get(f"x-rate-limit-{name}")) for name in ("remaining", "limit"))
    # without the header, nothing else tells
    return Access(may_post=None if level is None else level != "read", calls_left=left, calls_of=of)


def page(body: Any, price: int = 0) -> Page:
    """Read a page of posts, each at this price; without data it is empty, unless it is an error."""
    if "meta" not in body:
        raise ValueError("no timeline")
    posts = tuple(post(tweet) for tweet in body.get("data") or ())
    return Page(posts, body["meta"].get("next_token"), cost_microusd=price * len(posts))


def post(tweet: Any) -> RemotePost:
    """Read one post: t.co addresses out, what they stand for collected, entities decoded."""
    text, links = str(tweet["text"]), []
    for url in (tweet.get("entities") or {}).get("urls") or ():
        text = text.replace(url["url"], " ")
        links.append(url.get("unwound_url") or url["expanded_url"])
        links.append(url["expanded_url"])
    text = html.unescape(text).strip()
    return RemotePost(
        id=str(tweet["id"]),
        text=text,
        links=tuple(dict.fromkeys([*links, *written_links(text)])),
        created_at=aware(tweet["created_at"]),
        url=f"https://x.com/i/web/status/{tweet['id']}",
        application=tweet.get("source"),
        # an edit is another post with another id, and the old one stays to be read
        edited=len(tweet.get("edit_history_tweet_ids") or ()) > 1,
        figures=figures(tweet.get("public_metrics")),
    )


def portrait(body: Any, post_id: str) -> Snapshot | None:
    """Read the answer about one post whole; None where there is no such post. What is withheld cannot be read."""
    if isinstance(body.get("data"), dict):
        return snapshot(body["data"], body.get("includes") or {})
    looked_up(body, [post_id], 0)
    return None


def snapshot(tweet: Any, includes: Any) -> Snapshot:
    """Read one post whole: its text as it was written, of a long one too, and the media by their keys."""
    seen = post(tweet)
    # beyond 280 characters, the text that comes is cut, and the whole stands apart
    whole = tweet.get("note_tweet") or tweet
    told = {str(one["media_key"]): one.get("alt_text") for one in includes.get("media") or ()}
    keys = [str(key) for key in (tweet.get("attachments") or {}).get("media_keys") or ()]
    return Snapshot(
        id=seen.id,
        text=_written(str(whole["text"]), (whole.get("entities") or {}).get("urls") or ()),
        created_at=seen.created_at,
        url=seen.url,
        links=seen.links,
        media=tuple(Medium(key, told.get(key)) for key in keys),
        sensitive=bool(tweet.get("possibly_sensitive")),
        language=tweet.get("lang"),
        application=seen.application,
        figures=figures(tweet.get("public_metrics")) or Figures(),
        cannot=_lost(tweet),
    )


def _written(text: str, urls: Sequence[Any]) -> str:
    """Return a text with the addresses that its author wrote: what stands for media was never written."""
    for url in urls:
        long, shown = str(url.get("expanded_url") or ""), str(url.get("display_url") or "")
        # X makes an address of a bare domain, inclusive writing (“salarié.es”) among them
        is_bare = long == f"http://{shown}" and "/" not in shown
        text = text.replace(url["url"], "" if url.get("media_key") else shown if is_bare else long)
    return html.unescape(text).strip()


def _lost(tweet: Any) -> str | None:
    """Return what of a post could not be posted again; a card of a link comes by itself."""
    attached = tweet.get("attachments") or {}
    kinds = {one.get("type") for one in tweet.get("referenced_tweets") or ()}
    versions = tweet.get("edit_history_tweet_ids") or ()
    if versions and str(versions[-1]) != str(tweet["id"]):
        return "version"
    if attached.get("poll_ids"):
        return "poll"
    if attached.get("media_keys"):
        return "media"
    return "quote" if "quoted" in kinds else "answer" if "replied_to" in kinds else None


def figures(metrics: Any) -> Figures | None:
    """Read how a post was answered; a quote is a repost with words."""
    if not isinstance(metrics, dict):
        return None
    reposts = [n for n in (count(metrics.get(name)) for name in ("retweet_count", "quote_count")) if n is not None]
    return Figures(
        likes=count(metrics.get("like_count")),
        reposts=sum(reposts) if reposts else None,
        replies=count(metrics.get("reply_count")),
        views=count(metrics.get("impression_count")),
    )


def looked_up(body: Any, asked: Sequence[str], price: int) -> LookUp:
    """Read posts asked for by id. Those not found are gone; what is withheld in another way cannot be read."""
    posts = tuple(post(tweet) for tweet in body.get("data") or ())
    errors = body.get("errors") or ()
    gone = {str(e.get("resource_id") or e.get("value")) for e in errors if str(e.get("type")).endswith(_NOT_FOUND)}
    if not posts and not gone & set(asked):
        raise ValueError("nothing of what was asked")
    return LookUp(posts, frozenset(gone & set(asked)), price * len(posts))
