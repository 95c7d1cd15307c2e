"""Told: the ids of what stands and was told of, noted in the journal, so that each thing is told once."""

from __future__ import annotations

from collections.abc import Set

from occupier.domain.ports import Store, Transaction


def told(tx: Transaction, key: str) -> set[str]:
    """Return what was told of under a key, by whatever process."""
    return set((tx.runtime.get(key) or "").split())


def note_told(store: Store, key: str, before: Set[str], standing: Set[str]) -> None:
    """Note what stands now in the place of what was told of before; nothing is written where it is the same."""
    if standing != before:
        with store.noting() as tx:
            tx.runtime.set(key, " ".join(sorted(standing)) or None)
