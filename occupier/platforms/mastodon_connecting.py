"""Connecting an account of a Mastodon server, through Mastodon.py: the server's name, then a pasted code.

Source: docs.joinmastodon.org/methods/apps, /methods/oauth, /api/oauth-scopes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from occupier.domain.connecting import Connected, revoking
from occupier.domain.errors import NetworkError, Sentence, UsageError
from occupier.domain.ports import Clock
from occupier.platforms.mastodon import SPOKEN_VERSION
from occupier.platforms.mastodon_server import server_address
from occupier.platforms.plain import count
from occupier.wire.flight import CALL_SECONDS
from occupier.wire.replies import Reply, ask

if TYPE_CHECKING:
    import mastodon

APP_NAME = "occupier"
SCOPES = ("read:accounts", "read:statuses", "write:statuses")
"""Whose token it is; finding a post again; publishing and deleting: nothing else is done."""
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
"""The code is shown for copying, not sent to an address (methods/oauth, redirect_uri)."""


@dataclass(frozen=True)
class _App:
    client_id: str
    client_secret: str = field(repr=False)


class MastodonConnecting:
    """Leads one person through one account; `begin` may be called again."""

    needs = (
        Sentence("Two minutes: the name of the server, and a browser in which you are logged in as this account."),
        Sentence(
            "The server is asked for three rights, no more: to know which account it is, to read its posts again, "
            "to publish and delete."
        ),
    )

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._server = ""
        self._apps: dict[str, _App] = {}
        self._token: str | None = None

    def begin(self, server: str) -> str:
        """Register the app there, once, and return the address where the code is shown; see `MastodonSteps`."""
        self._server = server_address(server)
        app = self._apps.get(self._server) or self._register()
        self._apps[self._server] = app
        # Not the library's: it writes `force_login=False`, which Mastodon takes for true.
        asked = {
            "client_id": app.client_id,
            "redirect_uri": OUT_OF_BAND,
            "response_type": "code",
            "scope": " ".join(SCOPES),
        }
        return f"{self._server}/oauth/authorize?{urlencode(asked)}"

    def finish(self, code: str) -> Connected:
        """Exchange the pasted code, and ask whose account it is; see `MastodonSteps`."""
        given = _code(code)
        client = self._client()
        reply = self._ask(lambda: client.log_in(code=given, scopes=list(SCOPES), allow_http=True))
        token = _text(reply, "access_token")
        if not token:
            raise NetworkError(
                "{host} does not take this code: it serves once, for ten minutes. Open the address again, "
                "and copy the new code whole.",
                host=self._host,
            )
        self._token = token
        return self._connected(token)

    def discard(self) -> None:
        """Give the token of the last `finish` back; see `MastodonSteps`."""
        token, self._token = self._token, None
        if token is None:
            return
        client = self._client(token)
        reply = self._ask(lambda: client.revoke_access_token(allow_http=True))
        if not reply.fine:
            raise NetworkError(
                "{host} did not take the access back: do it yourself, at {address}.",
                host=self._host,
                address=revoking("mastodon", self._host),
            )

    @property
    def _host(self) -> str:
        return urlsplit(self._server).netloc

    def _ask(self, call: Callable[[], object]) -> Reply:
        return ask(call, self._host, self._clock.now())

    def _register(self) -> _App:
        reply = self._ask(lambda: self._library().create_app(
            APP_NAME, scopes=list(SCOPES), redirect_uris=OUT_OF_BAND, api_base_url=self._server,
            session=self._session(), request_timeout=CALL_SECONDS,
        ))  # fmt: skip
        app = _App(_text(reply, "client_id"), _text(reply, "client_secret"))
        if app.client_id and app.client_secret:
            return app
        if reply.status in (401, 403, 422) and _text(reply, "error"):
            raise NetworkError(
                "{host} lets no new app in ({excerpt}): ask the people who run this server.",
                host=self._host,
                excerpt=reply.said(),
            )
        raise NetworkError(
            "{host} does not answer as a Mastodon server does: type the name that the browser shows when you read "
            "the account there.",
            host=self._host,
        )

    def _connected(self, token: str) -> Connected:
        client = self._client(token)
        reply = self._ask(lambda: client.account_verify_credentials())
        name = _text(reply, "acct") or _text(reply, "username")
        if not reply.fine or not name:
            raise NetworkError(
                "{host} gave an access, but does not let this account in (HTTP {status}): {excerpt}",
                host=self._host,
                status=reply.status,
                excerpt=reply.said((token,)),
            )
        return Connected(
            "mastodon",
            {"access_token": token},
            {"server": self._server},
            f"@{name}@{self._host}",
            _text(reply, "display_name") or name,
            count(reply.json.get("followers_count")),
        )

    def _client(self, token: str | None = None) -> mastodon.Mastodon:
        app = self._apps.get(self._server)
        if app is None:
            raise UsageError("Nothing was begun: give the name of the server first.")
        return self._library()(
            client_id=app.client_id,
            client_secret=app.client_secret,
            access_token=token,
            api_base_url=self._server,
            session=self._session(),
            ratelimit_method="throw",
            request_timeout=CALL_SECONDS,
            version_check_mode="none",
            mastodon_version=SPOKEN_VERSION,
        )

    @staticmethod
    def _library() -> type[mastodon.Mastodon]:
        import mastodon

        return mastodon.Mastodon

    def _session(self) -> Any:
        from occupier.wire.session import guarded_session

        return guarded_session(now=self._clock.now)


def _text(reply: Reply, name: str) -> str:
    found = reply.json.get(name) if isinstance(reply.json, dict) else None
    return found if isinstance(found, str) else ""


def _code(pasted: str) -> str:
    """Return the code, also out of the address of the page that shows it."""
    given = "".join(pasted.split())
    return parse_qs(urlsplit(given).query).get("code", [given])[0]
