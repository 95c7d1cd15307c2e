"""X, through tweepy.

Source: docs.x.com (manage posts, user posts timeline, response codes, rate limits), prices below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from occupier.domain.access import Access
from occupier.domain.action import Payload, Verb
from occupier.domain.message import Ruler
from occupier.domain.outcome import Outcome, Receipt, RefusalKind
from occupier.domain.ports import Capabilities, Clock, Identity, Order
from occupier.domain.reconcile import LookUp, TimelineRead
from occupier.domain.snapshot import Snapshot
from occupier.platforms.lengths import XRuler
from occupier.platforms.x_reading import identity, looked_up, page, portrait
from occupier.wire.answers import THROTTLED, Calls, Dialect, Refusal
from occupier.wire.timeline import Page, read_back

#: Millionths of a US dollar, per request and per post returned; since 2026-04-20.
#: docs.x.com/x-api/getting-started/pricing (xdevplatform/docs at 2871328, 2026-08-22).
POST_PRICE = 15_000
POST_WITH_LINK_PRICE = 200_000
DELETE_PRICE = 10_000
#: An app that the account itself owns pays a fifth; it cannot be known here, so the full price is counted.
READ_PRICE = 5_000

SPOKEN_HOST = "https://api.twitter.com"
"""The host that is written into the library."""
PAGE = 100
FIELDS = "created_at,entities,source,edit_history_tweet_ids"
WITH_FIGURES = f"{FIELDS},public_metrics"
WHOLE = f"{WITH_FIGURES},attachments,referenced_tweets,note_tweet,possibly_sensitive,lang"
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

    capabilities = Capabilities(frozenset({Verb.PUBLISH, Verb.DELETE}), at_once=100, read_microusd=READ_PRICE)

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
        """Publish one post, or delete one; never raises for what X does."""
        if order.verb is Verb.DELETE:
            post_id = str(order.post_id)
            calls = self._calls.speaking(receipt=partial(removed, post_id), refusal=post_refusal)
            return calls.write(order, lambda: self._client.delete_tweet(post_id))
        return self._calls.write(order, lambda: self._client.create_tweet(text=order.payload.text))

    def recent(self, since: datetime) -> TimelineRead:
        """Read the account's own posts since then; every post that comes is billed, so none older is asked for."""
        remote_id = self._remote_id or self.verify().remote_id
        return read_back(lambda cursor: self._page(remote_id, cursor, since), since)

    def _page(self, remote_id: str, cursor: str | None, since: datetime) -> Page:
        return self._tweets(remote_id, cursor, FIELDS, exclude="retweets", start_time=since)

    def own_posts(self, since: datetime, until: datetime, pages: int) -> TimelineRead:
        """Read the account's own posts of a period, without replies and reposts; raises NetworkError."""
        remote_id = self._remote_id or self.verify().remote_id
        asked = {"exclude": "retweets,replies", "start_time": since, "end_time": until}
        return read_back(lambda cursor: self._tweets(remote_id, cursor, WITH_FIGURES, **asked), since, pages)

    def _tweets(self, remote_id: str, cursor: str | None, fields: str, **asked: Any) -> Page:
        asked = {"max_results": PAGE, **asked}

        def call() -> None:
            self._client.get_users_tweets(
                remote_id, pagination_token=cursor, tweet_fields=fields, user_auth=True, **asked
            )

        return self._calls.read(call, lambda body, _: page(body, READ_PRICE))

    def look_up(self, post_ids: Sequence[str], *, figures: bool = False) -> LookUp:
        """Read up to 100 posts by their ids; each that comes is billed. Raises NetworkError."""
        fields = WITH_FIGURES if figures else FIELDS
        return self._calls.read(
            lambda: self._client.get_tweets(list(post_ids), tweet_fields=fields, user_auth=True),
            lambda body, _: looked_up(body, post_ids, READ_PRICE),
        )

    def snapshot(self, post_id: str) -> Snapshot | None:
        """Read one post whole, with the texts of its media; it is billed if it is there. Raises NetworkError."""

        def call() -> None:
            self._client.get_tweet(
                post_id,
                tweet_fields=WHOLE,
                expansions="attachments.media_keys",
                media_fields="alt_text,type",
                user_auth=True,
            )

        return self._calls.read(call, lambda body, _: portrait(body, post_id))

    def verify(self) -> Identity:
        """Ask whose token this is; raises NetworkError."""
        found = self._calls.read(lambda: self._client.get_me(user_fields="public_metrics"), identity)
        self._remote_id = found.remote_id
        return found

    def examine(self, identity: Identity) -> Access:
        """Return what came with the identity: X has nothing more to ask, and bills every question."""
        return identity.access

    def latest(self, count: int) -> TimelineRead:
        """Read the account's newest posts, without reposts and replies; each that comes is billed."""
        remote_id = self._remote_id or self.verify().remote_id
        read = self._tweets(remote_id, None, FIELDS, max_results=min(max(count, 5), PAGE), exclude="retweets,replies")
        return TimelineRead(read.posts, read.older is None, read.cost_microusd)

    def read_limits(self) -> Mapping[str, int]:
        """Return nothing: the lengths are fixed."""
        return {}

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return X's ruler."""
        return XRuler()

    def cost(self, payload: Payload, verb: Verb = Verb.PUBLISH) -> int:
        """Return the price of one post, which an address in it makes thirteen times higher, or of its deletion."""
        if verb is Verb.DELETE:
            return DELETE_PRICE
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


def removed(post_id: str, body: Any) -> Receipt | None:
    """Find in the answer to a deletion that it was done: a 2xx may say the contrary."""
    data = body.get("data") if isinstance(body, dict) else None
    return Receipt(post_id) if isinstance(data, dict) and data.get("deleted") is True else None


def post_refusal(status: int, body: Any) -> Refusal:
    """Read a problem about one post: that it is not there is an answer of its own."""
    kind = refusal(status, body)
    return RefusalKind.GONE if kind is not None and status in (404, 410) else kind
