"""Mastodon, and the servers that speak its API, through Mastodon.py.

Source: docs.joinmastodon.org (methods/statuses, methods/accounts, methods/instance, api/rate-limits).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from occupier.domain.action import Payload
from occupier.domain.errors import NetworkError
from occupier.domain.message import Ruler
from occupier.domain.outcome import Outcome, Receipt, RefusalKind
from occupier.domain.ports import Capabilities, Clock, Identity, Order
from occupier.domain.reconcile import RemotePost, TimelineRead
from occupier.platforms.lengths import MASTODON_LIMIT, MASTODON_PER_LINK, MastodonRuler
from occupier.platforms.plain import aware, plain
from occupier.wire.answers import Calls, Dialect, Refusal
from occupier.wire.flight import CALL_SECONDS, Flight
from occupier.wire.timeline import Page, read_back

if TYPE_CHECKING:
    import mastodon

PAGE = 40
SPOKEN_VERSION = "4.3.0"
"""Given so that the library never asks for it: that question can recurse a thousand times."""
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
#: Words of the API for an account that was stopped (config/locales/en.yml, "login is currently disabled").
_STOPPED = ("suspended", "currently disabled", "limited", "pending approval")
_LENGTHS = {"max_characters": MASTODON_LIMIT, "characters_reserved_per_url": MASTODON_PER_LINK}


class Mastodon:
    """One account on one server. `visibility` and `language` stand in where a payload names none."""

    capabilities = Capabilities(idempotent=True)

    def __init__(
        self,
        *,
        server: str,
        access_token: str,
        clock: Clock,
        visibility: str | None = None,
        language: str | None = None,
        on_date: Callable[[str, timedelta], None] | None = None,
    ) -> None:
        self._server, self._clock, self._on_date = server.rstrip("/"), clock, on_date
        self._token = access_token
        self._visibility, self._language = visibility or "public", language
        self._remote_id: str | None = None
        host = urlsplit(self._server).netloc or self._server
        self._calls = Calls(Dialect(host, receipt, refusal), clock, (access_token,))

    @cached_property
    def _client(self) -> mastodon.Mastodon:
        import mastodon

        from occupier.wire.session import guarded_session

        return mastodon.Mastodon(
            access_token=self._token,
            api_base_url=self._server,
            session=guarded_session(now=self._clock.now, on_date=self._on_date),
            ratelimit_method="throw",
            request_timeout=CALL_SECONDS,
            version_check_mode="none",
            mastodon_version=SPOKEN_VERSION,
        )

    def apply(self, order: Order) -> Outcome:
        """Publish one status, with the order's key against doubles; never raises for what the server does."""
        return self._calls.write(order, lambda: self._publish(order.payload, order.idempotency_key))

    def _publish(self, payload: Payload, key: str) -> None:
        self._client.status_post(
            payload.text,
            # Where none is sent, some servers take the account's default, which may be unlisted.
            visibility=payload.options.get("visibility", self._visibility),
            language=payload.options.get("language", self._language),
            idempotency_key=key,
        )

    def recent(self, since: datetime) -> TimelineRead:
        """Read the account's own statuses down to `since`, by `max_id`: the one cursor that all servers know."""
        remote_id = self._remote_id or self.verify().remote_id
        return read_back(lambda cursor: self._page(remote_id, cursor), since)

    def _page(self, remote_id: str, cursor: str | None) -> Page:
        return self._calls.read(
            lambda: self._client.account_statuses(remote_id, limit=PAGE, max_id=cursor),
            lambda body, _: page(body),
        )

    def verify(self) -> Identity:
        """Ask whose token this is; raises NetworkError."""
        found = self._calls.read(lambda: self._client.account_verify_credentials(), identity)
        self._remote_id = found.remote_id
        return found

    def read_limits(self) -> Mapping[str, int]:
        """Ask for the server's lengths, in the newer way and then in the older; raises NetworkError."""
        try:
            return self._calls.read(lambda: self._client.instance_v2(), lambda body, _: lengths(body))
        except NetworkError:
            return self._calls.read(lambda: self._client.instance_v1(), lambda body, _: lengths(body))

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return the ruler for these lengths."""
        known = {**_LENGTHS, **limits}
        return MastodonRuler(known["max_characters"], known["characters_reserved_per_url"])

    def cost(self, payload: Payload) -> int:
        """Return 0: it costs nothing."""
        return 0


def receipt(body: Any) -> Receipt | None:
    """Find the new status."""
    found = body.get("id") if isinstance(body, dict) else None
    if not found or "scheduled_at" in body:
        return None
    url = body.get("url") or body.get("uri")
    return Receipt(str(found), url if isinstance(url, str) else None)


def refusal(status: int, body: Any) -> Refusal:
    """Read an error object; None where it is none of Mastodon's."""
    said = body.get("error") if isinstance(body, dict) else None
    if not isinstance(said, str) or not said:
        return None
    if status == 403 and any(word in said.lower() for word in _STOPPED):
        return RefusalKind.AUTOMATION
    return REFUSALS[status]


def identity(body: Any, made: Flight) -> Identity:
    """Read a credential account."""
    return Identity(str(body["id"]), str(body.get("acct") or body["username"]), body.get("url"), (), made.skew)


def lengths(body: Any) -> dict[str, int]:
    """Read an instance's lengths; those that are missing or absurd are left out."""
    said = (body.get("configuration") or {}).get("statuses") or {}
    # Older kinds of servers say it at the top (Pleroma: max_toot_chars).
    said = {"max_characters": body.get("max_toot_chars")} | said
    return {name: said[name] for name in _LENGTHS if isinstance(said.get(name), int) and 0 < said[name] <= 1_000_000}


def page(body: Any) -> Page:
    """Read a page of statuses. Only an empty one is the last: a server may filter a page after it counted it."""
    if not isinstance(body, list):
        raise TypeError("no list of statuses")
    posts = tuple(post(status) for status in body if not status.get("reblog"))
    last = body[-1] if body else None
    return Page(posts, str(last["id"]) if last else None, aware(last["created_at"]) if last else None)


def post(status: Any) -> RemotePost:
    """Read one status."""
    text, links = plain(status["content"])
    application = status.get("application") or {}
    return RemotePost(
        id=str(status["id"]),
        text=text,
        links=links,
        created_at=aware(status["created_at"]),
        url=status.get("url") or status.get("uri"),
        application=application.get("name"),
    )
