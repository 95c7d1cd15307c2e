"""Where a rehearsal is shown on a terminal: two columns, and one line that counts down."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TextIO

from rich.box import HORIZONTALS
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from occupier.domain.text import clean
from occupier.rehearsal.stage import PlainStage, Shown, Stage
from occupier.speech import _

NARROWEST = 80
"""Two columns need so many characters."""


class TerminalStage:
    """Two columns side by side, what would have gone out and what did."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live: Live | None = None

    def say(self, text: str = "") -> None:
        """Print a line above the one that counts down; what does not fit goes on below, set in."""
        before = len(text) - len(text.lstrip())
        inside = " " * (before + 2 if before else 0)
        for line in textwrap.wrap(text, self._console.width, subsequent_indent=inside, break_on_hyphens=False) or [""]:
            self._console.print(Text(line))

    def show(self, posts: Sequence[Shown]) -> None:
        """Print a table, a row for each post."""
        table = Table(box=HORIZONTALS, expand=True, show_lines=True, header_style="bold", padding=(0, 1))
        table.add_column("", width=14, overflow="fold")
        table.add_column(_("would have gone out"), ratio=1, overflow="fold", style="dim")
        table.add_column(_("went out"), ratio=1, overflow="fold")
        for post in posts:
            table.add_row(_who(post), Text(clean(post.ordinary, lines=True)), _what(post))
        self._console.print(table)

    def progress(self, text: str, second: int) -> None:
        """Write the one line that counts down anew."""
        line = Text(f"▸ {text}", style="bold", no_wrap=True, overflow="ellipsis")
        if self._live is None:
            self._live = Live(line, console=self._console, transient=True, auto_refresh=False)
            self._live.start()
        self._live.update(line, refresh=True)

    def clear(self) -> None:
        """Take the line away."""
        if self._live is not None:
            self._live.stop()
            self._live = None


def _who(post: Shown) -> Text:
    return Text.assemble((post.network, "bold"), "\n", (clean(post.account), "dim"))


def _what(post: Shown) -> Text:
    return Text(_("the same, as usual"), style="dim") if post.posted is None else Text(clean(post.posted, lines=True))


def stage_for(out: TextIO) -> Stage:
    """Return the columns on a terminal that has room for them, plain lines anywhere else."""
    console = Console(file=out, highlight=False)
    if not out.isatty() or console.is_dumb_terminal or console.width < NARROWEST:
        return PlainStage(out)
    return TerminalStage(console)
