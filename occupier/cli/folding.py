"""Lines that are longer than the terminal, cut where words end; anything but a terminal gets them whole."""

from __future__ import annotations

import re
from typing import TextIO

from occupier.cli.colour import is_terminal

_NARROWEST = 40
_PAINT = re.compile(r"\x1b\[\d+m")
_TO_PASTE = ("occupier ", "export ", "curl ", "set -a")
_COMMAND = re.compile(r"occupier [a-z-]+(?: [a-z-]+(?= --))?(?: --[a-z-]+)*")
_HELD = "\ue000"
"""Stands for a blank inside of a command while lines are cut."""


def folded(text: str, stream: TextIO) -> str:
    """Return the text with what does not fit set in below; a line that is to be pasted stays one line."""
    if not is_terminal(stream):
        return text
    import shutil

    width = max(_NARROWEST, shutil.get_terminal_size().columns)
    return "\n".join(_folded(line, width) for line in text.split("\n"))


def _folded(line: str, width: int) -> str:
    shown = _PAINT.sub("", line)
    if len(shown) <= width or shown.lstrip().startswith(_TO_PASTE):
        return line
    from textwrap import fill

    before = len(shown) - len(shown.lstrip())
    held = _COMMAND.sub(lambda found: found[0].replace(" ", _HELD), line)
    inside = " " * (before + 2 if before else 0)
    cut = fill(held, width, subsequent_indent=inside, break_long_words=False, break_on_hyphens=False)
    return cut.replace(_HELD, " ")
