"""Who visits: an opaque cookie, what it was given the right to, and the token that proves a form is ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.requests import Request

if TYPE_CHECKING:
    from occupier.bootstrap import House
    from occupier.speech import Language

LASTS = 12 * 3600.0
"""Seconds after which one logs in again, whatever one did in between."""
IDLE = 2 * 3600.0
_BYTES = 32
KEY_LENGTH = 43
"""Characters of a key: its bytes in base64 without padding."""
MOST = 1000
"""Sessions, and visitors with something to be told, that are remembered; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a login gave: `mark` is of the secret that was typed, so that a new secret ends the sessions of the old."""

    right: str
    mark: str
    since: float
    seen: float


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's visitor. `csrf` goes into every form, as the field `csrf`."""

    key: str = field(repr=False)
    language: Language
    may_read: bool
    may_write: bool
    logged_in: bool
    csrf: str = field(repr=False)


class Sessions:
    """The sessions of this process, in memory: a restart logs everyone out.

    Args:
        monotonic: seconds that never jump.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._pepper = secrets.token_bytes(32)
        self._grants: OrderedDict[str, Grant] = OrderedDict()
        self._notices: OrderedDict[str, list[str]] = OrderedDict()
        self._turn = threading.Lock()

    def begin(self, right: str, mark: str) -> str:
        """Grant a right; return the key for the cookie, a new one at every login."""
        key = new_key()
        self.admit(key, right, mark)
        return key

    def admit(self, key: str, right: str, mark: str) -> Grant:
        """Grant a right to a key that somebody else made."""
        now = self._monotonic()
        grant = Grant(right, mark, now, now)
        with self._turn:
            _keep(self._grants, _hidden(key), grant)
        return grant

    def grant(self, key: str) -> Grant | None:
        """Return what a key still gives; looking keeps an idle session alive."""
        name, now = _hidden(key), self._monotonic()
        with self._turn:
            found = self._grants.get(name)
            if found is None:
                return None
            if now - found.since >= LASTS or now - found.seen >= IDLE:
                del self._grants[name]
                return None
            self._grants[name] = Grant(found.right, found.mark, found.since, now)
            return found

    def end(self, key: str) -> None:
        """Forget a session and what it was to be told."""
        with self._turn:
            self._grants.pop(_hidden(key), None)
            self._notices.pop(_hidden(key), None)

    def csrf(self, key: str) -> str:
        """Return the token of a visitor's forms."""
        return hmac.new(self._pepper, key.encode(), hashlib.sha256).hexdigest()

    def is_ours(self, key: str, token: str) -> bool:
        """Say whether a form's token is that visitor's, in constant time."""
        return hmac.compare_digest(self.csrf(key).encode(), token.encode())

    def notice(self, key: str, text: str) -> None:
        """Keep a sentence for the next page that this visitor sees."""
        with self._turn:
            _keep(self._notices, _hidden(key), [*self._notices.get(_hidden(key), []), text][-5:])

    def notices(self, key: str) -> list[str]:
        """Return what was kept for this visitor, once."""
        with self._turn:
            return self._notices.pop(_hidden(key), [])


def new_key() -> str:
    """Return a key that nobody can guess."""
    return secrets.token_urlsafe(_BYTES)


def visit_of(request: Request) -> Visit:
    """Return who makes this request."""
    found: Visit = request.scope["occupier.visit"]
    return found


def house_of(request: Request) -> House:
    """Return the services."""
    found: House = request.app.state.house
    return found


def notify(request: Request, text: str) -> None:
    """Have the next page say this sentence."""
    request.app.state.sessions.notice(visit_of(request).key, text)


def _hidden(key: str) -> str:
    # what is in memory, or in a dump of it, opens nothing
    return hashlib.sha256(key.encode()).hexdigest()


def _keep(where: OrderedDict[str, Any], name: str, value: object) -> None:
    where[name] = value
    where.move_to_end(name)
    while len(where) > MOST:
        where.popitem(last=False)
