"""A Facebook page, through facebook-sdk.

Source: developers.facebook.com/docs/graph-api (page/feed, guides/error-handling, overview/rate-limiting).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, TypeVar

from occupier.domain.access import Access
from occupier.domain.action import Payload, Verb
from occupier.domain.errors import NetworkError
from occupier.domain.message import Ruler
from occupier.domain.outcome import Outcome, Receipt, RefusalKind
from occupier.domain.ports import Capabilities, Clock, Identity, Order
from occupier.domain.reconcile import LookUp, TimelineRead
from occupier.domain.snapshot import Snapshot
from occupier.platforms.facebook_access import UNPUBLISHED
from occupier.platforms.facebook_reading import calls_left, page, post, snapshot, token
from occupier.platforms.lengths import FacebookRuler
from occupier.platforms.plain import count
from occupier.wire.answers import THROTTLED, Calls, Dialect, Refusal
from occupier.wire.flight import Flight
from occupier.wire.timeline import Page, read_back

T = TypeVar("T")

SPOKEN_HOST = "https://graph.facebook.com"
"""The host that is written into the library."""
PAGE = 50
FIELDS = "id,message,created_time,permalink_url,attachments{unshimmed_url,url},application{name}"
#: Counted by Facebook: `limit(0)` asks for nobody's name.
WITH_FIGURES = f"{FIELDS},reactions.limit(0).summary(total_count),comments.limit(0).summary(total_count),shares"
UNSURE = frozenset({1, 2})
"""Codes that mean an outage: it may be posted."""
_CODES: dict[int, Refusal] = {
    3: RefusalKind.PERMISSION,
    4: THROTTLED,
    10: RefusalKind.PERMISSION,
    17: THROTTLED,
    32: THROTTLED,
    100: RefusalKind.CONTENT,
    102: RefusalKind.CREDENTIALS,
    104: RefusalKind.CREDENTIALS,
    190: RefusalKind.CREDENTIALS,
    341: THROTTLED,
    368: RefusalKind.AUTOMATION,
    506: RefusalKind.DUPLICATE,
    613: THROTTLED,
    803: RefusalKind.PERMISSION,
    2500: RefusalKind.CREDENTIALS,
    2635: RefusalKind.PERMISSION,  # the version of the API is too old: a matter of the settings
    80001: THROTTLED,
    1609005: RefusalKind.CONTENT,  # the link could not be read
}
_PERMISSIONS: dict[int, Refusal] = dict.fromkeys(range(200, 300), RefusalKind.PERMISSION)
REFUSALS: Mapping[int, Refusal] = _CODES | _PERMISSIONS
#: 100 and 368 were both seen for a repeated text.
_REPEATED = ("duplicate", "already posted this")
_NO_SUCH_OBJECT = 33
"""Subcode of 100: the page is not there, or not for this token."""


class Facebook:
    """One page. `api_version` is like "v26.0"; the token is the page's own."""

    capabilities = Capabilities(frozenset({Verb.PUBLISH, Verb.DELETE, Verb.EDIT}))

    def __init__(
        self,
        *,
        api_url: str,
        api_version: str,
        page_id: str,
        access_token: str,
        clock: Clock,
        on_date: Callable[[str, timedelta], None] | None = None,
    ) -> None:
        self._api_url, self._version = api_url, f"v{api_version.removeprefix('v')}"
        self._page_id, self._token = page_id, access_token
        self._clock, self._on_date = clock, on_date
        self._calls = Calls(Dialect("Facebook", receipt, refusal), clock, (access_token,))

    @cached_property
    def _client(self) -> Any:
        import facebook

        from occupier.wire.session import guarded_session

        rewrite = {SPOKEN_HOST: self._api_url}
        session = guarded_session(now=self._clock.now, rewrite=rewrite, on_date=self._on_date)
        client = facebook.GraphAPI(access_token=self._token, session=session)
        # The constructor knows no version after 3.1.
        client.version = self._version
        return client

    def apply(self, order: Order) -> Outcome:
        """Publish one post on the page, edit or delete one; never raises for what Facebook does.

        Facebook edits the message only, and only of posts that the same application made (pages-api/posts).
        """
        post_id, fields = str(order.post_id), {"message": order.payload.text}
        if order.verb is Verb.DELETE:
            return self._change(order, removed, lambda: self._client.delete_object(post_id))
        if order.verb is Verb.EDIT:
            path = f"{self._version}/{post_id}"
            return self._change(order, edited, lambda: self._client.request(path, post_args=fields))
        if order.payload.link:
            fields["link"] = order.payload.link
        return self._calls.write(order, lambda: self._client.put_object(self._page_id, "feed", **fields))

    def _change(self, order: Order, done: Callable[[str, Any], Receipt | None], call: Callable[[], object]) -> Outcome:
        calls = self._calls.speaking(receipt=partial(done, str(order.post_id)), refusal=post_refusal)
        return calls.write(order, call)

    def recent(self, since: datetime) -> TimelineRead:
        """Read the page's own posts down to `since`."""
        return read_back(lambda cursor: self._page(cursor, FIELDS), since)

    def own_posts(self, since: datetime, until: datetime, pages: int) -> TimelineRead:
        """Read the page's own posts of a period; raises NetworkError."""
        asked = {"since": int(since.timestamp()), "until": int(until.timestamp())}
        read = read_back(lambda cursor: self._page(cursor, WITH_FIGURES, **asked), since, pages)
        return replace(read, posts=tuple(p for p in read.posts if since <= p.created_at < until))

    def _page(self, cursor: str | None, fields: str, **asked: int) -> Page:
        given = {"fields": fields, "limit": PAGE, **asked} | ({"after": cursor} if cursor else {})
        return self._calls.read(
            lambda: self._client.get_connections(self._page_id, "published_posts", **given),
            lambda body, _: page(body),
        )

    def snapshot(self, post_id: str) -> Snapshot | None:
        """Read one post whole; None where it is not there. Raises NetworkError."""
        return self._read(post_id, WITH_FIGURES, snapshot)

    def look_up(self, post_ids: Sequence[str], *, figures: bool = False) -> LookUp:
        """Read one post by its id; raises NetworkError."""
        (post_id,) = post_ids
        found = self._read(post_id, WITH_FIGURES if figures else FIELDS, post)
        return LookUp((found,)) if found else LookUp((), frozenset(post_ids))

    def _read(self, post_id: str, fields: str, understand: Callable[[Any], T]) -> T | None:
        """Read one post; None where it is gone."""
        try:
            return self._calls.speaking(refusal=post_refusal).read(
                lambda: self._client.get_object(post_id, fields=fields), lambda body, _: understand(body)
            )
        except NetworkError as error:
            if error.kind != RefusalKind.GONE:
                raise
        # Facebook says the same of a post that is gone and of one that the token may not see: the token must be good
        self.verify()
        return None

    def verify(self) -> Identity:
        """Ask whose token this is; a page's token is the page. Raises NetworkError."""
        return self._calls.read(
            lambda: self._client.get_object("me", fields="id,name,link,is_published,followers_count"), self._identity
        )

    def _identity(self, body: Any, made: Flight) -> Identity:
        if str(body["id"]) != self._page_id:
            error = NetworkError(
                "The token for the Facebook page {page} is not that page's own: give that page's (occupier init makes"
                " it), or correct page_id in the settings.",
                page=self._page_id,
            )
            error.kind = RefusalKind.CREDENTIALS.value
            raise error
        notes = (UNPUBLISHED.text,) if body.get("is_published") is False else ()
        told = calls_left(made.answer.headers if made.answer else {})
        followers = count(body.get("followers_count"))
        return Identity(str(body["id"]), str(body["name"]), body.get("link"), notes, made.skew, told, followers)

    def examine(self, identity: Identity) -> Access:
        """Ask what Facebook knows of the token; it does not answer everybody."""
        try:
            said = self._calls.read(
                lambda: self._client.request(f"{self._version}/debug_token", {"input_token": self._token}),
                lambda body, _: token(body),
            )
        except NetworkError:
            return identity.access
        return replace(said, calls_left=identity.access.calls_left, calls_of=identity.access.calls_of)

    def latest(self, count: int) -> TimelineRead:
        """Read the page's newest posts, and with which application they were made."""
        read = self._page(None, FIELDS)
        return TimelineRead(read.posts[:count], False)

    def read_limits(self) -> Mapping[str, int]:
        """Return nothing: the lengths are fixed."""
        return {}

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return Facebook's ruler."""
        return FacebookRuler()

    def cost(self, payload: Payload, verb: Verb = Verb.PUBLISH) -> int:
        """Return 0: it costs nothing."""
        return 0


