"""Logging in: two secrets for two rights, tries that are rationed, and what is open where no secret is set."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from occupier.speech import gettext as _
from occupier.speech import ngettext
from occupier.web.forms import back_of, form_of
from occupier.web.passwords import READ, WRITE, Passwords
from occupier.web.render import page
from occupier.web.sessions import Grant, Sessions, visit_of

FREE_TRIES = 4
LONGEST_WAIT = 60.0
BUSY = 1.0
"""Seconds to wait where somebody else's secret is being tried at this very moment."""
REFUSED_KEPT = 100
"""Secrets of programs that were wrong, remembered so that each counts as one try."""
FORGIVEN_AFTER = 900.0
"""Seconds without a wrong try after which the first ones are free again."""


class Doorkeeper:
    """Says who may what.

    The tries of everybody together are rationed, for behind a proxy one cannot tell who tries; whoever is logged in
    is not disturbed by that.
    """

    def __init__(
        self, passwords: Passwords, sessions: Sessions, monotonic: Callable[[], float], *, home_only: bool
    ) -> None:
        self.passwords = passwords
        self.sessions = sessions
        self._monotonic = monotonic
        self._home_only = home_only
        self._turn = threading.Lock()
        self._failures = 0
        self._failed_at = -math.inf
        self._refused: deque[tuple[str, tuple[str, ...]]] = deque(maxlen=REFUSED_KEPT)

    @property
    def is_open(self) -> bool:
        """Whether everything is open: on loopback, as long as no secret is set."""
        return self._home_only and not (self.passwords.is_set(READ) or self.passwords.is_set(WRITE))

    def rights(self, grant: Grant | None) -> tuple[bool, bool]:
        """Return whether one may read, and act."""
        if self.is_open:
            return True, True
        right = grant.right if grant and self.passwords.is_current(grant.right, grant.mark) else None
        reading_is_open = self._home_only and not self.passwords.is_set(READ)
        return right is not None or reading_is_open, right == WRITE

    def wait(self) -> float:
        """Return the seconds until a secret may be tried."""
        spent = self._failures - FREE_TRIES
        if spent < 0:
            return 0.0
        return max(0.0, self._failed_at + min(LONGEST_WAIT, 2.0**spent) - self._monotonic())

    def attempt(self, secret: str) -> tuple[str, str] | float | None:
        """Try a secret: the right that it gives with its mark, None if none, or the seconds to wait before trying."""
        # one at a time: tries in parallel would be as many free ones, and each takes 32 MiB; nobody waits in line, for
        # a crowd of them would keep the threads from those who are logged in
        if not self._turn.acquire(blocking=False):
            return BUSY
        try:
            return self.wait() or self._tried(secret)
        finally:
            self._turn.release()

    def bearer(self, secret: str) -> Grant | float | None:
        """Return what a program's secret gives, None if nothing, or the seconds to wait before trying.

        It is tried once, as at a login, and then known for as long as a session lasts.
        """
        name = f"bearer {self.sessions.csrf(secret)}"
        known = self.sessions.grant(name)
        if known is not None and self.passwords.is_current(known.right, known.mark):
            return known
        if (name, self.passwords.marks()) in self._refused:  # who goes on with an old secret locks nobody out
            return None
        answer = self.attempt(secret)
        if answer is None:
            self._refused.append((name, self.passwords.marks()))
        return self.sessions.admit(name, *answer) if isinstance(answer, tuple) else answer

    def _tried(self, secret: str) -> tuple[str, str] | None:
        found, now = self.passwords.matching(secret), self._monotonic()
        if found:
            self._failures = 0
        else:
            self._failures = 1 if now - self._failed_at > FORGIVEN_AFTER else self._failures + 1
            self._failed_at = now
        return found


def show(request: Request) -> Response:
    """Show the form."""
    return _form(request)


def log_in(request: Request) -> Response:
    """Try the secret, and begin a session with a new key."""
    keeper: Doorkeeper = request.app.state.doorkeeper
    form = form_of(request)
    answer = keeper.attempt(form.get("secret", ""))
    if isinstance(answer, float):
        seconds = math.ceil(answer)
        text = ngettext("Too many wrong secrets: try again in {n} second.",
                        "Too many wrong secrets: try again in {n} seconds.", seconds)  # fmt: skip
        return _form(request, text.format(n=seconds), 429, {"Retry-After": str(seconds)})
    if answer is None:
        return _form(request, _("This is not the secret."), 403)
    keeper.sessions.end(visit_of(request).key)
    request.scope["occupier.new_key"] = keeper.sessions.begin(*answer)
    return RedirectResponse(back_of(form), 303)


def log_out(request: Request) -> Response:
    """End the session."""
    keeper: Doorkeeper = request.app.state.doorkeeper
    keeper.sessions.end(visit_of(request).key)
    request.scope["occupier.new_key"] = ""
    return RedirectResponse("/login", 303)


def _form(request: Request, problem: str = "", code: int = 200, headers: dict[str, str] | None = None) -> Response:
    back = back_of({"back": request.query_params.get("back", "")} if request.method != "POST" else form_of(request))
    response = page(request, "login.html", code=code, problem=problem, back=back)
    response.headers.update(headers or {})
    return response


LOGIN = [
    Route("/login", show, methods=["GET"], name="login"),
    Route("/login", log_in, methods=["POST"]),
    Route("/logout", log_out, methods=["POST"], name="logout"),
]
