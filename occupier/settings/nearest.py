"""The name that somebody most likely meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(wrong: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known name that looks most like `wrong`, case ignored; None if none does."""
    folded = {name.casefold(): name for name in sorted(known)}
    found = get_close_matches(wrong[:80].casefold(), folded, n=1, cutoff=cutoff)
    return folded[found[0]] if found else None