def receipt(body: Any) -> Receipt | None:
    """Find the new post: Facebook answers 200 to much."""
    found = body.get("id") if isinstance(body, dict) and not body.get("error") else None
    return Receipt(str(found), f"https://www.facebook.com/{found}") if found else None


def refusal(status: int, body: Any) -> Refusal:
    """Read an error object by its code; None where it is none of Facebook's, or means an outage."""
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    if not isinstance(error, dict) or not isinstance(code, int) or code in UNSURE:
        return None
    said = f"{error.get('message')} {error.get('error_user_msg')}".lower()
    if code in {100, 368} and any(words in said for words in _REPEATED):
        return RefusalKind.DUPLICATE
    if code == 100 and error.get("error_subcode") == _NO_SUCH_OBJECT:
        return RefusalKind.PERMISSION
    return REFUSALS.get(code, RefusalKind.UNKNOWN)


def removed(post_id: str, body: Any) -> Receipt | None:
    """Find in the answer to a deletion that it was done."""
    done = isinstance(body, dict) and body.get("success") is True and not body.get("error")
    return Receipt(post_id) if done else None


def edited(post_id: str, body: Any) -> Receipt | None:
    """Find in the answer to an edit that it was done."""
    return replace(done, url=f"https://www.facebook.com/{post_id}") if (done := removed(post_id, body)) else None


def post_refusal(status: int, body: Any) -> Refusal:
    """Read an error about one post: that it is not there is an answer of its own."""
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict) and (error.get("code"), error.get("error_subcode")) == (100, _NO_SUCH_OBJECT):
        return RefusalKind.GONE
    return refusal(status, body)
