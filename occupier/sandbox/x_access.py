"""How an application gets access to an account on X, with a PIN.

Source: docs.x.com/fundamentals/authentication/api-reference (request_token, authorize, access_token); RFC 5849, 2.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from occupier.sandbox import access_pages, oauth
from occupier.sandbox.exchange import Request, Response, json_response
from occupier.sandbox.grants import Grant
from occupier.sandbox.network import Routes
from occupier.sandbox.state import State

APP = "occupier"
NO_TOKEN = (
    "The request token for this page is invalid. It may have already been used, or expired because it is too old."
)
BAD_PIN = "Error processing your OAuth request: Invalid oauth_verifier parameter"


@dataclass(frozen=True)
class _Pending:
    token: str
    secret: str = field(repr=False)
    account_id: str | None = None
    pin: str | None = field(default=None, repr=False)


class XAccess:
    """Request tokens, PINs and access tokens."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._pending: dict[str, _Pending] = {}
        self._routes = Routes(
            ("POST", r"/x/oauth/request_token", lambda request, _: self._request_token(request)),
            ("GET", r"/x/oauth/authorize", lambda request, _: self._ask(request)),
            ("POST", r"/x/oauth/authorize", lambda request, _: self._authorize(request)),
            ("POST", r"/x/oauth/access_token", lambda request, _: self._access_token(request)),
        )

    def answer(self, request: Request) -> Response | None:
        """Answer one request, if it is about access."""
        call = self._routes.find(request)
        return call() if call else None

    def _request_token(self, request: Request) -> Response:
        given = oauth.parameters(request)
        if not self._signed(request, given, ""):
            return _unknown_keys()
        if given.get("oauth_callback") != "oob":
            return json_response(403, {"errors": [{"code": 415, "message": "Callback URL not approved for this client "
                "application. Approved callback URLs can be adjusted in your application settings"}]})  # fmt: skip
        pending = _Pending(secrets.token_urlsafe(20), secrets.token_urlsafe(24))
        self._pending[pending.token] = pending
        return _form({
            "oauth_token": pending.token, "oauth_token_secret": pending.secret, "oauth_callback_confirmed": "true",
        })  # fmt: skip

    def _ask(self, request: Request) -> Response:
        token = request.query.get("oauth_token", "")
        if token not in self._pending:
            return access_pages.refusal(request, NO_TOKEN)
        return access_pages.consent(request, self._state.accounts_of("x"), APP, (), {"oauth_token": token})

    def _authorize(self, request: Request) -> Response:
        pending = self._pending.get(str(request.fields.get("oauth_token", "")))
        account_id = str(request.fields.get("account", ""))
        if pending is None or ("x", account_id) not in self._state.accounts:
            return access_pages.refusal(request, NO_TOKEN)
        pin = f"{secrets.randbelow(10**7):07}"
        self._pending[pending.token] = replace(pending, account_id=account_id, pin=pin)
        return access_pages.code(request, pin)

    def _access_token(self, request: Request) -> Response:
        given = oauth.parameters(request)
        pending = self._pending.get(given.get("oauth_token", ""))
        if pending is None or not self._signed(request, given, pending.secret):
            return _unknown_keys()
        if pending.pin is None or pending.account_id is None or given.get("oauth_verifier") != pending.pin:
            return Response(401, BAD_PIN.encode(), "text/html; charset=utf-8")
        del self._pending[pending.token]
        token, secret = f"{pending.account_id}-{secrets.token_urlsafe(30)}", secrets.token_urlsafe(33)
        self._state.grants.add(Grant("x", pending.account_id, APP, token, secret))
        name = self._state.accounts["x", pending.account_id].name
        return _form({
            "oauth_token": token, "oauth_token_secret": secret, "user_id": pending.account_id, "screen_name": name,
        })  # fmt: skip

    def _signed(self, request: Request, given: dict[str, str], token_secret: str) -> bool:
        keys = oauth.Secrets(self._state.consumer_key, self._state.consumer_secret, token_secret)
        return oauth.verified(request, keys, given)


def _unknown_keys() -> Response:
    return json_response(401, {"errors": [{"code": 32, "message": "Could not authenticate you."}]})


def _form(values: Mapping[str, str]) -> Response:
    return Response(200, urlencode(values).encode(), "text/html; charset=utf-8")
