"""A document as PDF on A4, with its own fonts: accents, Hebrew, Arabic and emoji are there on every machine."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from itertools import islice

from fpdf.fonts import FontFace

from occupier.report.chart import labelled_every
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
from occupier.report.paper import INK, RULE, SOFT, STRIKE, USUAL, WASH, Paper
from occupier.report.safety import is_web

MOST = 4000
"""Substitutions that a PDF lists: it is made in memory, and nobody leafs through more."""
_LABEL = 42.0


def write(document: Document) -> Iterator[bytes]:
    """Yield the whole document."""
    # it tells of every table that it leaves out of a font
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    with closing(Paper(document)) as paper:
        paper.add_page()
        paper.say(document.title, size=22, face="serif", leading=1.15)
        paper.ln(1)
        paper.say(document.subtitle, size=10, colour=SOFT)
        paper.rule(double=True)
        for block in document.blocks:
            _set(paper, block)
        made = bytes(paper.output())
    yield made


def _set(paper: Paper, block: Block) -> None:
    match block:
        case Heading(text):
            _heading(paper, text)
        case Paragraph():
            _paragraph(paper, block)
        case Facts(pairs):
            for name, value in pairs:
                _fact(paper, name, value)
            paper.ln(2)
        case Figures():
            _figures(paper, block)
        case Table():
            _table(paper, block)
        case Chart():
            _chart(paper, block)
        case Items(items):
            for item in items:
                _item(paper, item)
            paper.ln(1)
        case Substitutions():
            _substitutions(paper, block)


def _heading(paper: Paper, text: str) -> None:
    paper.keep(32)
    paper.ln(5)
    paper.start_section(text)
    paper.say(text, size=14, face="serif")
    paper.ln(1.5)


def _paragraph(paper: Paper, block: Paragraph) -> None:
    if block.alarm:
        paper.marked(block.text, STRIKE, WASH)
    else:
        paper.say(block.text, size=8.8 if block.quiet else 10, colour=SOFT if block.quiet else INK)
    paper.ln(1)


def _fact(paper: Paper, name: str, value: str) -> None:
    paper.keep(8)
    top = paper.get_y() + 1.2
    paper.set_y(top)
    paper.say(name, size=10, colour=SOFT, width=_LABEL)
    below = paper.get_y()
    paper.set_y(top)
    paper.say(value, size=10, left=_LABEL)
    paper.set_y(max(below, paper.get_y()) + 1)
    paper.rule()


def _figures(paper: Paper, block: Figures) -> None:
    paper.keep(24)
    top, width = paper.get_y() + 1, paper.epw / len(block.figures)
    lowest = top
    for n, figure in enumerate(block.figures):
        paper.set_y(top)
        colour = STRIKE if figure.strong else INK
        paper.say(figure.value, size=21, face="serif", colour=colour, left=n * width, width=width - 3)
        paper.say(figure.label, size=8, colour=SOFT, left=n * width, width=width - 3)
        lowest = max(lowest, paper.get_y())
    paper.set_y(lowest + 3)


def _table(paper: Paper, table: Table) -> None:
    paper.face("sans", 8.8, INK)
    paper.set_draw_color(*RULE)
    aligned = tuple("RIGHT" if n >= table.numbers else "LEFT" for n in range(len(table.heads)))
    paper.set_fill_color(255)
    heads = FontFace(emphasis="BOLD", color=SOFT, size_pt=8)
    style = {"borders_layout": "HORIZONTAL_LINES", "line_height": 5.2, "padding": 0.6}
    with paper.table(
        col_widths=_widths(paper, table), text_align=aligned, headings_style=heads, align="LEFT", **style
    ) as drawn:
        drawn.row([paper.shown(head) for head in table.heads])
        for n, row in enumerate(table.rows):
            is_total = table.total and n == len(table.rows) - 1
            drawn.row([paper.shown(cell) for cell in row], style=FontFace(emphasis="BOLD") if is_total else None)
    paper.ln(2)


def _widths(paper: Paper, table: Table) -> tuple[float, ...]:
    """Return how wide the columns are beside each other: as their texts ask for, within bounds."""
    columns = zip(table.heads, *table.rows, strict=True)
    asked = (max(paper.get_string_width(paper.shown(cell)) for cell in column) + 4 for column in columns)
    return tuple(min(70.0, wanted) for wanted in asked)


def _chart(paper: Paper, chart: Chart) -> None:
    height, floor_gap = 34.0, 6.0
    paper.keep(height + 20)
    top, left = paper.get_y() + 5, paper.l_margin
    most = chart.most
    step, floor = paper.epw / max(len(chart.bars), 8), top + height
    every = labelled_every(len(chart.bars))
    for n, bar in enumerate(chart.bars):
        x, first, second = left + n * step, bar.first * height / most, bar.second * height / most
        paper.bar(x + step * 0.15, floor - first, step * 0.7, first, STRIKE)
        paper.bar(x + step * 0.15, floor - first - second, step * 0.7, second, USUAL)
        if bar.total:
            paper.centred(str(bar.total), x, floor - first - second - 4, step)
        if n % every == 0:
            paper.centred(bar.label, x, floor + 1.5, step)
    paper.set_draw_color(*RULE)
    paper.line(left, floor, left + paper.epw, floor)
    paper.set_y(floor + floor_gap)
    paper.legend(((chart.first, STRIKE), (chart.second, USUAL)))
    paper.say(chart.about, size=8.5, colour=SOFT)
    paper.ln(2)


def _item(paper: Paper, item: Item) -> None:
    paper.keep(10)
    link = item.url if item.url and is_web(item.url) else ""
    paper.say("– " + item.text, size=10, link=link)
    if item.remark:
        paper.say(item.remark, size=8.5, colour=SOFT, left=3)


def _substitutions(paper: Paper, block: Substitutions, most: int = MOST) -> None:
    items = iter(block.items)
    for item in islice(items, most):
        _substitution(paper, item, block)
    left = sum(1 for _item in items)
    if left:
        paper.ln(3)
        paper.marked(block.left_out(left), STRIKE, WASH)


def _substitution(paper: Paper, item: Substitution, block: Substitutions) -> None:
    half = (paper.epw - 6) / 2
    parts = [(block.usual, item.usual or "", 0.0, RULE, SOFT), (block.strike, item.posted or "", half + 6, STRIKE, INK)]
    shown = [part for part in parts if part[1]]
    paper.keep(20 + max((paper.height_of(text, half - 4, 8.8) for _, text, *_rest in shown), default=0))
    paper.ln(2)
    link = item.url if item.url and is_web(item.url) else ""
    paper.say(item.article, size=11, face="serif", link=link)
    paper.say(f"{item.account} ({item.network}) · {item.when} · {item.state}", size=8.5, colour=SOFT)
    top = lowest = paper.get_y() + 1.5
    for label, text, left, mark, colour in shown:
        paper.set_y(top)
        paper.say(
            label, size=7.5, face="bold", colour=STRIKE if mark is STRIKE else SOFT, left=left + 4, width=half - 4
        )
        paper.say(text, size=8.8, colour=colour, left=left + 4, width=half - 4)
        paper.upright(paper.l_margin + left, top, paper.get_y(), mark)
        lowest = max(lowest, paper.get_y())
    paper.set_y(lowest + 1)
    if item.post_url:
        link = item.post_url if is_web(item.post_url) else ""
        paper.say(f"{block.post} {item.post_url}", size=8, colour=SOFT, link=link)
    paper.rule()
