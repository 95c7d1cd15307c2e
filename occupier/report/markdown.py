"""A document in Markdown, for who pastes it elsewhere. Texts are only ever text: what would be markup is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
from occupier.report.safety import is_web

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~])")


def write(document: Document) -> Iterator[bytes]:
    """Yield the document, a block at a time."""
    yield f"# {_plain(document.title)}\n\n{_plain(document.subtitle)}\n\n".encode()
    for block in document.blocks:
        yield from (f"{part}\n".encode() for part in _block(block))


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text):
            yield f"## {_plain(text)}\n"
        case Paragraph(text, alarm=alarm):
            yield f"**{_plain(text)}**\n" if alarm else f"{_plain(text)}\n"
        case Facts(pairs):
            yield from (f"- **{_plain(name)}** {_plain(value)}" for name, value in pairs)
            yield ""
        case Figures(figures):
            yield from (f"- **{_plain(f.value)}** {_plain(f.label)}" for f in figures)
            yield ""
        case Table():
            yield from _table(block)
        case Chart():
            yield from _chart(block)
        case Items(items):
            yield from (_item(item) for item in items)
            yield ""
        case Substitutions():
            yield from (part for item in block.items for part in _substitution(item, block))


def _table(table: Table) -> Iterator[str]:
    yield _row(table.heads)
    yield _row(["---:" if n >= table.numbers else "---" for n in range(len(table.heads))])
    yield from (_row([_plain(cell) for cell in row]) for row in table.rows)
    yield ""


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _chart(chart: Chart) -> Iterator[str]:
    yield f"{_plain(chart.about)}\n\n```"
    yield from (f"{bar.label:>12}  {in_letters(bar, chart)} {bar.total}" for bar in chart.bars)
    yield f"```\n\n█ {_plain(chart.first)} · ░ {_plain(chart.second)}\n"


def _item(item: Item) -> str:
    remark = f" — {_plain(item.remark)}" if item.remark else ""
    return f"- {_linked(item.text, item.url)}{remark}"


def _substitution(item: Substitution, block: Substitutions) -> Iterator[str]:
    yield f"### {_linked(item.article, item.url)}\n"
    yield f"{_plain(item.account)} ({_plain(item.network)}) · {_plain(item.when)} · {_plain(item.state)}\n"
    if item.usual:
        yield f"{_plain(block.usual)}\n\n{_quoted(item.usual)}\n"
    if item.posted:
        yield f"{_plain(block.strike)}\n\n{_quoted(item.posted)}\n"
    if item.post_url and is_web(item.post_url):
        yield f"{_plain(block.post)} <{item.post_url}>\n"


def _quoted(text: str) -> str:
    return "\n".join(f"> {_plain(line)}  " for line in text.splitlines())


def _linked(text: str, url: str | None) -> str:
    return f"[{_plain(text)}](<{url}>)" if url and is_web(url) else _plain(text)


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)
