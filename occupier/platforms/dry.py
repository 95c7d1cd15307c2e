"""A network that only pretends: counts like the real one, calls nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from occupier.domain.access import Access
from occupier.domain.action import Payload, Verb
from occupier.domain.message import Ruler
from occupier.domain.outcome import Outcome, Receipt, Retryable
from occupier.domain.ports import Capabilities, Identity, Network, Order
from occupier.domain.reconcile import LookUp, TimelineRead


class Dry:
    """Stands in for `network` under the settings' `name` of the account; no secret is needed.

    `remote_id` is the account's identity where the settings know it (a Facebook page's): another one would be another
    account, and what is decided for this one would wait for ever.
    """

    def __init__(self, network: Network, name: str, remote_id: str | None = None) -> None:
        self._network, self._name = network, name
        self._remote_id = remote_id or f"dry-{name}"

    @property
    def capabilities(self) -> Capabilities:
        """The same as the real one's, but that nothing is ever handed to a person."""
        return replace(self._network.capabilities, without_call=False)

    def apply(self, order: Order) -> Outcome:
        """Pretend that it was sent, if it still may be; the id is the same for the same bytes."""
        if not order.may_begin():
            return Retryable("late")
        return Receipt(f"dry-{order.idempotency_key[:24]}")

    def recent(self, since: datetime) -> TimelineRead:
        """Return an empty timeline, read to its end."""
        return TimelineRead((), complete=True)

    def look_up(self, post_ids: Sequence[str], *, figures: bool = False) -> LookUp:
        """Find nothing: nothing was posted."""
        return LookUp((), frozenset(post_ids))

    def own_posts(self, since: datetime, until: datetime, pages: int) -> TimelineRead:
        """Return an empty timeline, read to its end."""
        return TimelineRead((), complete=True)

    def verify(self) -> Identity:
        """Return the name and the identity that the settings give."""
        return Identity(self._remote_id, self._name)

    def examine(self, identity: Identity) -> Access:
        """Return what the identity tells: nothing is asked."""
        return identity.access

    def latest(self, count: int) -> TimelineRead:
        """Return an empty timeline, read to its end."""
        return TimelineRead((), complete=True)

    def read_limits(self) -> Mapping[str, int]:
        """Return nothing: the usual lengths count."""
        return {}

    def ruler(self, limits: Mapping[str, int]) -> Ruler:
        """Return the real ruler."""
        return self._network.ruler(limits)

    def cost(self, payload: Payload, verb: Verb = Verb.PUBLISH) -> int:
        """Return what it would cost."""
        return self._network.cost(payload, verb)
