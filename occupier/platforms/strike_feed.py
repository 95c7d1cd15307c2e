"""A strike feed: counts like the network that the usual tool posts to; what is put in it is handed to that tool."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from occupier.domain.action import Verb
from occupier.domain.errors import NetworkError
from occupier.domain.outcome import Handed, Outcome, RefusalKind, Refused, Retryable
from occupier.domain.ports import Capabilities, Delivery, Identity, Order
from occupier.platforms.unread import Unread

_LONGEST_EXCERPT = 200


class StrikeFeed(Unread):
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
        super().__init__(name, network)
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

    def verify(self) -> Identity:
        """Return the settings' own name, once the place that the feed is put to answers; raises NetworkError."""
        if self._delivery is not None:
            self._delivery.try_out()
        return super().verify()
