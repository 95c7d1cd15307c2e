"""What the keys of an account allow, as far as its network tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Access:
    """What a network said of a token; None wherever it said nothing.

    Attributes:
        may_post: whether the token may publish.
        lacking: the rights that it lacks, by the network's own names.
        expires_at: when it stops working (aware).
        labelled: whether the account says of itself that it is automated.
        calls_left: how many calls, or how much of a hundred, are left in the network's present window.
        calls_of: of how many.
    """

    may_post: bool | None = None
    lacking: tuple[str, ...] = ()
    expires_at: datetime | None = None
    labelled: bool | None = None
    calls_left: int | None = None
    calls_of: int | None = None


UNTOLD = Access()
