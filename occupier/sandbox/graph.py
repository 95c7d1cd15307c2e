"""The Graph API of Facebook: a page's feed.

Source: developers.facebook.com/docs/graph-api (page/feed, guides/error-handling), as of v26.0.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from occupier.sandbox.exchange import Request, Response, json_response
from occupier.sandbox.faults import Fault, FaultKind
from occupier.sandbox.fields import Fields, FieldsError, chosen, parse_fields
from occupier.sandbox.graph_access import GraphAccess
from occupier.sandbox.graph_entities import GraphEntities
from occupier.sandbox.graph_errors import graph_error, unsupported
from occupier.sandbox.model import Account, SandboxPost
from occupier.sandbox.network import Routes
from occupier.sandbox.state import State
from occupier.sandbox.text import addresses

OLDEST_VERSION = (21, 0)
MAX_MESSAGE = 63206
VERSION = r"/graph/v(\d+)\.(\d+)"
USAGE = '{"call_count":3,"total_cputime":1,"total_time":2}'
REVOKED = (
    "Error validating access token: The session has been invalidated because the user changed their password "
    "or Facebook has changed the session for security reasons."
)
DUPLICATE = {
    "error_user_title": "Duplicate Status Update",
    "error_user_msg": "This status update is identical to the last one you posted. Try posting something "
    "different, or delete your previous update.",
}


class GraphApi:
    """The Graph API, with the pages of the sandbox on it."""

    platform = "facebook"

    def __init__(self, state: State) -> None:
        self._state = state
        self._entities = GraphEntities(state)
        self._access = GraphAccess(state)
        self._routes = Routes(
            ("POST", rf"{VERSION}/(\d+|me)/feed", self._create),
            ("GET", rf"{VERSION}/(\d+|me)/(?:feed|posts|published_posts)", self._feed),
            ("GET", rf"{VERSION}/(\d+_\d+)", self._show),
            ("POST", rf"{VERSION}/(\d+_\d+)", self._edit),
            ("DELETE", rf"{VERSION}/(\d+_\d+)", self._delete),
            ("GET", rf"{VERSION}/(\d+|me)", self._page),
        )

    def identify(self, request: Request) -> Account | None:
        """Tell whose token this is."""
        return self._state.account_by_token(self.platform, _token(request))

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        return self._answer(request).with_headers({"X-App-Usage": USAGE, "facebook-api-version": "v26.0"})

    def problem(self, fault: Fault) -> Response:
        """Say a fault as the Graph API does."""
        if fault.kind is FaultKind.PERMISSION:
            return graph_error(fault.code or 200, status=403)
        if fault.kind is FaultKind.AUTOMATION:
            return graph_error(368, status=400, error_subcode=1390008)
        if fault.kind is FaultKind.CREDITS:
            return graph_error(fault.code or 4, status=403)
        code = fault.code or {401: 190, 403: 200, 429: 4}.get(fault.status, 2 if fault.status >= 500 else 100)
        headers = fault.retry_headers
        if code in (4, 17, 32):
            headers["X-App-Usage"] = '{"call_count":100,"total_cputime":25,"total_time":25}'
        return graph_error(code, status=fault.status).with_headers(headers)

    def error_inside(self) -> Response:
        """Answer 200 with the error object."""
        return graph_error(1, status=200)

    def without_id(self) -> Response:
        """Answer 200 with an object that has no id."""
        return json_response(200, {"success": True})

    def _answer(self, request: Request) -> Response:
        version = re.match(VERSION, request.path)
        if version and (int(version[1]), int(version[2])) < OLDEST_VERSION:
            return graph_error(2635)
        about_access = self._access.answer(request, _token(request))
        if about_access:
            return about_access
        account, call = self.identify(request), self._routes.find(request)
        if account is None:
            return graph_error(190 if _token(request) else 104, status=400 if _token(request) else 401)
        if self._state.faults.standing(FaultKind.TOKEN_REVOKED, self.platform, account.id):
            return graph_error(190, REVOKED, error_subcode=460)
        if call is None:
            return unsupported(request)
        try:
            return call()
        except FieldsError as error:
            return graph_error(100, f"Syntax error {error}")

    def _owner(self, request: Request) -> Account:
        account = self.identify(request)
        assert account is not None
        return account

    def _create(self, request: Request, match: re.Match[str]) -> Response:
        account = self._owner(request)
        message, link = str(request.fields.get("message", "")), str(request.fields.get("link", ""))
        if match[3] not in (account.id, "me"):
            return graph_error(200, status=403)
        if not message.strip() and not link:
            return graph_error(100, "(#100) Missing message or attachment")
        if len(message) > MAX_MESSAGE:
            return graph_error(100, "(#100) The message is too long")
        links = tuple(dict.fromkeys([*([link] if link else []), *(a.url for a in addresses(message))]))
        if self._is_duplicate(account, message, links):
            return graph_error(506, error_subcode=1455006, extra=DUPLICATE)
        return json_response(200, {"id": self._accept(account, message, links).id})

    def _is_duplicate(self, account: Account, message: str, links: tuple[str, ...]) -> bool:
        last = next(iter(self._state.standing_posts(account)), None)
        if last is None or (last.text, last.links) != (message, links):
            return False
        return not self._state.faults.standing(FaultKind.DUPLICATES_ALLOWED, self.platform, account.id)

    def _accept(self, account: Account, message: str, links: tuple[str, ...]) -> SandboxPost:
        now = self._state.now()
        number = self._state.next_id(self.platform, 122_000_000_000_000 + int(now.timestamp() * 1000))
        post = SandboxPost(
            id=f"{account.id}_{number}",
            platform=self.platform,
            account=account.id,
            text=message,
            links=links,
            created_at=now,
            visible_at=now,
        )
        return self._state.post(post)

    def _show(self, request: Request, match: re.Match[str]) -> Response:
        post = self._state.find(self.platform, match[3])
        if post is None:
            return unsupported(request)
        return json_response(200, chosen(self._entities.post(post), _asked(request, "created_time,message,id")))

    def _edit(self, request: Request, match: re.Match[str]) -> Response:
        """Change a post's message: an application's own posts only; what is attached stays (pages-api/posts)."""
        post, account = self._state.find(self.platform, match[3], lagging=True), self._owner(request)
        if post is None:
            return unsupported(request)
        refused = self._state.faults.standing(FaultKind.EDITS_REFUSED, self.platform, account.id)
        if refused or post.account != account.id or post.application != SandboxPost.application:
            return graph_error(200, "(#200) An app can only edit posts that it made", status=403)
        message = str(request.fields.get("message", ""))
        if len(message) > MAX_MESSAGE:
            return graph_error(100, "(#100) The message is too long")
        if message != post.text:
            attached = post.links[:1]
            links = tuple(dict.fromkeys([*attached, *(a.url for a in addresses(message))]))
            self._state.edit(post, SandboxPost.application, text=message, links=links)
        return json_response(200, {"success": True})

    def _delete(self, request: Request, match: re.Match[str]) -> Response:
        post = self._state.find(self.platform, match[3], lagging=True)
        if post is None:
            return unsupported(request)
        if post.account != self._owner(request).id:
            return graph_error(200, status=403)
        self._state.delete(post)
        return json_response(200, {"success": True})

    def _page(self, request: Request, match: re.Match[str]) -> Response:
        account = self._owner(request) if match[3] == "me" else self._state.accounts.get((self.platform, match[3]))
        if account is None:
            return unsupported(request)
        return json_response(200, chosen(self._entities.page(account), _asked(request, "name,id")))

    def _feed(self, request: Request, match: re.Match[str]) -> Response:
        account_id = self._owner(request).id if match[3] == "me" else match[3]
        if (self.platform, account_id) not in self._state.accounts:
            return unsupported(request)
        fields = _asked(request, "created_time,message,id")
        limit = _limit(request.query.get("limit"))
        posts = [p for p in self._state.timeline(self.platform, account_id) if _between(p, request.query)]
        page, more = posts[:limit], len(posts) > limit
        return json_response(
            200, {"data": [chosen(self._entities.post(p), fields) for p in page]} | self._paging(request, page, more)
        )

    def _paging(self, request: Request, page: list[SandboxPost], more: bool) -> dict[str, Any]:
        if not page:
            return {}
        cursors = {"before": _cursor(page[0]), "after": _cursor(page[-1])}
        paging: dict[str, Any] = {"cursors": cursors}
        if more:
            query = request.query | {"access_token": _token(request) or "", "after": cursors["after"]}
            paging["next"] = f"{self._state.base_url}{request.path}?{urlencode(query)}"
        return {"paging": paging}


def _token(request: Request) -> str | None:
    token = request.fields.get("access_token") or request.query.get("access_token") or request.bearer
    return str(token) if token else None


def _asked(request: Request, default: str) -> Fields:
    asked = parse_fields(request.query.get("fields") or default)
    return asked if "id" in asked else asked | {"id": {}}


def _limit(value: str | None) -> int:
    return min(max(int(value), 1), 100) if value and value.isdigit() else 25


def _cursor(post: SandboxPost) -> str:
    return f"QVFIU{post.id.rpartition('_')[2]}"


def _between(post: SandboxPost, query: Mapping[str, str]) -> bool:
    number = int(post.id.rpartition("_")[2])
    after = query.get("after", "").removeprefix("QVFIU")
    if after.isdigit() and number >= int(after):
        return False
    since, until = _moment(query.get("since")), _moment(query.get("until"))
    return (since is None or post.created_at >= since) and (until is None or post.created_at <= until)


def _moment(value: str | None) -> datetime | None:
    if not value:
        return None
    if value.isdigit():
        return datetime.fromtimestamp(int(value), UTC)
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise FieldsError("in a date") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
