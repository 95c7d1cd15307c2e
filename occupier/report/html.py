"""A document as one HTML file: no script, no outside resource, and it prints on A4."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files

from occupier.report.chart import svg
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

POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def write(document: Document) -> Iterator[bytes]:
    """Yield the document, a block at a time."""
    yield _head(document).encode()
    is_open = False
    for block in document.blocks:
        if isinstance(block, Heading):
            yield b"</section>\n" if is_open else b""
            yield f"<section>\n<h2>{escape(block.text)}</h2>\n".encode()
            is_open = True
            continue
        yield from (part.encode() for part in set_block(block))
    yield b"</section>\n" if is_open else b""
    yield b"</main>\n</body>\n</html>\n"


def _head(document: Document) -> str:
    style = files("occupier.report").joinpath("report.css").read_text(encoding="utf-8")
    running = document.running.replace("\\", "").replace('"', "”")
    pages = f"""
@page {{ size: A4; margin: 20mm 17mm 18mm;
  @top-left {{ content: "{running}"; }}
  @bottom-right {{ content: "{document.page} " counter(page) " / " counter(pages); }}
}}"""
    return f"""<!DOCTYPE html>
<html lang="{escape(document.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(document.title)}</title>
<style>
{style}{pages.replace("<", "")}
</style>
</head>
<body>
<main>
<header>
<h1 dir="auto">{escape(document.title)}</h1>
<p dir="auto">{escape(document.subtitle)}</p>
</header>
"""


def set_block(block: Block) -> Iterator[str]:
    """Yield one block in parts."""
    match block:
        case Paragraph():
            kind = ' class="alarm"' if block.alarm else ' class="quiet"' if block.quiet else ""
            yield f'<p{kind} dir="auto">{escape(block.text)}</p>\n'
        case Facts(pairs):
            rows = (f'<div><dt>{escape(name)}</dt><dd dir="auto">{lines(value)}</dd></div>\n' for name, value in pairs)
            yield f'<dl class="facts">\n{"".join(rows)}</dl>\n'
        case Figures():
            yield _figures(block)
        case Table():
            yield _table(block)
        case Chart():
            yield svg(block)
        case Items(items):
            yield "<ul>\n"
            yield from (_item(item) for item in items)
            yield "</ul>\n"
        case Substitutions():
            yield from (_substitution(item, block) for item in block.items)


def _figures(block: Figures) -> str:
    made = (
        f"<div{' class=strong' if f.strong else ''}><dd>{escape(f.value)}</dd><dt>{escape(f.label)}</dt></div>\n"
        for f in block.figures
    )
    return f'<dl class="figures">\n{"".join(made)}</dl>\n'


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col"{_kind(table, n)}>{escape(h)}</th>' for n, h in enumerate(table.heads))
    rows = "".join(_row(table, n, row) for n, row in enumerate(table.rows))
    markup = f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
    return f'<div class="wide" tabindex="0">{markup}</div>\n'


def _row(table: Table, n: int, row: Sequence[str]) -> str:
    cells = "".join(f'<td{_kind(table, i)} dir="auto">{escape(cell)}</td>' for i, cell in enumerate(row))
    is_total = table.total and n == len(table.rows) - 1
    return f"<tr{' class=total' if is_total else ''}>{cells}</tr>\n"


def _kind(table: Table, column: int) -> str:
    return ' class="number"' if column >= table.numbers else ""


def _item(item: Item) -> str:
    remark = f" <small>{escape(item.remark)}</small>" if item.remark else ""
    return f'<li dir="auto">{_linked(item.text, item.url)}{remark}</li>\n'


def _substitution(item: Substitution, block: Substitutions) -> str:
    name = f"{item.account} ({item.network})" if item.network.casefold() != item.account.casefold() else item.network
    usual = _post(block.usual, item.usual, "usual")
    posted = _post(block.strike, item.posted, "strike")
    address = (
        f'<p class="address">{escape(block.post)} {_linked(item.post_url, item.post_url)}</p>' if item.post_url else ""
    )
    return f"""<article>
<h3 dir="auto">{_linked(item.article, item.url)}</h3>
<p class="meta"><b>{escape(name)}</b> · {escape(item.when)} · <span class="state">{escape(item.state)}</span></p>
<div class="pair">{usual}{posted}</div>
{address}</article>
"""


def _post(label: str, text: str | None, kind: str) -> str:
    if not text:
        return ""
    return f'<div class="{kind}"><h4>{escape(label)}</h4><p dir="auto">{lines(text)}</p></div>'


def lines(text: str) -> str:
    """Return a text with its lines as HTML has them."""
    return "<br>".join(escape(line) for line in text.splitlines())


def _linked(text: str, url: str | None) -> str:
    if not url or not is_web(url):
        return escape(text)
    return f'<a href="{escape(url)}" rel="noreferrer">{escape(text)}</a>'
