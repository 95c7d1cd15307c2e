"""The X API v2: posts, the own account, its timeline.

Source: docs.x.com (POST/GET/DELETE /2/tweets, /2/users/me, /2/users/:id/tweets), errors as v2 words them.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from occupier.sandbox import oauth, tco
from occupier.sandbox.exchange import Request, Response, json_response
from occupier.sandbox.faults import Fault, FaultKind
from occupier.sandbox.model import Account, SandboxPost
from occupier.sandbox.network import Routes
from occupier.sandbox.state import State
from occupier.sandbox.text import addresses, x_length
from occupier.sandbox.x_access import XAccess
from occupier.sandbox.x_objects import (
    PAGE_TOKEN,
    PROBLEMS,
    credits_depleted,
    includes,
    invalid,
    limit_headers,
    not_found,
    page,
    problem,
    seconds,
    tweet,
)

MAX_WEIGHT = 280
DUPLICATE_WINDOW = timedelta(hours=24)
EPOCH_MS = 1288834974657
LOOKED_UP = 100
QUARTER = timedelta(minutes=15)
LIMITS = {"POST": 100, "DELETE": 50, "GET": 900}
NOT_PERMITTED = "Your client app is not configured with the appropriate oauth1 app permissions for this endpoint."
AUTOMATED = (
    "This request looks like it might be automated. To protect our users from spam and other malicious "
    "activity, we can't complete this action right now. Please try again later."
)


class XApi:
    """X, with the accounts of the sandbox on it."""

    platform = "x"

    def __init__(self, state: State) -> None:
        self._state = state
        self._access = XAccess(state)
        self._nonces: set[tuple[str, str, str]] = set()
        self._routes = Routes(
            ("POST", r"/x/2/tweets", self._create),
            ("GET", r"/x/2/tweets/(\d+)", self._show),
            ("GET", r"/x/2/tweets", self._look_up),
            ("DELETE", r"/x/2/tweets/(\d+)", self._delete),
            ("GET", r"/x/2/users/me", self._me),
            ("GET", r"/x/2/users/(\d+)/tweets", self._timeline),
        )

    def identify(self, request: Request) -> Account | None:
        """Tell whose token this is; the signature is checked when it is answered."""
        return self._state.account_by_token(self.platform, oauth.parameters(request).get("oauth_token"))

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        about_access = self._access.answer(request)
        if about_access:
            return about_access
        call = self._routes.find(request)
        account = self._authenticate(request)
        if account is None:
            return problem(401)
        return self._let_in(call, request, account).with_headers({"x-access-level": self._level(account)})

    def _let_in(self, call: Callable[[], Response] | None, request: Request, account: Account) -> Response:
        if request.verb == "write" and self._level(account) == "read":
            return problem(403, NOT_PERMITTED, f"{PROBLEMS}/oauth1-permissions")
        if call is None:
            return problem(404)
        limit = LIMITS[request.method]
        remaining, reset = self._state.hit(account, request.method, limit, QUARTER)
        response = problem(429) if remaining < 0 else call()
        return response.with_headers(limit_headers(limit, max(remaining, 0), reset))

    def _level(self, account: Account) -> str:
        read_only = self._state.faults.standing(FaultKind.READ_ONLY, self.platform, account.id)
        return "read" if read_only else "read-write"

    def problem(self, fault: Fault) -> Response:
        """Say a fault as X does."""
        if fault.kind is FaultKind.CREDITS:
            return credits_depleted()
        if fault.kind is FaultKind.PERMISSION:
            return problem(403, NOT_PERMITTED, f"{PROBLEMS}/oauth1-permissions")
        if fault.kind is FaultKind.AUTOMATION:
            return problem(403, AUTOMATED)
        return problem(fault.status).with_headers(self._fault_headers(fault))

    def error_inside(self) -> Response:
        """Answer 200 with X's list of errors and no data."""
        error = {"title": "Forbidden", "detail": "Forbidden", "type": "about:blank"}
        return json_response(200, {"errors": [error]})

    def without_id(self) -> Response:
        """Answer 201 with data that has no id."""
        return json_response(201, {"data": {}})

    def _authenticate(self, request: Request) -> Account | None:
        given = oauth.parameters(request)
        account = self._state.account_by_token(self.platform, given.get("oauth_token"))
        if account is None or not oauth.verified(request, self._secrets(account, given), given):
            return None
        nonce = (account.id, given.get("oauth_timestamp", ""), given.get("oauth_nonce", ""))
        if nonce in self._nonces:
            return None
        self._nonces.add(nonce)
        revoked = self._state.faults.standing(FaultKind.TOKEN_REVOKED, self.platform, account.id)
        return None if revoked else account

    def _secrets(self, account: Account, given: Mapping[str, str]) -> oauth.Secrets:
        grant = self._state.grant(self.platform, given.get("oauth_token"))
        own = account.credentials
        return oauth.Secrets(
            own["consumer_key"], own["consumer_secret"], grant.secret if grant else own["access_token_secret"]
        )

    def _fault_headers(self, fault: Fault) -> dict[str, str]:
        headers = fault.retry_headers
        if fault.reset_in is not None:
            reset = self._state.now() + timedelta(seconds=fault.reset_in)
            headers |= limit_headers(LIMITS["POST"], 0, reset)
        return headers

    def _owner(self, request: Request) -> Account:
        account = self.identify(request)
        assert account is not None
        return account

    def _create(self, request: Request, _match: re.Match[str]) -> Response:
        account, text = self._owner(request), request.fields.get("text")
        if not isinstance(text, str) or not text.strip():
            return invalid("text", "" if text is None else str(text), "text is missing")
        text = text.strip()
        if x_length(text) > MAX_WEIGHT:
            return problem(400, "Your Tweet text is too long.")
        if self._is_duplicate(account, text):
            return problem(403, "You are not allowed to create a Tweet with duplicate content.")
        post = self._accept(account, text)
        return json_response(201, {"data": tweet(post, frozenset())})

    def _is_duplicate(self, account: Account, text: str) -> bool:
        since = self._state.now() - DUPLICATE_WINDOW
        remembered = self._state.faults.standing(FaultKind.DELETED_REMEMBERED, self.platform, account.id)
        posted = self._state.posts_of(account) if remembered else self._state.standing_posts(account)
        if not any(post.text == text and post.created_at > since for post in posted):
            return False
        return not self._state.faults.standing(FaultKind.DUPLICATES_ALLOWED, self.platform, account.id)

    def _accept(self, account: Account, text: str) -> SandboxPost:
        now = self._state.now()
        post = SandboxPost(
            id=self._state.next_id(self.platform, (int(now.timestamp() * 1000) - EPOCH_MS) << 22),
            platform=self.platform,
            account=account.id,
            text=text,
            links=tuple(tco.expanded(address.url) for address in addresses(text, bare=True)),
            created_at=now,
            visible_at=now,
        )
        return self._state.post(post)

    def _show(self, request: Request, match: re.Match[str]) -> Response:
        post = self._state.find(self.platform, match[1])
        if post is None:
            return json_response(200, {"errors": [not_found("tweet", "id", match[1])]})
        return json_response(200, {"data": tweet(post, _wanted(request))} | includes(post, request.query))

    def _look_up(self, request: Request, _match: re.Match[str]) -> Response:
        ids = [asked for asked in request.query.get("ids", "").split(",") if asked]
        if not 1 <= len(ids) <= LOOKED_UP or not all(asked.isdigit() for asked in ids):
            return invalid(
                "ids", ",".join(ids), f"The number of values in the `ids` query parameter list is {len(ids)}"
            )
        found = {asked: self._state.find(self.platform, asked) for asked in ids}
        data = [tweet(post, _wanted(request)) for post in found.values() if post]
        errors = [not_found("tweet", "ids", asked) for asked, post in found.items() if post is None]
        return json_response(200, ({"data": data} if data else {}) | ({"errors": errors} if errors else {}))

    def _delete(self, request: Request, match: re.Match[str]) -> Response:
        post = self._state.find(self.platform, match[1], lagging=True)
        if post and post.account != self._owner(request).id:
            return problem(403, "You are not authorized to delete this Tweet.")
        if post:
            self._state.delete(post)
        return json_response(200, {"data": {"deleted": True}})

    def _me(self, request: Request, _match: re.Match[str]) -> Response:
        account = self._owner(request)
        user: dict[str, Any] = {"id": account.id, "name": account.display_name, "username": account.name}
        wanted = request.query.get("user.fields", "").split(",")
        if "created_at" in wanted:
            user["created_at"] = seconds(account.created_at)
        if "protected" in wanted:
            user["protected"] = False
        if "public_metrics" in wanted:
            posts = len(self._state.timeline(self.platform, account.id))
            user["public_metrics"] = {
                "followers_count": account.followers,
                "following_count": 0,
                "tweet_count": posts,
                "listed_count": 0,
            }
        return json_response(200, {"data": user})

    def _timeline(self, request: Request, match: re.Match[str]) -> Response:
        if (self.platform, match[1]) not in self._state.accounts:
            return json_response(200, {"errors": [not_found("user", "id", match[1])]})
        count = request.query.get("max_results", "10")
        if not count.isdigit() or not 5 <= int(count) <= 100:
            return invalid("max_results", count, f"The `max_results` query parameter value [{count}] is not valid")
        posts = [p for p in self._state.timeline(self.platform, match[1]) if _between(p, request.query)]
        return json_response(200, page(posts, int(count), _wanted(request)))


def _wanted(request: Request) -> frozenset[str]:
    return frozenset(request.query.get("tweet.fields", "").split(","))


def _between(post: SandboxPost, query: Mapping[str, str]) -> bool:
    value = int(post.id)
    until = [query.get("until_id", ""), query.get("pagination_token", "").removeprefix(PAGE_TOKEN)]
    if any(bound.isdigit() and value >= int(bound) for bound in until):
        return False
    since = query.get("since_id", "")
    if since.isdigit() and value <= int(since):
        return False
    start, end = query.get("start_time"), query.get("end_time")
    return not (start and post.created_at < _moment(start)) and not (end and post.created_at >= _moment(end))


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
