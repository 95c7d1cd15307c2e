"""Accounts on which occupier reads nothing: a tool or a person outside has them, and keeps their keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from occupier.domain.access import UNTOLD, Access
from occupier.domain.action import Payload, Verb
from occupier.domain.message import Ruler
from occupier.domain.ports import Identity
from occupier.domain.reconcile import LookUp, TimelineRead
from occupier.platforms.lengths import RULERS

_UNSEEN = TimelineRead((), complete=False)


class Unread:
    """Answers what an account is asked, without asking anybody: it counts like `network`, and knows of no post."""

    def __init__(self, name: str, network: str) -> None:
        self._name = name
        self._ruler = RULERS[network]()

    def recent(self, since: datetime) -> TimelineRead:
        """Return a timeline that nobody has read."""
        return _UNSEEN

    def look_up(self, post_ids: Sequence[str], *, figures: bool = False) -> LookUp:
        """Find nothing, and say of nothing that it is gone."""
        return LookUp((), frozenset())

    def own_posts(self, since: datetime, until: datetime, pages: int) -> TimelineRead:
        """Return a timeline that nobody has read."""
        return _UNSEEN

    def latest(self, count: int) -> TimelineRead:
        """Return a timeline that nobody has read."""
        return _UNSEEN

    def verify(self) -> Identity:
        """Return the settings' own name."""
        return Identity(self._name, self._name)

    def examine(self, identity: Identity) -> Access:
        """Return nothing: there are no keys."""
        return UNTOLD

    def read_limits(self) -> Mapping[str, int]:
        """Return nothing: the usual lengths count."""
        return {}

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return how the network counts, as far as nobody asks it."""
        return self._ruler

    def cost(self, payload: Payload, verb: Verb = Verb.PUBLISH) -> int:
        """Return nothing: what the network costs is for whoever posts there."""
        return 0
