"""Spending: which day a budget is of, and since when it counts."""

from __future__ import annotations

from datetime import UTC, datetime, time

from occupier.domain.ports import Transaction
from occupier.domain.setup import Setup

RESUMED = "resumed:"
"""The journal's note, by account, of when a person last resumed it."""


def resumed_at(tx: Transaction, target_id: int) -> datetime:
    """Return when a person last resumed an account: its budget of the day begins anew from then."""
    at = tx.runtime.get(f"{RESUMED}{target_id}")
    return datetime.fromisoformat(at) if at else datetime.min.replace(tzinfo=UTC)


def day_start(now: datetime, setup: Setup) -> datetime:
    """Return when the present day began in the settings' zone."""
    today = now.astimezone(setup.zone).date()
    return datetime.combine(today, time(), setup.zone)
