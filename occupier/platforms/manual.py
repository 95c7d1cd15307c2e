"""An account on which a person posts: counts like its network, calls nothing, and reads nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from occupier.domain.access import UNTOLD, Access
from occupier.domain.action import Payload, Verb
from occupier.domain.message import Ruler
from occupier.domain.outcome import Handed, Outcome, Retryable
from occupier.domain.ports import Capabilities, Identity, Order
from occupier.domain.reconcile import LookUp, TimelineRead
from occupier.platforms.lengths import FacebookRuler, MastodonRuler, XRuler

RULERS: Mapping[str, Callable[[], Ruler]] = {"mastodon": MastodonRuler, "x": XRuler, "facebook": FacebookRuler}
"""How each network counts, as far as nobody asks its server."""
_CAPABILITIES = Capabilities(frozenset({Verb.PUBLISH}), without_call=True)


class Manual:
    """A person's account on `network`, under the settings' `name`: nobody else can say whose it is."""

    def __init__(self, name: str, network: str, **_unused: Any) -> None:
        self._name = name
        self._ruler = RULERS[network]()

    @property
    def capabilities(self) -> Capabilities:
        """Publishing only, by being handed over."""
        return _CAPABILITIES

    def apply(self, order: Order) -> Outcome:
        """Hand it over, if it still may be."""
        return Handed() if order.may_begin() else Retryable("late")

    def recent(self, since: datetime) -> TimelineRead:
        """Return a timeline that nobody has read."""
        return TimelineRead((), complete=False)

    def look_up(self, post_ids: Sequence[str], *, figures: bool = False) -> LookUp:
        """Find nothing, and say of nothing that it is gone."""
        return LookUp((), frozenset())

    def own_posts(self, since: datetime, until: datetime, pages: int) -> TimelineRead:
        """Return a timeline that nobody has read."""
        return TimelineRead((), complete=False)

    def verify(self) -> Identity:
        """Return the settings' own name."""
        return Identity(self._name, self._name)

    def examine(self, identity: Identity) -> Access:
        """Return nothing: there are no keys."""
        return UNTOLD

    def latest(self, count: int) -> TimelineRead:
        """Return a timeline that nobody has read."""
        return TimelineRead((), complete=False)

    def read_limits(self) -> Mapping[str, int]:
        """Return nothing: the usual lengths count."""
        return {}

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return how the network counts, as far as nobody asks it."""
        return self._ruler

    def cost(self, payload: Payload, verb: Verb = Verb.PUBLISH) -> int:
        """Return nothing."""
        return 0
