"""Colour, on a terminal that wants it and nowhere else."""

from __future__ import annotations

import os
from typing import TextIO

RED, GREEN, AMBER, BOLD, FAINT = 31, 32, 33, 1, 2


def is_terminal(stream: TextIO) -> bool:
    """Say whether a person reads this stream as it is written."""
    return stream.isatty()


def is_coloured(stream: TextIO) -> bool:
    """Say whether colours may be written there (https://no-color.org)."""
    return is_terminal(stream) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def paint(text: str, colour: int, stream: TextIO) -> str:
    """Return the text in a colour, if the stream takes colours."""
    return f"\x1b[{colour}m{text}\x1b[0m" if is_coloured(stream) else text
