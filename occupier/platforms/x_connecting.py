"""Connecting an account on X with the newsroom's own app: its two keys and a PIN, or all four keys.

Source: docs.x.com/fundamentals/authentication (api-reference: request_token, authorize, access_token; OAuth 1.0a,
PIN-based), docs.x.com/x-api (users/me). `x-access-level` comes with every answer to a signed request: "read",
"read-write" or "read-write-directmessages".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from occupier.domain.connecting import Connected
from occupier.domain.errors import NetworkError, Sentence, UsageError
from occupier.domain.ports import Clock
from occupier.platforms.plain import count
from occupier.platforms.x import SPOKEN_HOST
from occupier.wire.replies import Reply, ask

READ_ONLY = Sentence(
    "This app may only read: nothing can be posted with these keys. At console.x.com, in the app's “User "
    "authentication settings”, choose “Read and write” and save; then connect this account again, since the old keys "
    "stay as they are."
)
NO_CREDIT = Sentence(
    "X takes these keys, but the app has no credit left, and nothing can be posted without: at console.x.com, buy some."
)
PROTECTED = Sentence("The posts of this account are protected: only its followers see them.")


@dataclass(frozen=True)
class _Keys:
    """The four keys; the last two are those of a request until the PIN is there."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    access_token: str = field(default="", repr=False)
    access_token_secret: str = field(default="", repr=False)

    def all(self) -> tuple[str, ...]:
        return astuple(self)


class XConnecting:
    """Leads one person through one account; `begin` may be called again. `api_url` is X's own by default."""

    needs = (
        Sentence(
            "Plan on 30 to 45 minutes the first time, and not in the last hour: X may want to verify an e-mail address "
            "or a phone number on the way."
        ),
        Sentence("The login of the newsroom's account, and its second factor: the page that gives access asks for it."),
        Sentence(
            "A payment card that the assembly agreed on, never your own: X sells credits beforehand, and takes about "
            "0.20 US dollars for a post with a link."
        ),
        Sentence(
            "An app of the newsroom's own at console.x.com, with “Read and write” in its “User authentication "
            "settings”, chosen before its keys are made."
        ),
        Sentence(
            "The automation label: X wants automated accounts to say so, in the account's settings under “Your "
            "account”, “Account information”, “Automation”."
        ),
    )

    def __init__(self, *, clock: Clock, api_url: str = SPOKEN_HOST) -> None:
        self._clock, self._api_url = clock, api_url.rstrip("/")
        self._request: _Keys | None = None

    def begin(self, consumer_key: str, consumer_secret: str) -> str:
        """Ask for a request token, and return the address where the PIN is shown; see `XSteps`."""
        keys = _Keys(*_cleaned(consumer_key, consumer_secret))
        reply = self._token("request_token", keys, callback_uri="oob")
        given = _form(reply)
        if not reply.fine or not given.get("oauth_token"):
            raise _not_begun(reply, keys)
        self._request = _Keys(
            keys.consumer_key, keys.consumer_secret, given["oauth_token"], given.get("oauth_token_secret", "")
        )
        return f"{self._api_url}/oauth/authorize?{urlencode({'oauth_token': given['oauth_token']})}"

    def finish(self, pin: str) -> Connected:
        """Exchange the PIN, and ask whose account it is; see `XSteps`."""
        request, given = self._request, "".join(pin.split())
        if request is None:
            raise UsageError("Nothing was begun: give the app's two keys first.")
        if not (given.isascii() and given.isdigit()):
            raise UsageError("A PIN of X is a row of figures, without anything else: type it as the page shows it.")
        reply = self._token("access_token", request, verifier=given)
        got = _form(reply)
        if not reply.fine or not got.get("oauth_token") or not got.get("oauth_token_secret"):
            raise NetworkError(
                "X does not take this PIN: it serves once, for a few minutes. Begin again, and type the new one."
            ).about("consumer_secret")
        self._request = None
        keys = _Keys(request.consumer_key, request.consumer_secret, got["oauth_token"], got["oauth_token_secret"])
        return self._connected(keys, got.get("screen_name"))

    def with_keys(
        self, consumer_key: str, consumer_secret: str, access_token: str, access_token_secret: str
    ) -> Connected:
        """Take four keys, and ask whose account it is; see `XSteps`."""
        keys = _Keys(*_cleaned(consumer_key, consumer_secret, access_token, access_token_secret))
        if not keys.access_token.partition("-")[0].isdigit():
            raise UsageError(
                "This is not an access token of X: one begins with the account's number and a dash. The “Bearer Token” "
                "and the “Client ID” are other keys."
            )
        return self._connected(keys, None)

    def _token(self, endpoint: str, keys: _Keys, **more: str) -> Reply:
        """Ask for a token. Not through tweepy's handler: it opens sessions of its own, without a deadline."""
        from requests_oauthlib import OAuth1

        signed = OAuth1(
            keys.consumer_key, keys.consumer_secret, keys.access_token or None, keys.access_token_secret or None, **more
        )
        session = self._session()
        return self._ask(lambda: session.post(f"{SPOKEN_HOST}/oauth/{endpoint}", auth=signed))

    def _connected(self, keys: _Keys, known: str | None) -> Connected:
        reply = self._me(keys)
        data = reply.json.get("data") if isinstance(reply.json, dict) else None
        if not reply.fine or not isinstance(data, dict) or not data.get("username"):
            return self._without_credit(reply, keys, known)
        notes = _rights(reply)
        notes += (PROTECTED,) if data.get("protected") is True else ()
        figures = data.get("public_metrics") or {}
        name = str(data["username"])
        return self._made(keys, name, str(data.get("name") or name), count(figures.get("followers_count")), notes)

    def _without_credit(self, reply: Reply, keys: _Keys, known: str | None) -> Connected:
        """Take an account whose name came with the PIN, although the question for its name was not paid for."""
        if reply.status != 402 or known is None:
            raise _not_let_in(reply, keys)
        return self._made(keys, known, known, None, (NO_CREDIT, *_rights(reply)))

    def _made(
        self, keys: _Keys, name: str, shown: str, followers: int | None, notes: tuple[Sentence, ...]
    ) -> Connected:
        settings = {} if self._api_url == SPOKEN_HOST else {"api_url": self._api_url}
        return Connected("x", asdict(keys), settings, f"@{name}", shown, followers, warnings=notes)

    def _me(self, keys: _Keys) -> Reply:
        import tweepy

        client: Any = tweepy.Client(None, *keys.all(), wait_on_rate_limit=False)
        client.session = self._session()
        return self._ask(lambda: client.get_me(user_fields="name,public_metrics,protected"))

    def _ask(self, call: Callable[[], object]) -> Reply:
        return ask(call, "X", self._clock.now())

    def _session(self) -> Any:
        from occupier.wire.session import guarded_session

        return guarded_session(now=self._clock.now, rewrite={SPOKEN_HOST: self._api_url})


