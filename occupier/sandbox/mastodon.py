"""The Mastodon API: statuses, the own account, the instance.

Source: docs.joinmastodon.org (methods/statuses, methods/accounts, methods/instance), server 4.5.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from occupier.sandbox.exchange import Request, Response, json_response
from occupier.sandbox.faults import Fault, FaultKind
from occupier.sandbox.mastodon_access import MastodonAccess
from occupier.sandbox.mastodon_entities import MAX_CHARACTERS, PER_ADDRESS, PLATFORM, Entities
from occupier.sandbox.model import Account, SandboxMedium, SandboxPost
from occupier.sandbox.network import Routes
from occupier.sandbox.state import State
from occupier.sandbox.text import addresses, mastodon_length

KEY_LIFETIME = timedelta(hours=1)
WINDOW = {"all": (300, timedelta(minutes=5)), "delete": (30, timedelta(minutes=30))}
WORDS = {
    401: "The access token is invalid",
    403: "This action is not allowed",
    404: "Record not found",
    422: "Validation failed",
    429: "Too many requests",
    503: "Service temporarily unavailable",
}


class MastodonApi:
    """One Mastodon server, with the accounts of the sandbox on it."""

    platform = PLATFORM

    def __init__(self, state: State) -> None:
        self._state = state
        self._entities = Entities(state)
        self._access = MastodonAccess(state)
        self._keys: dict[tuple[str, str], tuple[datetime, str]] = {}
        self._routes = Routes(
            ("POST", r"/api/v1/statuses", self._create),
            ("GET", r"/api/v1/statuses/(\d+)", self._show),
            ("PUT", r"/api/v1/statuses/(\d+)", self._edit),
            ("DELETE", r"/api/v1/statuses/(\d+)", self._delete),
            ("GET", r"/api/v1/statuses/(\d+)/source", self._source),
            ("GET", r"/api/v1/statuses/(\d+)/history", self._history),
            ("GET", r"/api/v1/accounts/verify_credentials", self._verify),
            ("GET", r"/api/v1/accounts/(\d+)/statuses", self._statuses),
            ("GET", r"/api/v1/accounts/(\d+)", self._account),
            ("GET", r"/api/v1/instance/?", lambda *_: json_response(200, self._entities.instance_v1())),
            ("GET", r"/api/v2/instance/?", lambda *_: json_response(200, self._entities.instance_v2())),
        )

    def identify(self, request: Request) -> Account | None:
        """Tell whose token this is."""
        return self._state.account_by_token(self.platform, _token(request))

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        about_access = self._access.answer(request)
        if about_access:
            return about_access
        call = self._routes.find(request)
        if call is None:
            return _error(404)
        account = self.identify(request)
        refusal = self._unauthorized(request, account)
        if refusal:
            return refusal
        return self._counted(call, request, account) if account else call()

    def problem(self, fault: Fault) -> Response:
        """Say a fault as a Mastodon server does."""
        if fault.kind is FaultKind.CREDITS:
            return _error(402, "Payment required")
        if fault.kind is FaultKind.PERMISSION:
            return _error(403, "This action is outside the authorized scopes")
        if fault.kind is FaultKind.AUTOMATION:
            return _error(403, "Your login is currently disabled")
        return _error(fault.status, headers=self._fault_headers(fault))

    def error_inside(self) -> Response:
        """Answer 200 with Mastodon's error object."""
        return json_response(200, {"error": WORDS[503]})

    def without_id(self) -> Response:
        """Answer 200 with an object that is no status."""
        return json_response(200, {})

    def _unauthorized(self, request: Request, account: Account | None) -> Response | None:
        if account and self._state.faults.standing(FaultKind.TOKEN_REVOKED, self.platform, account.id):
            return _error(401, "The access token was revoked")
        if _token(request) and account is None:
            return _error(401)
        grant = self._state.grant(self.platform, _token(request))
        if grant and not grant.allows(_scope(request)):
            return _error(403, "This action is outside the authorized scopes")
        private = request.method != "GET" or request.path.endswith("verify_credentials")
        return _error(401, "This method requires an authenticated user") if private and not account else None

    def _counted(self, call: Callable[[], Response], request: Request, account: Account) -> Response:
        what = "delete" if request.method == "DELETE" else "all"
        limit, window = WINDOW[what]
        remaining, reset = self._state.hit(account, what, limit, window)
        response = _error(429) if remaining < 0 else call()
        return response.with_headers(_limit_headers(limit, max(remaining, 0), reset))

    def _fault_headers(self, fault: Fault) -> dict[str, str]:
        headers = fault.retry_headers
        if fault.reset_in is not None:
            reset = self._state.now() + timedelta(seconds=fault.reset_in)
            headers |= _limit_headers(WINDOW["all"][0], 0, reset)
        return headers

    def _create(self, request: Request, _match: re.Match[str]) -> Response:
        account = self.identify(request)
        assert account is not None
        text, key = str(request.fields.get("status", "")).strip(), request.headers.get("idempotency-key")
        if key and not self._state.faults.standing(FaultKind.IGNORE_KEY, self.platform, account.id):
            known = self._remembered(account, key)
            if known:
                return known
        refused = _too_long(text)
        if refused:
            return refused
        post = self._accept(account, text, request, key)
        return json_response(200, self._entities.status(post))

    def _remembered(self, account: Account, key: str) -> Response | None:
        since, post_id = self._keys.get((account.id, key), (None, ""))
        if since is None or self._state.now() - since >= KEY_LIFETIME:
            return None
        post = self._state.find(self.platform, post_id, lagging=True)
        return json_response(200, self._entities.status(post)) if post else _error(404)

    def _accept(self, account: Account, text: str, request: Request, key: str | None) -> SandboxPost:
        now, fields = self._state.now(), request.fields
        post = SandboxPost(
            id=self._state.next_id(self.platform, int(now.timestamp() * 1000) << 16),
            platform=self.platform,
            account=account.id,
            text=text,
            links=tuple(address.url for address in addresses(text)),
            created_at=now,
            visible_at=now,
            idempotency_key=key,
            visibility=str(fields.get("visibility") or "public"),
            language=str(fields["language"]) if fields.get("language") else None,
            application=self._application(request),
        )
        if key:
            self._keys[account.id, key] = (now, post.id)
        return self._state.post(post)

    def _application(self, request: Request) -> str:
        """Return the name of the application that this access was given to."""
        grant = self._state.grant(self.platform, _token(request))
        return grant.app if grant else SandboxPost.application

    def _show(self, request: Request, match: re.Match[str]) -> Response:
        post = self._state.find(self.platform, match[1])
        return json_response(200, self._entities.status(post)) if post else _error(404)

    def _edit(self, request: Request, match: re.Match[str]) -> Response:
        account, fields = self.identify(request), request.fields
        post = self._state.find(self.platform, match[1], lagging=True)
        if post is None or account is None or post.account != account.id:
            return _error(404)
        text = str(fields.get("status") or "").strip()
        if self._state.faults.standing(FaultKind.EDITS_REFUSED, self.platform, account.id):
            return _error(422, "Validation failed: this status cannot be edited")
        refused = _too_long(text)
        return refused or json_response(200, self._entities.status(self._edited(post, text, request)))

    def _edited(self, post: SandboxPost, text: str, request: Request) -> SandboxPost:
        """Change what is sent; what is not sent is dropped, as a server does (app/services/update_status_service)."""
        fields = request.fields
        spoiler = str(fields.get("spoiler_text") or "")
        values = {
            "text": text,
            "links": tuple(address.url for address in addresses(text)),
            "media": _media(post, fields),
            "spoiler": spoiler,
            "sensitive": bool(spoiler) or str(fields.get("sensitive")).lower() in ("true", "1"),
        }
        if all(getattr(post, name) == value for name, value in values.items()):
            return post
        return self._state.edit(post, self._application(request), **values)

    def _source(self, request: Request, match: re.Match[str]) -> Response:
        post, account = self._state.find(self.platform, match[1]), self.identify(request)
        mine = post is not None and account is not None and post.account == account.id
        return json_response(200, self._entities.source(post)) if post and mine else _error(404)

    def _history(self, request: Request, match: re.Match[str]) -> Response:
        post = self._state.find(self.platform, match[1])
        return json_response(200, self._entities.history(post)) if post else _error(404)

    def _delete(self, request: Request, match: re.Match[str]) -> Response:
        account = self.identify(request)
        post = self._state.find(self.platform, match[1], lagging=True)
        if post is None or account is None or post.account != account.id:
            return _error(404)
        self._state.delete(post)
        return json_response(200, self._entities.status(post) | {"text": post.text})

    def _verify(self, request: Request, _match: re.Match[str]) -> Response:
        account = self.identify(request)
        assert account is not None
        source = {"privacy": "public", "sensitive": False, "language": None, "note": "", "fields": []}
        return json_response(200, self._entities.account(account) | {"source": source})

    def _account(self, request: Request, match: re.Match[str]) -> Response:
        account = self._state.accounts.get((self.platform, match[1]))
        return json_response(200, self._entities.account(account)) if account else _error(404)

    def _statuses(self, request: Request, match: re.Match[str]) -> Response:
        account = self._state.accounts.get((self.platform, match[1]))
        if account is None:
            return _error(404)
        limit = min(max(_number(request.query.get("limit"), 20), 1), 40)
        posts = [p for p in self._state.timeline(self.platform, account.id) if _between(p, request.query)]
        page = posts[-limit:] if "min_id" in request.query else posts[:limit]
        link = self._link(request, page, limit) if page else ""
        return json_response(200, [self._entities.status(p) for p in page], {"Link": link} if link else {})

    def _link(self, request: Request, page: list[SandboxPost], limit: int) -> str:
        url = f"{self._state.base_url}{request.path}"
        older = urlencode({"limit": limit, "max_id": page[-1].id})
        newer = urlencode({"limit": limit, "min_id": page[0].id})
        return f'<{url}?{older}>; rel="next", <{url}?{newer}>; rel="prev"'


