"""How an application gets access to an account of the Mastodon server, and how it is taken back.

Source: docs.joinmastodon.org/methods/apps, /methods/oauth, /entities/Application, /entities/Token (server 4.5).
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from occupier.sandbox import access_pages
from occupier.sandbox.exchange import Request, Response, json_response
from occupier.sandbox.faults import FaultKind
from occupier.sandbox.grants import Grant
from occupier.sandbox.network import Routes
from occupier.sandbox.state import State

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
CODE_LIFETIME = timedelta(minutes=10)
_SCOPE = re.compile(
    r"(?:read|write)(?::(?:accounts|statuses|media|notifications|follows|lists|search))?|follow|push|profile"
)
WORDS = {
    "invalid_grant": "The provided authorization grant is invalid, expired, revoked, does not match the redirection "
    "URI used in the authorization request, or was issued to another client.",
    "invalid_client": "Client authentication failed due to unknown client, no client authentication included, or "
    "unsupported authentication method.",
    "unsupported_grant_type": "The authorization grant type is not supported by the authorization server.",
    "unauthorized_client": "You are not authorized to revoke this token",
    "invalid_scope": "The requested scope is invalid, unknown, or malformed.",
    "redirect_uri": "The requested redirect uri is malformed or doesn't match client redirect URI.",
}


@dataclass(frozen=True)
class _App:
    number: int
    name: str
    website: str | None
    redirect_uri: str
    scopes: tuple[str, ...]
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class _Code:
    client_id: str
    account_id: str
    scopes: tuple[str, ...]
    given_at: datetime


class MastodonAccess:
    """Applications, codes and tokens of the Mastodon server."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._apps: dict[str, _App] = {}
        self._codes: dict[str, _Code] = {}
        self._routes = Routes(
            ("POST", r"/api/v1/apps", lambda request, _: self._register(request)),
            ("GET", r"/api/v1/apps/verify_credentials", lambda request, _: self._verify(request)),
            ("GET", r"/oauth/token/info", lambda request, _: self._info(request)),
            ("GET", r"/oauth/authorize", lambda request, _: self._ask(request)),
            ("POST", r"/oauth/authorize", lambda request, _: self._authorize(request)),
            ("GET", r"/oauth/authorize/native", lambda request, _: self._show(request)),
            ("POST", r"/oauth/token", lambda request, _: self._token(request)),
            ("POST", r"/oauth/revoke", lambda request, _: self._revoke(request)),
            ("GET", r"/oauth/authorized_applications", lambda request, _: self._granted(request)),
            ("POST", r"/oauth/authorized_applications", lambda request, _: self._take_back(request)),
        )

    def answer(self, request: Request) -> Response | None:
        """Answer one request, if it is about access."""
        call = self._routes.find(request)
        return call() if call else None

    def _register(self, request: Request) -> Response:
        given = request.fields
        name, redirect = str(given.get("client_name", "")).strip(), str(given.get("redirect_uris", "")).strip()
        scopes = tuple(str(given.get("scopes") or "read").split())
        if not name:
            return _invalid("Application name can't be blank")
        if not redirect:
            return _invalid("Redirect URI can't be blank")
        if not all(_SCOPE.fullmatch(scope) for scope in scopes):
            return _invalid("Scopes doesn't match configured on the server.")
        website, number = given.get("website"), len(self._apps) + 1
        app = _App(number, name, website, redirect, scopes, secrets.token_urlsafe(32), secrets.token_urlsafe(32))
        self._apps[app.client_id] = app
        secret = {"client_id": app.client_id, "client_secret": app.client_secret, "client_secret_expires_at": 0}
        return json_response(200, _application(app) | secret)

    def _verify(self, request: Request) -> Response:
        grant = self._state.grant("mastodon", request.bearer)
        app = next((app for app in self._apps.values() if grant and app.name == grant.app), None)
        return (
            json_response(200, _application(app))
            if app
            else json_response(401, {"error": "The access token is invalid"})
        )

    def _info(self, request: Request) -> Response:
        account = self._state.account_by_token("mastodon", request.bearer)
        if account is None:
            return json_response(401, {"error": "invalid_request", "error_description": "The access token is invalid"})
        grant = self._state.grant("mastodon", request.bearer)
        read_only = self._state.faults.standing(FaultKind.READ_ONLY, "mastodon", account.id)
        scopes = list(grant.scopes) if grant else ["read", *([] if read_only else ["write"])]
        return json_response(200, {"resource_owner_id": int(account.id), "scope": scopes, "expires_in": None})

    def _ask(self, request: Request) -> Response:
        app, problem = self._asking(request.query)
        if app is None:
            return access_pages.refusal(request, problem)
        scopes = _scopes(request.query)
        hidden = {name: request.query.get(name, "") for name in ("client_id", "redirect_uri", "scope", "response_type")}
        return access_pages.consent(request, self._state.accounts_of("mastodon"), app.name, scopes, hidden)

    def _asking(self, given: Mapping[str, Any]) -> tuple[_App | None, str]:
        app = self._apps.get(str(given.get("client_id")))
        if app is None:
            return None, WORDS["invalid_client"]
        if given.get("redirect_uri") != app.redirect_uri or app.redirect_uri != OUT_OF_BAND:
            return None, WORDS["redirect_uri"]
        if given.get("response_type") != "code" or not set(_scopes(given)) <= set(app.scopes):
            return None, WORDS["invalid_scope"]
        return app, ""

    def _authorize(self, request: Request) -> Response:
        app, problem = self._asking(request.fields)
        account_id = str(request.fields.get("account", ""))
        if app is None or ("mastodon", account_id) not in self._state.accounts:
            return access_pages.refusal(request, problem)
        code = secrets.token_urlsafe(32)
        self._codes[code] = _Code(app.client_id, account_id, _scopes(request.fields), self._state.now())
        return Response(302, headers={"Location": f"/oauth/authorize/native?{urlencode({'code': code})}"})

    def _show(self, request: Request) -> Response:
        return access_pages.code(request, request.query.get("code", ""))

    def _token(self, request: Request) -> Response:
        given = request.fields
        if given.get("grant_type") != "authorization_code":
            return _refused(400, "unsupported_grant_type")
        app = self._known(given)
        if app is None:
            return _refused(401, "invalid_client")
        code = self._codes.pop(str(given.get("code")), None)
        late = code is not None and self._state.now() - code.given_at > CODE_LIFETIME
        if code is None or late or code.client_id != app.client_id or given.get("redirect_uri") != app.redirect_uri:
            return _refused(400, "invalid_grant")
        token = secrets.token_urlsafe(32)
        self._state.grants.add(Grant("mastodon", code.account_id, app.name, token, scopes=code.scopes))
        created = int(self._state.now().timestamp())
        scope = " ".join(code.scopes)
        return json_response(
            200, {"access_token": token, "token_type": "Bearer", "scope": scope, "created_at": created}
        )

    def _known(self, given: Mapping[str, Any]) -> _App | None:
        app = self._apps.get(str(given.get("client_id")))
        return app if app and app.client_secret == given.get("client_secret") else None

    def _revoke(self, request: Request) -> Response:
        if self._known(request.fields) is None:
            return _refused(403, "unauthorized_client")
        self._state.grants.revoke_token("mastodon", str(request.fields.get("token", "")))
        return json_response(200, {})

    def _granted(self, request: Request) -> Response:
        given = [
            (number, grant.platform, self._state.accounts[grant.platform, grant.account_id].display_name, grant.app)
            for number, grant in self._state.grants.numbered()
        ]
        return access_pages.granted(request, given)

    def _take_back(self, request: Request) -> Response:
        number = str(request.fields.get("grant", ""))
        if number.isdigit():
            self._state.grants.revoke(int(number))
        return Response(303, headers={"Location": request.path})


def _scopes(given: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(given.get("scope") or "read").split())


def _application(app: _App) -> dict[str, Any]:
    return {
        "id": str(app.number),
        "name": app.name,
        "website": app.website,
        "scopes": list(app.scopes),
        "redirect_uri": app.redirect_uri,
        "redirect_uris": [app.redirect_uri],
    }


def _invalid(said: str) -> Response:
    return json_response(422, {"error": f"Validation failed: {said}"})


def _refused(status: int, error: str) -> Response:
    return json_response(status, {"error": error, "error_description": WORDS[error]})