def _cleaned(*typed: str) -> list[str]:
    keys = [key.strip() for key in typed]
    if not all(keys) or any(len(key.split()) > 1 for key in keys):
        raise UsageError("A key of X is one word, without a blank: copy each one whole, and on its own.")
    return keys


def _form(reply: Reply) -> dict[str, str]:
    return dict(parse_qsl(reply.body.decode("utf-8", "replace")))


def _rights(reply: Reply) -> tuple[Sentence, ...]:
    return (READ_ONLY,) if reply.headers.get("x-access-level") == "read" else ()


def _not_begun(reply: Reply, keys: _Keys) -> NetworkError:
    if reply.status == 401:
        return NetworkError(
            "X does not know these two keys: copy the “API Key” and the “API Key Secret” again at console.x.com; they "
            "are not the Client ID and its secret."
        ).about("consumer_key")
    return NetworkError(
        "X does not let this app ask for access (HTTP {status}: {excerpt}): at console.x.com, fill in its “User "
        "authentication settings” with “Read and write”, and save.",
        status=reply.status,
        excerpt=reply.said(keys.all()),
    )


def _not_let_in(reply: Reply, keys: _Keys) -> NetworkError:
    if reply.status == 401:
        return NetworkError(
            "X does not accept these four keys: copy each one again at console.x.com, or make new ones there; a new "
            "key ends the old one."
        ).about("consumer_key")
    if reply.status == 402:
        return NetworkError(
            "X takes these keys, but the app has no credit left: buy some at console.x.com, then connect again."
        )
    return NetworkError(
        "X does not let this app read its own account (HTTP {status}): {excerpt}",
        status=reply.status,
        excerpt=reply.said(keys.all()),
    )
