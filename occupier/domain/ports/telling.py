"""What people are told, and the accounts that are kept for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from occupier.domain.errors import Sentence
from occupier.domain.findings import Findings


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to tell whoever watches: a stable kind, a sentence, and whether a person is needed.

    `attached` is the path of a file that goes with it, where what tells can carry one.
    """

    kind: str
    sentence: Sentence
    serious: bool = False
    attached: str | None = None


class Notices(Protocol):
    """Where notices go: the daemon's log, and later a phone."""

    def tell(self, notice: Notice) -> None:
        """Tell it; never raises."""


class Reports(Protocol):
    """Where the account of a strike is put, for whoever asks for it later."""

    def keep(self, found: Findings) -> str:
        """Write it whole or not at all, and return where it is; raises FailedError."""
