"""X, through tweepy.

Source: docs.x.com (manage posts, user posts timeline, response codes, rate limits), prices below.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from occupier.domain.action import Payload
from occupier.domain.message import Ruler
from occupier.domain.outcome import Outcome, Receipt, RefusalKind
from occupier.domain.ports import Capabilities, Clock, Identity, Order
from occupier.domain.reconcile import RemotePost, TimelineRead
from occupier.platforms.lengths import XRuler
from occupier.platforms.plain import aware, written_links
from occupier.wire.answers import THROTTLED, Calls, Dialect, Refusal
from occupier.wire.flight import Flight
from occupier.wire.timeline import Page, read_back

#: Millionths of a US dollar, per request and per post returned; since 2026-04-20.
#: docs.x.com/x-api/getting-started/pricing (xdevplatform/docs at 2871328, 2026-08-22).
POST_PRICE = 15_000
POST_WITH_LINK_PRICE = 200_000
#: An app that the account itself owns pays a fifth; it cannot be known here, so the full price is counted.
READ_PRICE = 5_000

SPOKEN_HOST = "https://api.twitter.com"
"""The host that is written into the library."""
PAGE = 100
REFUSALS: Mapping[int, RefusalKind] = {
    400: RefusalKind.CONTENT,
    401: RefusalKind.CREDENTIALS,
    402: RefusalKind.MONEY,
    403: RefusalKind.PERMISSION,
    404: RefusalKind.UNKNOWN,
    410: RefusalKind.UNKNOWN,
    413: RefusalKind.CONTENT,
    422: RefusalKind.CONTENT,
}
#: A 403 has no code: the words tell. The first that is found counts.
FORBIDDEN_WORDS: tuple[tuple[str, Refusal], ...] = (
    ("duplicate", RefusalKind.DUPLICATE),
    ("daily status update limit", THROTTLED),
    ("automated", RefusalKind.AUTOMATION),
    ("spam", RefusalKind.AUTOMATION),
    ("malicious", RefusalKind.AUTOMATION),
    ("suspended", RefusalKind.AUTOMATION),
    ("temporarily locked", RefusalKind.AUTOMATION),
    ("credits", RefusalKind.MONEY),
    ("too long", RefusalKind.CONTENT),
)


class X:
    """One account on X."""

    capabilities = Capabilities()

    def __init__(
        self,
        *,
        api_url: str,
        consumer_key: str,
        consumer_secret: str,
        access_token: str,
        access_token_secret: str,
        clock: Clock,
        on_date: Callable[[str, timedelta], None] | None = None,
    ) -> None:
        self._api_url, self._clock, self._on_date = api_url, clock, on_date
        self._keys = (consumer_key, consumer_secret, access_token, access_token_secret)
        self._calls = Calls(Dialect("X", receipt, refusal), clock, self._keys)
        # The account's id is the public half of its token: asking for it would be billed.
        known, dash, _ = access_token.partition("-")
        self._remote_id = known if dash and known.isdigit() else None

    @cached_property
    def _client(self) -> Any:
        import tweepy

        from occupier.wire.session import guarded_session

        client = tweepy.Client(None, *self._keys, wait_on_rate_limit=False)
        rewrite = {SPOKEN_HOST: self._api_url}
        client.session = guarded_session(now=self._clock.now, rewrite=rewrite, on_date=self._on_date)
        return client

    def apply(self, order: Order) -> Outcome:
        """Publish one post; never raises for what X does."""
        return self._calls.write(order, lambda: self._client.create_tweet(text=order.payload.text))

    def recent(self, since: datetime) -> TimelineRead:
        """Read the account's own posts since then; every post that comes is billed, so none older is asked for."""
        remote_id = self._remote_id or self.verify().remote_id
        return read_back(lambda cursor: self._page(remote_id, cursor, since), since)

    def _page(self, remote_id: str, cursor: str | None, since: datetime) -> Page:
        def call() -> None:
            self._client.get_users_tweets(
                remote_id,
                exclude="retweets",
                max_results=PAGE,
                start_time=since,
                pagination_token=cursor,
                tweet_fields="created_at,entities,source",
                user_auth=True,
            )

        return self._calls.read(call, lambda body, _: page(body))

    def verify(self) -> Identity:
        """Ask whose token this is; raises NetworkError."""
        found = self._calls.read(lambda: self._client.get_me(), identity)
        self._remote_id = found.remote_id
        return found

    def read_limits(self) -> Mapping[str, int]:
        """Return nothing: the lengths are fixed."""
        return {}

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return X's ruler."""
        return XRuler()

    def cost(self, payload: Payload) -> int:
        """Return the price of one post, which an address in it makes thirteen times higher."""
        linked = payload.link is not None or bool(XRuler().links(payload.text))
        return POST_WITH_LINK_PRICE if linked else POST_PRICE


def receipt(body: Any) -> Receipt | None:
    """Find the new post: a 2xx may hold errors and no data."""
    data = body.get("data") if isinstance(body, dict) else None
    found = data.get("id") if isinstance(data, dict) else None
    return Receipt(str(found), f"https://x.com/i/web/status/{found}") if found else None


def refusal(status: int, body: Any) -> Refusal:
    """Read a problem object; None where it is none of X's."""
    if not isinstance(body, dict) or not (body.get("title") or body.get("detail") or body.get("errors")):
        return None
    if status != 403:
        return REFUSALS[status]
    said = str([body.get(name) for name in ("title", "detail", "reason", "errors")]).lower()
    return next((kind for word, kind in FORBIDDEN_WORDS if word in said), REFUSALS[status])


def identity(body: Any, made: Flight) -> Identity:
    """Read a user, and from the headers whether its token may write."""
    user = body["data"]
    headers = made.answer.headers if made.answer else {}
    read_only = headers.get("x-access-level") == "read"
    notes = ("This token may read but not post: give the app the right to write, then make a new token.",)
    name = str(user["username"])
    return Identity(str(user["id"]), name, f"https://x.com/{name}", notes if read_only else (), made.skew)


def page(body: Any) -> Page:
    """Read a page of posts; without data it is empty, unless it is an error."""
    if "meta" not in body:
        raise ValueError("no timeline")
    posts = tuple(post(tweet) for tweet in body.get("data") or ())
    return Page(posts, body["meta"].get("next_token"), cost_microusd=READ_PRICE * len(posts))


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
    )
