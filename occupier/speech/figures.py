"""Numbers as people write them."""

from __future__ import annotations

from occupier.speech.languages import language


def in_figures(number: int) -> str:
    """Return a number as it is written in the language in force: 18 240, 18,240."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}") if language() == "fr" else f"{number:,}"
