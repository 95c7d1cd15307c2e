"""The gate: every request passes here before a page sees it, and every answer on its way out."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Iterable
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from occupier.domain.errors import Sentence
from occupier.speech import gettext, language, speaking
from occupier.web.answers import STATIC, Answer, place
from occupier.web.forms import form_of
from occupier.web.peers import is_foreign
from occupier.web.refusals import refusal
from occupier.web.sessions import KEY_LENGTH, Visit, new_key

if TYPE_CHECKING:
    from occupier.speech import Language
    from occupier.web.login import Doorkeeper

_log = logging.getLogger("occupier.web")

LARGEST_BODY = 64 * 1024
SLOWEST_BODY = 10.0
"""Seconds in which a form must have arrived."""
_UNLOCKED = ("/login", "/logout", "/favicon.ico")

_ELSEWHERE = Sentence("This address does not lead here: use the one that occupier serve printed.")
_IN_CLEAR = Sentence("This page is served through https only.")
_NOT_YOURS = Sentence("This page is for the user of this machine who started it: others need a secret to be set.")
_TOO_LARGE = Sentence("This is more than a form holds.")
_NOT_A_FORM = Sentence("Only forms can be posted here.")
_FORGED = Sentence("This did not come from a page of ours, or the page is an old one: reload it and try again.")
_READ_ONLY = Sentence("This needs the secret for acting: log in with it.")
_UNEXPECTED = Sentence("Something unexpected went wrong. Nothing more is known here; the machine's own log says what.")
_LOG_IN = Sentence("Log in first.")


class Gate:
    """Lets a request through if host, https, size, origin, token and right are as they must be.

    Args:
        app: what is behind.
        hosts: the values of `Host` that are answered.
        https: whether it stands behind a server that speaks https.
        doorkeeper: says who may what.
    """

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], https: bool, doorkeeper: Doorkeeper) -> None:
        self._app = app
        self._hosts = hosts
        self._https = https
        self._doorkeeper = doorkeeper
        prefix = "__Host-" if https else ""
        self._key_cookie, self._language_cookie = f"{prefix}occupier", f"{prefix}occupier-lang"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        answer = Answer(scope, send, self._cookies)
        cookies = _cookies(Headers(scope=scope))
        asked = cookies.get(self._language_cookie, "")
        spoken: Language = "en" if asked == "en" else "fr" if asked == "fr" else language()
        with speaking(spoken):
            try:
                await self._guarded(scope, receive, answer, cookies, spoken)
            except Exception as error:
                # no traceback: it would hold values, and its place is not a page
                _log.error("%s %s: %s", scope["method"], place(scope), type(error).__name__)
                if not answer.begun:
                    await _plain(500, _UNEXPECTED)(scope, receive, answer)

    async def _guarded(
        self, scope: Scope, receive: Receive, send: Send, cookies: dict[str, str], spoken: Language
    ) -> None:
        headers = Headers(scope=scope)
        refused = self._refused_at_the_door(scope, headers)
        if refused is None:
            scope["occupier.visit"] = self._visit(cookies.get(self._key_cookie, ""), scope, spoken)
            refused = await self._refused_program(scope, headers)
        if refused is None:
            refused = await self._refused_inside(Request(scope), headers, receive)
        await (refused or self._app)(scope, receive, send)

    def _refused_at_the_door(self, scope: Scope, headers: Headers) -> Response | None:
        if headers.getlist("host") != [headers.get("host", "")] or headers.get("host", "").lower() not in self._hosts:
            return _plain(421, _ELSEWHERE)
        if self._https and headers.getlist("x-forwarded-proto") != ["https"]:
            return _plain(403, _IN_CLEAR)
        if self._doorkeeper.is_open and is_foreign(scope.get("client"), scope.get("server")):
            return _plain(403, _NOT_YOURS)
        if scope["method"] not in ("GET", "HEAD", "POST"):
            return _plain(405, _NOT_A_FORM, {"Allow": "GET, HEAD, POST"})
        return None

    def _visit(self, key: str, scope: Scope, spoken: Language) -> Visit:
        if not _is_key(key):
            key = scope["occupier.new_key"] = new_key()
        sessions = self._doorkeeper.sessions
        grant = sessions.grant(key)
        may_read, may_write = self._doorkeeper.rights(grant)
        return Visit(key, spoken, may_read, may_write, grant is not None, sessions.csrf(key))

    async def _refused_program(self, scope: Scope, headers: Headers) -> Response | None:
        """Let a program read with the secret that it shows; it never acts, for its word would come without a token."""
        visit: Visit = scope["occupier.visit"]
        kind, _blank, secret = headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or scope["method"] == "POST":
            return None
        scope.pop("occupier.new_key", None)
        if visit.may_read:
            return None
        found = await run_in_threadpool(self._doorkeeper.bearer, secret.strip())
        if isinstance(found, float):
            seconds = str(math.ceil(found))
            return refusal(Request(scope), 429, Sentence("Too many tries: come again in {n} s.", {"n": seconds}),
                           {"Retry-After": seconds})  # fmt: skip
        may_read, _may_write = self._doorkeeper.rights(found)
        scope["occupier.visit"] = replace(visit, may_read=may_read)
        return None

    async def _refused_inside(self, request: Request, headers: Headers, receive: Receive) -> Response | None:
        if request.method == "POST":
            return await self._refused_form(request, headers, receive)
        visit: Visit = request.scope["occupier.visit"]
        path = request.url.path
        if not (visit.may_read or path in _UNLOCKED or path.startswith(STATIC)):
            return self._to_login(request)
        return _switched(request) if request.method == "GET" and "lang" in request.query_params else None

    async def _refused_form(self, request: Request, headers: Headers, receive: Receive) -> Response | None:
        if not self._is_from_here(headers):
            return refusal(request, 403, _FORGED)
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
            return refusal(request, 415, _NOT_A_FORM)
        body = await _body(headers, receive)
        if body is None:
            return refusal(request, 413, _TOO_LARGE)
        request.scope["occupier.body"] = body
        visit: Visit = request.scope["occupier.visit"]
        if not self._doorkeeper.sessions.is_ours(visit.key, form_of(request).get("csrf", "")):
            return refusal(request, 403, _FORGED)
        if not visit.may_write and request.url.path not in _UNLOCKED:
            return refusal(request, 403, _READ_ONLY)
        return None

    def _is_from_here(self, headers: Headers) -> bool:
        """Believe what the browser says of the page that posts; one that says nothing has the token to show."""
        origin, site = headers.get("origin"), headers.get("sec-fetch-site")
        scheme = "https" if self._https else "http"
        known = origin is None or origin.lower() == f"{scheme}://{headers['host'].lower()}"
        return known and site in (None, "same-origin")

    def _to_login(self, request: Request) -> Response:
        if request.url.path.startswith("/api/"):
            return refusal(request, 401, _LOG_IN, {"WWW-Authenticate": "Bearer"})
        query = f"?{request.url.query}" if request.url.query else ""
        address = f"/login?{urlencode({'back': request.url.path + query})}"
        if "hx-request" in request.headers:  # a part of a page was asked for: the whole of it goes to the form
            return Response(status_code=401, headers={"HX-Redirect": address})
        return RedirectResponse(address, 303)

    def _cookies(self, scope: Scope) -> Iterable[str]:
        attributes = "; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if self._https else "")
        if "occupier.new_key" in scope:
            key = scope["occupier.new_key"]
            yield f"{self._key_cookie}={key}{attributes}" + ("" if key else "; Max-Age=0")
        if "occupier.language" in scope:
            yield f"{self._language_cookie}={scope['occupier.language']}{attributes}; Max-Age=31536000"


def _switched(request: Request) -> Response:
    """Keep the language that was chosen, and come back to the address without it."""
    asked = request.query_params["lang"]
    if asked in ("fr", "en"):
        request.scope["occupier.language"] = asked
    query = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "lang"])
    path = "/" + request.url.path.lstrip("/")  # two slashes would be another host
    return RedirectResponse(f"{path}?{query}" if query else path, 303)


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    """Return a form's bytes, None if they are too many or too slow."""
    length = headers.get("content-length", "")
    if length and not (length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= LARGEST_BODY):
        return None
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            return await _received(receive)
    except TimeoutError:
        return None


async def _received(receive: Receive) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY or message["type"] == "http.disconnect":
            return None
        if not message.get("more_body"):
            return bytes(body)


def _cookies(headers: Headers) -> dict[str, str]:
    jar: SimpleCookie = SimpleCookie()
    try:
        jar.load(headers.get("cookie", ""))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _is_key(key: str) -> bool:
    return len(key) == KEY_LENGTH and key.isascii() and key.replace("-", "").replace("_", "").isalnum()


def _plain(code: int, sentence: Sentence, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(gettext(sentence.text) + "\n", code, headers)
