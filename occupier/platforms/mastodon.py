"""Mastodon, and the servers that speak its API, through Mastodon.py.

Source: docs.joinmastodon.org (methods/statuses, methods/accounts, methods/instance, api/rate-limits).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from occupier.domain.access import Access
from occupier.domain.action import Payload, Verb
from occupier.domain.errors import NetworkError
from occupier.domain.message import Ruler
from occupier.domain.outcome import Outcome, Receipt, RefusalKind
from occupier.domain.ports import Capabilities, Clock, Identity, Order
from occupier.domain.reconcile import LookUp, TimelineRead
from occupier.domain.snapshot import SENSITIVE, SPOILER, Snapshot, media_of
from occupier.platforms.lengths import MASTODON_LIMIT, MASTODON_PER_LINK, MastodonRuler
from occupier.platforms.mastodon_reading import identity, lacking, lengths, page, post, scopes, snapshot
from occupier.wire.answers import Calls, Dialect, Refusal
from occupier.wire.flight import CALL_SECONDS
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


class Mastodon:
    """One account on one server. `visibility` and `language` stand in where a payload names none."""

    capabilities = Capabilities(frozenset({Verb.PUBLISH, Verb.DELETE, Verb.EDIT}))

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
        """Publish one status, with the order's key against doubles, edit or delete one; never raises."""
        post_id = str(order.post_id)
        if order.verb is Verb.DELETE:
            return self._change(order, removed, lambda: self._client.status_delete(post_id))
        if order.verb is Verb.EDIT:
            return self._change(order, edited, lambda: self._edit(post_id, order.payload))
        return self._calls.write(order, lambda: self._publish(order.payload, order.idempotency_key))

    def _change(self, order: Order, done: Callable[[str, Any], Receipt | None], call: Callable[[], object]) -> Outcome:
        calls = self._calls.speaking(receipt=partial(done, str(order.post_id)), refusal=post_refusal)
        return calls.write(order, call)

    def _publish(self, payload: Payload, key: str) -> None:
        self._client.status_post(
            payload.text,
            # Where none is sent, some servers take the account's default, which may be unlisted.
            visibility=payload.options.get("visibility", self._visibility),
            language=payload.options.get("language", self._language),
            idempotency_key=key,
        )

    def _edit(self, post_id: str, payload: Payload) -> None:
        # what is not sent again is dropped; where attributes go along, the library names the media by itself
        media = [{"id": medium.id, "description": medium.description or ""} for medium in media_of(payload)]
        self._client.status_update(
            post_id,
            payload.text,
            spoiler_text=payload.options.get(SPOILER),
            sensitive=payload.options.get(SENSITIVE) == "true",
            media_attributes=media or None,
        )

    def snapshot(self, post_id: str) -> Snapshot | None:
        """Read one status and what its author wrote; None where it is not there. Raises NetworkError."""
        calls = self._calls.speaking(refusal=post_refusal)
        try:
            wrote = calls.read(lambda: self._client.status_source(post_id), lambda body, _: str(body["text"]))
            return calls.read(lambda: self._client.status(post_id), lambda body, _: snapshot(body, wrote))
        except NetworkError as error:
            if error.kind == RefusalKind.GONE:
                return None
            raise

    def recent(self, since: datetime) -> TimelineRead:
        """Read the account's own statuses down to `since`, by `max_id`: the one cursor that all servers know."""
        remote_id = self._remote_id or self.verify().remote_id
        return read_back(lambda cursor: self._page(remote_id, cursor), since)

    def _page(self, remote_id: str, cursor: str | None, *, exclude_replies: bool = False) -> Page:
        left_out = {"exclude_replies": True} if exclude_replies else {}
        return self._calls.read(
            lambda: self._client.account_statuses(remote_id, limit=PAGE, max_id=cursor, **left_out),
            lambda body, _: page(body),
        )

    def look_up(self, post_ids: Sequence[str], *, figures: bool = False) -> LookUp:
        """Read one status by its id; its figures always come along. Raises NetworkError."""
        (post_id,) = post_ids
        try:
            found = self._calls.speaking(refusal=post_refusal).read(
                lambda: self._client.status(post_id), lambda body, _: post(body)
            )
        except NetworkError as error:
            if error.kind == RefusalKind.GONE:
                return LookUp((), frozenset(post_ids))
            raise
        return LookUp((found,))

    def own_posts(self, since: datetime, until: datetime, pages: int) -> TimelineRead:
        """Read the account's own statuses of a period, without replies and boosts; raises NetworkError."""
        remote_id = self._remote_id or self.verify().remote_id
        read = read_back(lambda cursor: self._page(remote_id, cursor, exclude_replies=True), since, pages)
        return replace(read, posts=tuple(p for p in read.posts if since <= p.created_at < until))

    def verify(self) -> Identity:
        """Ask whose token this is; raises NetworkError."""
        found = self._calls.read(lambda: self._client.account_verify_credentials(), identity)
        self._remote_id = found.remote_id
        return found

    def examine(self, identity: Identity) -> Access:
        """Ask for the token's scopes where the server tells them, else for its app's, which are no fewer."""
        for ask in (self._token_info, self._client.app_verify_credentials):
            try:
                granted = self._calls.read(ask, lambda body, _: scopes(body))
            except NetworkError:
                continue
            missing = lacking(granted)
            return replace(identity.access, may_post=not missing, lacking=missing)
        return identity.access

    def _token_info(self) -> None:
        # Doorkeeper's own address, in every Mastodon server; Mastodon.py has no name for it
        headers = {"Authorization": f"Bearer {self._token}"}
        self._client.session.get(f"{self._server}/oauth/token/info", headers=headers)

    def latest(self, count: int) -> TimelineRead:
        """Read the account's newest statuses, without boosts."""
        remote_id = self._remote_id or self.verify().remote_id
        read = self._page(remote_id, None)
        return TimelineRead(read.posts[:count], False)

    def read_limits(self) -> Mapping[str, int]:
        """Ask for the server's lengths, in the newer way and then in the older; raises NetworkError."""
        try:
            return self._calls.read(lambda: self._client.instance_v2(), lambda body, _: lengths(body))
        except NetworkError:
            return self._calls.read(lambda: self._client.instance_v1(), lambda body, _: lengths(body))

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return the ruler for these lengths."""
        return MastodonRuler(
            limits.get("max_characters", MASTODON_LIMIT), limits.get("characters_reserved_per_url", MASTODON_PER_LINK)
        )

    def cost(self, payload: Payload, verb: Verb = Verb.PUBLISH) -> int:
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


def removed(post_id: str, body: Any) -> Receipt | None:
    """Find in the answer to a deletion the status that it took away."""
    found = body.get("id") if isinstance(body, dict) else None
    return Receipt(post_id) if found is not None and str(found) == post_id else None


def edited(post_id: str, body: Any) -> Receipt | None:
    """Find in the answer to an edit the status that it changed."""
    found = receipt(body)
    return found if found is not None and found.id == post_id else None


def post_refusal(status: int, body: Any) -> Refusal:
    """Read an error about one status: that it is not there is an answer of its own."""
    kind = refusal(status, body)
    return RefusalKind.GONE if kind is not None and status in (404, 410) else kind
