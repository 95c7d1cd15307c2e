"""A document as plain text, for a terminal: nothing escaped, lines of a readable length."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from occupier.report.chart import in_letters
from occupier.report.document import (
    Block,
    Chart,
    Document,
    Facts,
    Figures,
    Heading,
    Item,
    Items,
    Paragraph,
    Substitution,
    Substitutions,
    Table,
)

WIDTH = 80


def write(document: Document) -> Iterator[str]:
    """Yield the document, a block at a time."""
    yield f"{document.title}\n{'═' * min(WIDTH, len(document.title))}\n{_wrapped(document.subtitle)}\n"
    for block in document.blocks:
        yield from (f"{line}\n" for line in _block(block))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text):
            yield f"\n{text}"
        case Paragraph(text):
            yield _wrapped(text, "  ")
        case Facts(pairs):
            yield from (_wrapped(f"{name}: {value}", "  ") for name, value in pairs)
        case Figures(figures):
            yield from (f"  {figure.value} {figure.label}" for figure in figures)
        case Table():
            yield from _table(block)
        case Chart():
            yield from _chart(block)
        case Items(items):
            yield from (_wrapped(_item(item), "    ", "  – ") for item in items)
        case Substitutions(items):
            yield from (line for item in items for line in _substitution(item, block))


def _table(table: Table) -> Iterator[str]:
    rows = [list(table.heads), *(list(row) for row in table.rows)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(table.heads))]
    for row in rows:
        yield "  " + "  ".join(_cell(cell, widths[n], n >= table.numbers) for n, cell in enumerate(row)).rstrip()


def _cell(text: str, width: int, is_number: bool) -> str:
    return text.rjust(width) if is_number else text.ljust(width)


def _chart(chart: Chart) -> Iterator[str]:
    yield _wrapped(chart.about, "  ")
    yield from (f"  {bar.label:>7}  {in_letters(bar, chart)} {bar.total}" for bar in chart.bars if bar.total)
    yield f"  █ {chart.first} · ░ {chart.second}"


def _item(item: Item) -> str:
    return " ".join(filter(None, [item.text, item.remark]))


def _substitution(item: Substitution, block: Substitutions) -> Iterator[str]:
    name = item.account if item.account.casefold() == item.network.casefold() else f"{item.account} ({item.network})"
    yield f"  {name}{f' · {item.when}' if item.when else ''}"
    for label, text in ((block.usual, item.usual), (block.strike, item.posted)):
        if text:
            yield f"    {label}"
            yield from _quoted(text.splitlines())
    if item.url:
        yield f"      {item.url}"


def _quoted(lines: Sequence[str]) -> Iterator[str]:
    yield from (_wrapped(line, "      ") for line in lines)


def _wrapped(text: str, indent: str = "", first: str | None = None) -> str:
    start = indent if first is None else first
    lines = wrap(text, WIDTH, initial_indent=start, subsequent_indent=indent, break_long_words=False)
    return "\n".join(lines)
