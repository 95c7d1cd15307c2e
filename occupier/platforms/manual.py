"""An account on which a person posts: counts like its network, calls nothing, and reads nothing."""

from __future__ import annotations

from typing import Any

from occupier.domain.action import Verb
from occupier.domain.outcome import Handed, Outcome, Retryable
from occupier.domain.ports import Capabilities, Order
from occupier.platforms.unread import Unread


class Manual(Unread):
    """A person's account on `network`, under the settings' `name`: nobody else can say whose it is."""

    capabilities = Capabilities(frozenset({Verb.PUBLISH}), without_call=True)

    def __init__(self, name: str, network: str, **_unused: Any) -> None:
        super().__init__(name, network)

    def apply(self, order: Order) -> Outcome:
        """Hand it over, if it still may be."""
        return Handed() if order.may_begin() else Retryable("late")
