"""The objects of the X API v2: problems, posts, pages of a timeline.

Source: docs.x.com/x-api (fundamentals/data-dictionary, response codes and errors).
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from occupier.sandbox import tco
from occupier.sandbox.exchange import Response, json_response
from occupier.sandbox.model import SandboxMedium, SandboxPost

PAGE_TOKEN = "7140dibd"
PROBLEMS = "https://api.twitter.com/2/problems"
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    503: "Service Unavailable",
}


def problem(status: int, detail: str | None = None, kind: str = "about:blank") -> Response:
    """Make X's problem object (RFC 7807 in shape)."""
    title = TITLES.get(status, "Internal Server Error" if status >= 500 else "Error")
    body = {"title": title, "detail": detail or title, "type": kind, "status": status}
    return Response(status, json_response(status, body).body, "application/problem+json; charset=utf-8")


def invalid(name: str, value: str, message: str) -> Response:
    """Refuse a parameter."""
    body = {
        "errors": [{"parameters": {name: [value]}, "message": message}],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": f"{PROBLEMS}/invalid-request",
    }
    return json_response(400, body)


def credits_depleted() -> Response:
    """Say that the money is used up."""
    body = {
        "account_id": 1,
        "title": "CreditsDepleted",
        "detail": "Your enrolled account [1] does not have any credits to fulfill this request.",
        "type": f"{PROBLEMS}/credits",
    }
    return json_response(402, body)


def not_found(kind: str, parameter: str, value: str) -> dict[str, str]:
    """Make the partial error of a resource that is not there."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": "tweet" if kind == "tweet" else "user",
        "parameter": parameter,
        "resource_id": value,
        "type": f"{PROBLEMS}/resource-not-found",
    }


def limit_headers(limit: int, remaining: int, reset: datetime) -> dict[str, str]:
    """Make the rate limit's headers."""
    return {
        "x-rate-limit-limit": str(limit),
        "x-rate-limit-remaining": str(remaining),
        "x-rate-limit-reset": str(int(reset.timestamp())),
    }


def tweet(post: SandboxPost, wanted: frozenset[str]) -> dict[str, Any]:
    """Return a post as v2 does: its text with t.co addresses, that of its media last, and the fields wanted."""
    text, urls = tco.rewritten(post.text, post.id)
    if post.media:
        text, urls = _with_media(post, text, urls)
    history = [post.id] if post.edited_at is None else [post.id, str(int(post.id) + 1)]
    tweet: dict[str, Any] = {"edit_history_tweet_ids": history, "id": post.id, "text": text}
    if "created_at" in wanted:
        tweet["created_at"] = seconds(post.created_at)
    if "author_id" in wanted:
        tweet["author_id"] = post.account
    if "entities" in wanted and urls:
        tweet["entities"] = {"urls": urls}
    if "attachments" in wanted and post.media:
        tweet["attachments"] = {"media_keys": [media_key(medium) for medium in post.media]}
    if "possibly_sensitive" in wanted:
        tweet["possibly_sensitive"] = post.sensitive
    if "public_metrics" in wanted:
        tweet["public_metrics"] = {
            "retweet_count": post.reposts,
            "reply_count": post.replies,
            "like_count": post.likes,
            "quote_count": 0,
            "bookmark_count": 0,
            "impression_count": post.views,
        }
    return tweet


def _with_media(post: SandboxPost, text: str, urls: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    short, start = tco.shortened(post.id, len(urls)), len(text) + 1
    long = f"https://x.com/{post.account}/status/{post.id}/photo/1"
    shown = {"url": short, "expanded_url": long, "display_url": f"pic.x.com/{short[-10:]}"}
    media = [
        {"start": start, "end": start + len(short), **shown, "media_key": media_key(medium)} for medium in post.media
    ]
    return f"{text} {short}", [*urls, *media]


def includes(post: SandboxPost, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what stands beside a post, where it was asked for: its media, with their texts."""
    if not post.media or "attachments.media_keys" not in query.get("expansions", "").split(","):
        return {}
    told = "alt_text" in query.get("media.fields", "").split(",")
    media = [
        {"media_key": media_key(medium), "type": "photo"}
        | ({"alt_text": medium.description} if told and medium.description else {})
        for medium in post.media
    ]
    return {"includes": {"media": media}}


def media_key(medium: SandboxMedium) -> str:
    """Return the key of an image, which begins with its kind."""
    return f"3_{medium.id}"


def seconds(moment: datetime) -> str:
    """Write a time as v2 does, which knows no fractions."""
    return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def page(posts: list[SandboxPost], count: int, wanted: frozenset[str]) -> dict[str, Any]:
    """Return one page of a timeline, newest first."""
    page = posts[:count]
    meta: dict[str, Any] = {"result_count": len(page)}
    if not page:
        return {"meta": meta}
    meta |= {"newest_id": page[0].id, "oldest_id": page[-1].id}
    if len(posts) > count:
        meta["next_token"] = f"{PAGE_TOKEN}{page[-1].id}"
    return {"data": [tweet(post, wanted) for post in page], "meta": meta}
