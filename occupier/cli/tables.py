"""Tables: drawn on a terminal, tabs between the cells everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TextIO

from occupier.cli.colour import is_coloured, is_terminal
from occupier.speech import clean_line

_AT_ONCE = 500
"""Rows that are drawn together: their widths are theirs, and memory stays small."""


def show_table(heads: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO | None = None) -> int:
    """Print a table as its rows come; return how many there were. Every cell is made fit for a terminal."""
    stream = stream or sys.stdout
    cleaned = ([clean_line(cell) for cell in row] for row in rows)
    return _draw(heads, cleaned, stream) if is_terminal(stream) else _write(heads, cleaned, stream)


def _write(heads: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> int:
    count = 0
    for count, row in enumerate(rows, start=1):
        if count == 1:
            print("\t".join(heads), file=stream)
        print("\t".join(row), file=stream)
    return count


def _draw(heads: Sequence[str], rows: Iterable[Sequence[str]], stream: TextIO) -> int:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=stream, no_color=not is_coloured(stream), highlight=False)
    waiting, count = iter(rows), 0
    while batch := list(islice(waiting, _AT_ONCE)):
        table = Table(*heads, box=SIMPLE_HEAD, pad_edge=False)
        for row in batch:
            table.add_row(*(Text(cell, overflow="fold") for cell in row))
        console.print(table)
        count += len(batch)
    return count
