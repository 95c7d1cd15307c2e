"""What became of one attempt: it is there, somebody else has it, or one of three sorts of failure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RefusalKind(StrEnum):
    """Why a network said no."""

    DUPLICATE = "duplicate"
    CREDENTIALS = "credentials"
    PERMISSION = "permission"
    CONTENT = "content"
    MONEY = "money"
    AUTOMATION = "automation"
    UNKNOWN = "unknown"
    GONE = "gone"


#: Kinds that say something about the account, not about this content: the lane stops, the action may go later.
LANE_KINDS = frozenset({RefusalKind.CREDENTIALS, RefusalKind.PERMISSION, RefusalKind.MONEY, RefusalKind.AUTOMATION})
#: Those of them that stop the lane where a reading met them: who may not read may still be allowed to post.
READING_KINDS = LANE_KINDS - {RefusalKind.PERMISSION}


@dataclass(frozen=True, slots=True)
class Receipt:
    """The network accepted, and gave the post an id."""

    id: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """A tool or a person outside has it: what they do with it cannot be seen."""


@dataclass(frozen=True, slots=True)
class Retryable:
    """Surely unsent. `not_before` (aware) when the network named an instant.

    `reason` is a stable id: connect, dns, tls, late (past the strike's end or the claim too old), throttled,
    unavailable.
    """

    reason: str
    not_before: datetime | None = None
    http_status: int | None = None
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The network said no, with its own error body: surely unsent."""

    kind: RefusalKind
    http_status: int | None = None
    excerpt: str = ""


@dataclass(frozen=True, slots=True)
class Uncertain:
    """Something went wrong after the first byte: it may be posted."""

    reason: str
    http_status: int | None = None
    excerpt: str = ""


Outcome = Receipt | Handed | Retryable | Refused | Uncertain
