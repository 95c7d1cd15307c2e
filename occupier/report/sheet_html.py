"""The page to vote on as one HTML file: no script, no outside resource, one sheet of A4, and the annex behind it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib.resources import files
from urllib.parse import urlsplit

from occupier.report.document import Block, Chart, Heading
from occupier.report.html import POLICY, lines, set_block
from occupier.report.safety import is_web
from occupier.report.sheet import Card, Cards, Point, Sheet, Vote

_WIDTH, _HEIGHT, _FLOOR = 480, 120, 100
_LABELLED = 6
"""Every so many bars of the day have their hour below."""


def write(sheet: Sheet) -> Iterator[bytes]:
    """Yield the page in parts."""
    yield _head(sheet).encode()
    for remark in sheet.remarks:
        yield f'<p class="alarm">{escape(remark)}</p>\n'.encode()
    yield b'<div class="points">\n'
    for point in sheet.points:
        yield _point(point).encode()
    yield b"</div>\n</main>\n"
    yield _annex(sheet).encode()
    yield b"</body>\n</html>\n"


def _head(sheet: Sheet) -> str:
    house = files("occupier")
    style = house.joinpath("sandbox/static/cards.css").read_text(encoding="utf-8")
    style += house.joinpath("report/sheet.css").read_text(encoding="utf-8")
    return f"""<!DOCTYPE html>
<html lang="{escape(sheet.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(sheet.title)}</title>
<style>
{style}
</style>
</head>
<body>
<main>
<header class="top">
<h1 dir="auto">{escape(sheet.title)}</h1>
<p dir="auto">{escape(sheet.subtitle)}</p>
</header>
"""


def _point(point: Point) -> str:
    inside = "".join(part for block in point.blocks for part in _block(block))
    return f"""<section class="p{point.number}" aria-labelledby="p{point.number}">
<h2 id="p{point.number}"><span class="n">{point.number}</span> {escape(point.title)}</h2>
{inside}</section>
"""


def _block(block: Block | Cards | Vote) -> Iterator[str]:
    match block:
        case Cards():
            yield '<div class="cards">\n'
            yield from (_card(card, block) for card in block.cards)
            yield "</div>\n"
        case Vote():
            yield _vote(block)
        case Chart():
            yield _day(block)
        case _:
            yield from set_block(block)


def _card(card: Card, names: Cards) -> str:
    usual = f'<p class="usually"><b>{escape(names.usual)}</b><br>{lines(card.usual)}</p>' if card.usual else ""
    return f"""<article class="card strike {escape(card.platform)}">
<p class="badge">{escape(names.strike)} <span class="remark">{escape(card.remark)}</span></p>
<div class="head"><svg class="avatar" viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40"/>
<text x="20" y="26" text-anchor="middle">{escape(card.account[:1].upper())}</text></svg>
<p class="who"><strong>{escape(card.account)}</strong><span class="line">{escape(card.network)}</span></p></div>
<div class="text" dir="auto">{lines(card.text)}</div>
{_link(card)}{usual}
</article>
"""


def _link(card: Card) -> str:
    if not card.url or not is_web(card.url):
        return ""
    site = (urlsplit(card.url).hostname or "").removeprefix("www.")
    headline = f'<span class="headline" dir="auto">{escape(card.headline)}</span>'
    summary = f'<span class="summary" dir="auto">{escape(card.summary)}</span>' if card.summary else ""
    return (
        f'<a class="link" href="{escape(card.url)}" rel="noreferrer"><span class="site">{escape(site)}</span>'
        f"{headline}{summary}</a>\n"
    )


def _vote(vote: Vote) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in vote.lines)
    return f"""<div class="vote">
<ul>{lines}</ul>
<p class="seal"><span>{escape(vote.label)}</span> <strong>{escape(vote.fingerprint)}</strong>
<small>{escape(vote.remark)}</small></p>
</div>
"""


def _day(chart: Chart) -> str:
    """Return the hours of a day as bars: those of the strike in its colour."""
    most = chart.most
    step = _WIDTH / len(chart.bars)
    drawn = []
    for n, bar in enumerate(chart.bars):
        height = bar.total / most * (_FLOOR - 6)
        kind = "first" if bar.first else "second"
        x, y, width = n * step + step * 0.14, _FLOOR - height, step * 0.72
        drawn.append(f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>')
        if n % _LABELLED == 0:
            drawn.append(f'<text x="{n * step + 1:.1f}" y="{_FLOOR + 16}">{escape(bar.label)}</text>')
    legend = f'<span class="first">{escape(chart.first)}</span> <span class="second">{escape(chart.second)}</span>'
    return f"""<figure>
<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(chart.about)}">
<line x1="0" y1="{_FLOOR}" x2="{_WIDTH}" y2="{_FLOOR}"/>
{"".join(drawn)}
</svg>
<figcaption>{escape(chart.about)} {legend}</figcaption>
</figure>
"""


def _annex(sheet: Sheet) -> str:
    parts = [f'<aside class="annex" aria-labelledby="annex">\n<h2 id="annex">{escape(sheet.annex_title)}</h2>\n']
    for block in sheet.annex:
        if isinstance(block, Heading):
            parts.append(f"<h3>{escape(block.text)}</h3>\n")
        else:
            parts += set_block(block)
    return "".join([*parts, "</aside>\n"])
