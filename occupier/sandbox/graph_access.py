"""How an application gets access to a page: a person's token, the pages it leads to, until when it lasts.

Source: developers.facebook.com/docs/facebook-login/guides/access-tokens (get-long-lived),
/docs/graph-api/reference (user/accounts, user/permissions, debug_token, application).
"""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from occupier.sandbox.exchange import Request, Response, json_response
from occupier.sandbox.faults import FaultKind
from occupier.sandbox.fields import chosen, parse_fields
from occupier.sandbox.grants import Grant
from occupier.sandbox.graph_entities import GraphEntities
from occupier.sandbox.graph_errors import graph_error
from occupier.sandbox.model import Account
from occupier.sandbox.network import Routes
from occupier.sandbox.state import State

VERSION = r"/graph/v\d+\.\d+"
APP = "occupier"
PERSON_ID = "122000000000001"
SHORT, LONG = timedelta(hours=1), timedelta(seconds=5_183_944)
RIGHTS = ("pages_show_list", "pages_read_engagement", "pages_manage_posts", "public_profile")
UNKNOWN_APP = "Error validating application. Cannot get application info due to a system error."
WRONG_SECRET = "Error validating client secret."


class GraphAccess:
    """Tokens of the person, of the app and of the pages."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._entities = GraphEntities(state)
        self._lasting: set[str] = set()
        self._listed_before: dict[tuple[str, str], str] = {}
        self._routes = Routes(
            ("GET", rf"{VERSION}/oauth/access_token", lambda request, _: self._exchange(request)),
            ("GET", rf"{VERSION}/debug_token", lambda request, _: self._debug(request)),
            ("GET", rf"{VERSION}/me/(accounts|permissions)", self._of_person),
            ("GET", rf"{VERSION}/(\d+)", self._app),
            ("GET", rf"{VERSION}/me", self._person),
        )

    def answer(self, request: Request, token: str | None) -> Response | None:
        """Answer one request, if it is about access; what an ordinary token of a page may ask is not."""
        call = self._routes.find(request)
        return call() if call and (self._special(token) or not _plain(request)) else None

    def _special(self, token: str | None) -> bool:
        return self._is_person(token) or token == self._app_token

    @property
    def _app_token(self) -> str:
        return f"{self._state.app_id}|{self._state.app_secret}"

    def _is_person(self, token: str | None) -> bool:
        return token == self._state.person_token or token in self._lasting

    def _exchange(self, request: Request) -> Response:
        asked = request.query
        if asked.get("client_id") != self._state.app_id:
            return graph_error(101, UNKNOWN_APP)
        if asked.get("client_secret") != self._state.app_secret:
            return graph_error(1, WRONG_SECRET)
        if asked.get("grant_type") != "fb_exchange_token" or not self._is_person(asked.get("fb_exchange_token")):
            return graph_error(190)
        token = secrets.token_urlsafe(64)
        self._lasting.add(token)
        seconds = int(LONG.total_seconds())
        return json_response(200, {"access_token": token, "token_type": "bearer", "expires_in": seconds})

    def _of_person(self, request: Request, match: re.Match[str]) -> Response:
        token = _token(request)
        if self._state.account_by_token("facebook", token):
            return graph_error(100, f"(#100) Tried accessing nonexisting field ({match[1]}) on node type (Page)")
        if not self._is_person(token):
            return graph_error(190)
        if match[1] == "permissions":
            return json_response(200, {"data": [{"permission": right, "status": "granted"} for right in RIGHTS]})
        fields = parse_fields(request.query.get("fields") or "access_token,category,name,id,tasks")
        pages = [chosen(self._listed(account, token or ""), fields) for account in self._state.accounts_of("facebook")]
        return json_response(200, {"data": pages, "paging": {"cursors": {"before": "QVFIUm", "after": "QVFIUn"}}})

    def _listed(self, account: Account, person: str) -> dict[str, Any]:
        known = self._state.grant("facebook", self._listed_before.get((person, account.id)))
        token = known.token if known else self._granted(account, person)
        return self._entities.page(account) | {"access_token": token}

    def _granted(self, account: Account, person: str) -> str:
        ends = None if person in self._lasting else self._state.now() + SHORT
        token = secrets.token_urlsafe(48)
        self._state.grants.add(Grant("facebook", account.id, APP, token, expires_at=ends))
        self._listed_before[person, account.id] = token
        return token

    def _debug(self, request: Request) -> Response:
        token = request.query.get("input_token", "")
        # a token may always look at itself
        if not self._special(_token(request)) and _token(request) != token:
            return graph_error(190)
        account = self._state.account_by_token("facebook", token)
        if account is None and not self._is_person(token):
            error = {"code": 190, "message": "Malformed access token"}
            return json_response(200, {"data": {"error": error, "is_valid": False, "scopes": []}})
        return json_response(200, {"data": self._told(token, account)})

    def _told(self, token: str, account: Account | None) -> dict[str, Any]:
        now, grant = self._state.now(), self._state.grant("facebook", token)
        ends, rights = grant.expires_at if grant else None, list(RIGHTS)
        expiring = self._state.faults.standing(FaultKind.EXPIRING, "facebook", account.id if account else None)
        if expiring:
            ends = now + timedelta(seconds=expiring.seconds)
        if self._state.faults.standing(FaultKind.READ_ONLY, "facebook", account.id if account else None):
            rights.remove("pages_manage_posts")
        if account is None:
            ends = now + (LONG if token in self._lasting else SHORT)
        whose = {"type": "PAGE", "profile_id": account.id} if account else {"type": "USER"}
        return whose | {
            "app_id": self._state.app_id,
            "application": APP,
            "data_access_expires_at": _seconds(now + timedelta(days=90)),
            "expires_at": _seconds(ends),
            "is_valid": True,
            "issued_at": _seconds(now),
            "scopes": rights,
            "granular_scopes": [{"scope": right} for right in rights if right.startswith("pages_")],
            "user_id": PERSON_ID,
        }

    def _app(self, request: Request, match: re.Match[str]) -> Response:
        if match[1] != self._state.app_id:
            return graph_error(100, "(#100) Unsupported get request.", error_subcode=33)
        in_development = self._state.faults.standing(FaultKind.DEVELOPMENT_MODE, "facebook", None)
        policy = {} if in_development else {"privacy_policy_url": f"{self._state.base_url}/"}
        fields = parse_fields(request.query.get("fields") or "id,name")
        return json_response(200, chosen({"id": self._state.app_id, "name": APP, **policy}, fields))

    def _person(self, request: Request, match: re.Match[str]) -> Response:
        return json_response(200, {"id": PERSON_ID, "name": APP})


def _plain(request: Request) -> bool:
    """Tell whether a page's own token may ask this too."""
    return re.fullmatch(rf"{VERSION}/(?:\d+|me)", request.path) is not None


def _token(request: Request) -> str | None:
    return request.query.get("access_token") or request.bearer


def _seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment else 0
