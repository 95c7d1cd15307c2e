"""Numbers as people write them."""

from __future__ import annotations

from occupier.speech.languages import language


def in_figures(number: int) -> str:
    """Return a number as it is written in the language in force: 18 240, 18,240."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}") if language() == "fr" else f"{number:,}"


def with_comma(number: str) -> str:
    """Return a decimal number with what the language in force has for its point: 0,5, 0.5."""
    return number.replace(".", ",") if language() == "fr" else number


def in_dollars(microusd: int, digits: int = 2) -> str:
    """Return millionths of a dollar as a number of dollars, without the sign."""
    return with_comma(f"{microusd / 1_000_000:.{digits}f}")


def dollars(microusd: int) -> str:
    """Return millionths of a dollar in dollars, with the sign where the language in force has it."""
    return f"{in_dollars(microusd)}\N{NO-BREAK SPACE}$" if language() == "fr" else f"${in_dollars(microusd)}"