def _error(status: int, words: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
    default = "We're sorry, but something went wrong on our end." if status >= 500 else "Error"
    return json_response(status, {"error": words or WORDS.get(status, default)}, headers)


def _too_long(text: str) -> Response | None:
    if not text:
        return _error(422, "Validation failed: Text can't be blank")
    if mastodon_length(text, PER_ADDRESS) > MAX_CHARACTERS:
        return _error(422, f"Validation failed: Text character limit of {MAX_CHARACTERS} exceeded")
    return None


def _media(post: SandboxPost, fields: Mapping[str, Any]) -> tuple[SandboxMedium, ...]:
    wanted = fields.get("media_ids") or []
    changed = {str(one.get("id")): one for one in fields.get("media_attributes") or []}
    known = {medium.id: medium for medium in post.media}
    kept = [known[str(one)] for one in wanted if str(one) in known]
    return tuple(
        replace(medium, description=changed.get(medium.id, {}).get("description", medium.description))
        for medium in kept
    )


def _limit_headers(limit: int, remaining: int, reset: datetime) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": reset.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }


def _scope(request: Request) -> str:
    """Return the narrowest scope that a call needs (docs.joinmastodon.org/api/oauth-scopes)."""
    if request.path.endswith("verify_credentials"):
        return "read:accounts"
    return "read:statuses" if request.verb == "read" else "write:statuses"


def _token(request: Request) -> str | None:
    return request.bearer or request.query.get("access_token") or request.fields.get("access_token")


def _number(value: str | None, default: int) -> int:
    return int(value) if value and value.isdigit() else default


def _between(post: SandboxPost, query: Mapping[str, str]) -> bool:
    value = int(post.id)
    newest, oldest = query.get("max_id", ""), query.get("since_id") or query.get("min_id") or ""
    if newest.isdigit() and value >= int(newest):
        return False
    return not (oldest.isdigit() and value <= int(oldest))
