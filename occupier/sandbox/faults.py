"""Faults: what a network can do to us, switched on by tests and rehearsals."""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any


class FaultKind(StrEnum):
    """What goes wrong; the comment says which of the fault's parameters count."""

    STATUS = "status"  # status, body, code, retry_after, reset_in, after
    CLOSED = "closed"  # after: the connection ends without a byte
    RESET = "reset"  # after: the same, torn down by a TCP reset
    TRUNCATED = "truncated"  # accepted; half of the answer, then the end
    ERROR_INSIDE = "error_inside"  # after: 200, and the error in the body
    NO_ID = "no_id"  # after: success without an id
    REDIRECT = "redirect"  # after, location: 307 to another place
    SLOW = "slow"  # seconds, after: silence before or after accepting
    DRIP = "drip"  # seconds: this long between the bytes of the answer
    CREDITS = "credits"  # refused: no money left (402)
    PERMISSION = "permission"  # refused: the token may not
    AUTOMATION = "automation"  # refused: looks automated
    TOKEN_REVOKED = "token_revoked"  # reads and writes alike
    VISIBLE_AFTER = "visible_after"  # seconds: the timeline lags behind
    IGNORE_KEY = "ignore_key"  # the idempotency key is not looked at
    DUPLICATES_ALLOWED = "duplicates_allowed"
    DELETED_REMEMBERED = "deleted_remembered"  # the text of a deleted post is a duplicate too
    UNLIMITED = "unlimited"  # no rate limit: for long campaigns
    DEVELOPMENT_MODE = "development_mode"  # accepted, shown to the app's own people only
    LABELLED = "labelled"  # no fault: the account says of itself that it is automated
    EXPIRING = "expiring"  # seconds: the token says that it ends then
    EDITS_REFUSED = "edits_refused"  # posts are made and deleted, none is edited
    READ_ONLY = "read_only"  # the app may read, and not post
    CLOCK_SKEW = "clock_skew"  # seconds: the Date header is wrong by this much


DELAYS = frozenset({FaultKind.SLOW, FaultKind.DRIP})
STANDING = frozenset(
    {
        FaultKind.TOKEN_REVOKED,
        FaultKind.VISIBLE_AFTER,
        FaultKind.IGNORE_KEY,
        FaultKind.DUPLICATES_ALLOWED,
        FaultKind.DELETED_REMEMBERED,
        FaultKind.UNLIMITED,
        FaultKind.DEVELOPMENT_MODE,
        FaultKind.EDITS_REFUSED,
        FaultKind.READ_ONLY,
        FaultKind.LABELLED,
        FaultKind.EXPIRING,
        FaultKind.CLOCK_SKEW,
    }
)
TROUBLES = frozenset(FaultKind) - DELAYS - STANDING


@dataclass(frozen=True)
class Fault:
    """One fault; `times` None means until cleared, `account` None every account of the platform.

    `after` puts the trouble after the network has accepted: the post exists and we are not told.
    `verb` ("write", "read" or "any") is not looked at by the standing kinds (revoked token, lag…).
    `retry_after` and `reset_in` are seconds and become the network's own headers; None: no header.
    `body` is "json", "html" or "empty"; `code` a Graph error code.
    """

    kind: FaultKind
    after: bool = False
    status: int = 503
    body: str = "json"
    code: int | None = None
    retry_after: int | None = None
    reset_in: int | None = None
    seconds: float = 0.0
    location: str | None = None
    times: int | None = None
    verb: str = "write"
    account: str | None = None

    def __post_init__(self) -> None:
        """Refuse what no network could do."""
        object.__setattr__(self, "kind", FaultKind(self.kind))
        if self.verb not in ("write", "read", "any"):
            raise ValueError(f"verb is write, read or any, not {self.verb!r}")
        if self.body not in ("json", "html", "empty"):
            raise ValueError(f"body is json, html or empty, not {self.body!r}")
        if not 200 <= self.status <= 599:
            raise ValueError(f"status is between 200 and 599, not {self.status}")

    @property
    def retry_headers(self) -> dict[str, str]:
        """The header that says when to come again, where it is to be said."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Fault":
        """Read a fault from a control request; ValueError or TypeError when it is none."""
        known = {field.name for field in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise ValueError(f"unknown fault fields: {', '.join(unknown)}")
        return cls(**values)


@dataclass
class _Entry:
    platform: str
    fault: Fault
    left: int | None


class FaultBook:
    """The faults switched on, per platform; each is used up `times` times, first come, first used."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[_Entry] = []

    def add(self, platform: str, fault: Fault) -> None:
        """Switch a fault on."""
        with self._lock:
            self._entries.append(_Entry(platform, fault, fault.times))

    def clear(self, platform: str | None = None) -> None:
        """Switch off every fault, or those of one platform."""
        with self._lock:
            self._entries = [e for e in self._entries if platform is not None and e.platform != platform]

    def take(self, platform: str, account: str | None, verb: str, kinds: Collection[FaultKind]) -> Fault | None:
        """Return the first fault that fits, and count it as used once."""
        with self._lock:
            for entry in self._entries:
                if entry.platform == platform and _fits(entry.fault, account, verb, kinds):
                    self._use(entry)
                    return entry.fault
        return None

    def standing(self, kind: FaultKind, platform: str, account: str | None) -> Fault | None:
        """Return the standing fault of this kind, and count it as used once."""
        return self.take(platform, account, "any", {kind})

    def _use(self, entry: _Entry) -> None:
        if entry.left is None:
            return
        entry.left -= 1
        if entry.left <= 0:
            self._entries.remove(entry)


def _fits(fault: Fault, account: str | None, verb: str, kinds: Collection[FaultKind]) -> bool:
    if fault.kind not in kinds or (fault.account is not None and fault.account != account):
        return False
    return fault.kind in STANDING or fault.verb in ("any", verb)
