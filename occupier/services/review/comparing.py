"""Compare: how strike posts were answered beside ordinary ones, from what the journal has."""

from __future__ import annotations

from collections.abc import Iterator

from occupier.domain.action import Purpose
from occupier.domain.metrics import Age, Comparison, Measured, medians
from occupier.domain.ports import Transaction
from occupier.domain.strike import Strike


def compared(tx: Transaction, strike: Strike) -> Iterator[Measured]:
    """Yield the accounts of which something is known under a strike."""
    first = _first_period(tx, strike)
    for target in tx.targets.all():
        ours, usual = tx.metrics.figures(strike.id, target.id), tx.metrics.figures(first.id, target.id)
        counts = tx.metrics.outcomes(strike.id, target.id)
        if not ours and not counts:
            continue
        ages = tuple(
            Comparison(
                age,
                medians(ours.get((Purpose.STRIKE, age), ())),
                medians(usual.get((Purpose.ORDINARY, age), ())),
            )
            for age in Age
        )
        known = {word: counts.get(word, 0) for word in ("due", "gone", "late")}
        yield Measured(target.name, target.platform, ages, **known)


def _first_period(tx: Transaction, strike: Strike) -> Strike:
    """Return the strike that this one renews, or itself: ordinary posts are those before the first day."""
    while strike.renews is not None:
        strike = tx.strikes.get(strike.renews)
    return strike
