"""What goes out: the accounts on the networks, and the places of strike feeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from occupier.domain.access import UNTOLD, Access
from occupier.domain.action import Payload, Verb
from occupier.domain.message import Ruler
from occupier.domain.outcome import Outcome
from occupier.domain.reconcile import LookUp, TimelineRead
from occupier.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Order:
    """One call to make: `may_begin` is asked just before the first byte; the call ends by `seconds`."""

    verb: Verb
    payload: Payload
    idempotency_key: str
    seconds: float
    may_begin: Callable[[], bool]
    post_id: str | None = None
    """The post that the verb is done to; None where it makes one."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a token belongs to. `notes` are sentences for `check` (an app in development mode, a missing right…)."""

    remote_id: str
    name: str
    url: str | None = None
    notes: tuple[str, ...] = ()
    skew: timedelta | None = None
    access: Access = UNTOLD
    """What the same answer told of the token, without a further call."""
    followers: int | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a network can do.

    `at_once`: how many posts one `look_up` may ask for. `read_microusd`: what reading one post costs, in millionths of
    a US dollar. `without_call`: nothing is called, and nothing can be read: what is claimed is handed to a person in
    the same transaction.
    """

    verbs: frozenset[Verb] = frozenset({Verb.PUBLISH})
    at_once: int = 1
    read_microusd: int = 0
    without_call: bool = False


class Network(Protocol):
    """One account on one network: publisher, timeline, identity and limits."""

    @property
    def capabilities(self) -> Capabilities:
        """What can be asked of it."""

    def apply(self, order: Order) -> Outcome:
        """Make the one call; never raises for what a network does."""

    def recent(self, since: datetime) -> TimelineRead:
        """Read the account's own posts, newest first, down to one older than `since`; raises NetworkError."""

    def look_up(self, post_ids: Sequence[str], *, figures: bool = False) -> LookUp:
        """Read posts by their ids, `at_once` at most; `figures`: how they were answered, never by whom.

        Raises:
            NetworkError: they could not be read.
        """

    def own_posts(self, since: datetime, until: datetime, pages: int) -> TimelineRead:
        """Read the account's own posts of a period, replies and reposts left out, with figures; raises NetworkError."""

    def verify(self) -> Identity:
        """Ask who the token belongs to; raises NetworkError."""

    def examine(self, identity: Identity) -> Access:
        """Ask what the token of an account may do, and until when; raises NetworkError.

        What the network does not answer, or answers to others only, stays None.
        """

    def latest(self, count: int) -> TimelineRead:
        """Read the account's newest posts, whoever made them with whatever, in one call; raises NetworkError."""

    def read_limits(self) -> Mapping[str, int]:
        """Ask for the lengths that the server allows; raises NetworkError. Empty where they are fixed."""

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return how texts are counted, given what `read_limits` brought (or its last known answer)."""

    def cost(self, payload: Payload, verb: Verb = Verb.PUBLISH) -> int:
        """Return what doing this costs, in millionths of a US dollar."""


@runtime_checkable
class Portrayer(Network, Protocol):
    """A network that gives a post whole, as it takes to edit it or to post it again."""

    def snapshot(self, post_id: str) -> Snapshot | None:
        """Read one post whole, as its author wrote it; None where it is not there any more. Raises NetworkError."""


class Delivery(Protocol):
    """Where a whole strike feed is put, so that whoever reads it there never has half of it."""

    def put(self, document: bytes, media_type: str, seconds: float) -> None:
        """Put the document there, in the place of the one before; raises NetworkError."""

    def try_out(self) -> None:
        """Find out whether it could be put there, and change nothing; raises NetworkError."""
