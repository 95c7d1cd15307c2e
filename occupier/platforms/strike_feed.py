"""A strike feed: counts like the network that the usual tool posts to; what is put in it is handed to that tool."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from occupier.domain.access import UNTOLD, Access
from occupier.domain.action import Payload, Verb
from occupier.domain.errors import NetworkError
from occupier.domain.message import Ruler
from occupier.domain.outcome import Handed, Outcome, RefusalKind, Refused, Retryable
from occupier.domain.ports import Capabilities, Delivery, Identity, Order
from occupier.domain.reconcile import LookUp, TimelineRead
from occupier.platforms.lengths import FacebookRuler, MastodonRuler, XRuler

_RULERS: Mapping[str, Callable[[], Ruler]] = {"mastodon": MastodonRuler, "x": XRuler, "facebook": FacebookRuler}
_LONGEST_EXCERPT = 200


class StrikeFeed:
    """The feed called `name`, read by a tool that posts to `network`.

    With a `delivery` the whole feed is put somewhere by `write`; to do it again does no harm, so that nothing is ever
    uncertain. Without, who serves the feed reads the journal: there is no call.
    """

    def __init__(
        self,
        name: str,
        network: str,
        *,
        delivery: Delivery | None = None,
        write: Callable[[], None] | None = None,
        **_unused: Any,
    ) -> None:
        self._name = name
        self._ruler = _RULERS[network]()
        self._delivery = delivery
        self._write = write

    @property
    def capabilities(self) -> Capabilities:
        """Putting only; without a call where occupier serves the feed itself."""
        return Capabilities(frozenset({Verb.PUT}), without_call=self._write is None)

    def apply(self, order: Order) -> Outcome:
        """Put the entry in the feed, by writing the whole of it."""
        if not order.may_begin():
            return Retryable("late")
        try:
            if self._write is not None:
                self._write()
        except NetworkError as error:
            excerpt = str(error)[:_LONGEST_EXCERPT]
            if error.kind:
                return Refused(RefusalKind(error.kind), excerpt=excerpt)
            return Retryable("unavailable", excerpt=excerpt)
        return Handed()

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
        """Return the settings' own name, once the place that the feed is put to answers; raises NetworkError."""
        if self._delivery is not None:
            self._delivery.try_out()
        return Identity(self._name, self._name)

    def examine(self, identity: Identity) -> Access:
        """Return nothing: no network's keys are there."""
        return UNTOLD

    def latest(self, count: int) -> TimelineRead:
        """Return a timeline that nobody has read."""
        return TimelineRead((), complete=False)

    def read_limits(self) -> Mapping[str, int]:
        """Return nothing: the usual lengths count."""
        return {}

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return how the tool's network counts, as far as nobody asks it."""
        return self._ruler

    def cost(self, payload: Payload, verb: Verb = Verb.PUBLISH) -> int:
        """Return nothing: what the tool's network costs is its owner's."""
        return 0
