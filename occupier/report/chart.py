"""Bars, as inline SVG and as letters."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from occupier.report.document import Bar, Chart

WIDTH, HEIGHT = 720, 170
_FLOOR, _CEILING = 140, 14
_MOST_LABELS = 14
_LONGEST = 30
"""Letters of the longest bar."""


def svg(chart: Chart) -> str:
    """Return the chart with its legend; who does not see it hears what it shows."""
    drawn = "".join(_drawn(chart))
    legend = f'<span class="first">{escape(chart.first)}</span> <span class="second">{escape(chart.second)}</span>'
    return f"""<figure>
<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(chart.about)}">
<line x1="0" y1="{_FLOOR}" x2="{WIDTH}" y2="{_FLOOR}"/>
{drawn}</svg>
<figcaption>{escape(chart.about)}<br>{legend}</figcaption>
</figure>
"""


def _drawn(chart: Chart) -> Iterator[str]:
    most = chart.most
    step = WIDTH / max(len(chart.bars), 8)
    every = labelled_every(len(chart.bars))
    for n, bar in enumerate(chart.bars):
        x = n * step
        yield from _parts(bar, x + step * 0.15, step * 0.7, (_FLOOR - _CEILING) / most)
        middle = x + step / 2
        if n % every == 0:
            yield f'<text x="{middle:.1f}" y="{_FLOOR + 18}">{escape(bar.label)}</text>\n'


def _parts(bar: Bar, x: float, width: float, unit: float) -> Iterator[str]:
    first, second = bar.first * unit, bar.second * unit
    if bar.first:
        yield f'<rect class="first" x="{x:.1f}" y="{_FLOOR - first:.1f}" width="{width:.1f}" height="{first:.1f}"/>\n'
    if bar.second:
        y = _FLOOR - first - second
        yield f'<rect class="second" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{second:.1f}"/>\n'
    if bar.total:
        top = _FLOOR - first - second - 4
        yield f'<text x="{x + width / 2:.1f}" y="{top:.1f}">{bar.total}</text>\n'


def in_letters(bar: Bar, chart: Chart) -> str:
    """Return a bar in two kinds of letters."""
    return "".join(sign * round(part * _LONGEST / chart.most) for sign, part in (("█", bar.first), ("░", bar.second)))


def labelled_every(bars: int) -> int:
    """Return of how many bars one is labelled, so that labels do not meet."""
    return max(1, -(-bars // _MOST_LABELS))
