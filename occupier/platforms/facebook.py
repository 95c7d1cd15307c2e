"""A Facebook page, through facebook-sdk.

Source: developers.facebook.com/docs/graph-api (page/feed, guides/error-handling, overview/rate-limiting).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from occupier.domain.action import Payload
from occupier.domain.errors import NetworkError
from occupier.domain.message import Ruler
from occupier.domain.outcome import Outcome, Receipt, RefusalKind
from occupier.domain.ports import Capabilities, Clock, Identity, Order
from occupier.domain.reconcile import RemotePost, TimelineRead
from occupier.platforms.lengths import FacebookRuler
from occupier.platforms.plain import aware, written_links
from occupier.wire.answers import THROTTLED, Calls, Dialect, Refusal
from occupier.wire.flight import Flight
from occupier.wire.timeline import Page, read_back

SPOKEN_HOST = "https://graph.facebook.com"
"""The host that is written into the library."""
PAGE = 50
FIELDS = "id,message,created_time,permalink_url,attachments{unshimmed_url,url}"

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

    capabilities = Capabilities()

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
        """Publish one post on the page; never raises for what Facebook does."""
        fields = {"message": order.payload.text}
        if order.payload.link:
            fields["link"] = order.payload.link
        return self._calls.write(order, lambda: self._client.put_object(self._page_id, "feed", **fields))

    def recent(self, since: datetime) -> TimelineRead:
        """Read the page's own posts down to `since`."""
        return read_back(self._page, since)

    def _page(self, cursor: str | None) -> Page:
        given = {"fields": FIELDS, "limit": PAGE} | ({"after": cursor} if cursor else {})
        return self._calls.read(
            lambda: self._client.get_connections(self._page_id, "published_posts", **given),
            lambda body, _: page(body),
        )

    def verify(self) -> Identity:
        """Ask whose token this is; a page's token is the page. Raises NetworkError."""
        return self._calls.read(
            lambda: self._client.get_object("me", fields="id,name,link,is_published"), self._identity
        )

    def _identity(self, body: Any, made: Flight) -> Identity:
        if str(body["id"]) != self._page_id:
            error = NetworkError("The token for the Facebook page {page} is not that page's own.", page=self._page_id)
            error.kind = RefusalKind.CREDENTIALS.value
            raise error
        hidden = body.get("is_published") is False
        notes = ("This page is not published: only its own team sees what is posted there.",)
        return Identity(str(body["id"]), str(body["name"]), body.get("link"), notes if hidden else (), made.skew)

    def read_limits(self) -> Mapping[str, int]:
        """Return nothing: the lengths are fixed."""
        return {}

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return Facebook's ruler."""
        return FacebookRuler()

    def cost(self, payload: Payload) -> int:
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


def page(body: Any) -> Page:
    """Read a page of posts; the cursor counts only where there is a next page."""
    entries = body["data"]
    paging = body.get("paging") or {}
    older = paging["cursors"]["after"] if paging.get("next") else None
    reaches = aware(entries[-1]["created_time"]) if entries else None
    return Page(tuple(post(entry) for entry in entries), older, reaches)


def post(entry: Any) -> RemotePost:
    """Read one post: its words, and where its attachment leads."""
    text = str(entry.get("message") or "")
    attached = (entry.get("attachments") or {}).get("data") or ()
    urls = [unwrapped(a.get("unshimmed_url") or a.get("url") or "") for a in attached]
    return RemotePost(
        id=str(entry["id"]),
        text=text,
        links=tuple(dict.fromkeys([*filter(None, urls), *written_links(text)])),
        created_at=aware(entry["created_time"]),
        url=entry.get("permalink_url"),
    )


def unwrapped(url: str) -> str:
    """Return where Facebook's way out (l.facebook.com/l.php?u=…) leads."""
    parts = urlsplit(url)
    if (parts.hostname or "").endswith(".facebook.com") and parts.path == "/l.php":
        return parse_qs(parts.query).get("u", [url])[0]
    return url
