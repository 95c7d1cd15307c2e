"""The figures of a strike: they add up on each account, and the chart shows when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from occupier.domain.fates import Fate
from occupier.domain.findings import HourCount
from occupier.domain.recount import AccountRecount, Recount
from occupier.report.document import Bar, Block, Chart, Figure, Figures, Heading, Paragraph, Table
from occupier.speech import gettext as _
from occupier.speech import network_name, ngettext, reason_words, say, short_time
from occupier.speech.fates import FATES, shares
from occupier.speech.figures import in_dollars

HOUR = timedelta(hours=1)
_LONGEST_BY_HOUR = 36 * HOUR
"""A chart of a longer strike has a bar for each day."""
_MOST_DAYS = 62


def figures(recount: Recount, hours: Sequence[HourCount], zone: ZoneInfo) -> Iterator[Block]:
    """Yield what was concerned, and what it came to."""
    yield Heading(_("The figures"))
    yield Figures([
        Figure(str(recount.concerned), _("articles concerned, counted on each account")),
        *(Figure(str(recount.total(fate)), say(FATES[fate]), strong=fate is Fate.REPLACED) for fate in Fate),
    ])  # fmt: skip
    if recount.accounts:
        yield _by_account(recount, zone)
    yield from _remarks(recount)
    bars = list(_bars(recount, hours, zone))
    if hours:
        about = _("Posts by hour, in the hour of the newsroom.") if _is_short(recount) else _("Posts by day.")
        yield Chart(bars, _("strike posts"), _("usual posts (rule)"), about)
    yield from _unposted(recount)


def _by_account(recount: Recount, zone: ZoneInfo) -> Table:
    heads = [_("account"), _("last post"), _("concerned"), _("replaced"), _("as usual"), _("under way"), _("to check"),
             _("not posted")]  # fmt: skip
    if recount.unlisted:
        heads.append(_("not watched"))
    rows = [_row(account, recount, zone) for account in recount.accounts]
    if len(rows) > 1:
        rows.append([_("all"), "", *_counts(recount)])
    return Table(heads, rows, numbers=2, total=len(rows) > 1)


def _row(account: AccountRecount, recount: Recount, zone: ZoneInfo) -> list[str]:
    last = short_day(account.last_post_at, zone) if account.last_post_at else "–"
    numbers = [account.concerned, *(account.count(fate) for fate in Fate)]
    numbers += [account.unlisted] if recount.unlisted else []
    return [f"{account.account} ({network_name(account.platform)})", last, *map(str, numbers)]


def _counts(recount: Recount) -> list[str]:
    numbers = [recount.concerned, *(recount.total(fate) for fate in Fate)]
    return [str(n) for n in numbers + ([recount.unlisted] if recount.unlisted else [])]


def _remarks(recount: Recount) -> Iterator[Block]:
    text = _("On each account: concerned = replaced + posted as usual + under way + to check + not posted.")
    if recount.unlisted:
        text = _(
            "On each account: concerned = replaced + posted as usual + under way + to check + not posted + not watched"
            " (seen before the account was in the settings, or while it followed other feeds)."
        )
    yield Paragraph(text, quiet=True)
    waiting = recount.total(Fate.TO_CHECK)
    if waiting:
        text = ngettext("{n} post waits for a person: see occupier status.",
                        "{n} posts wait for a person: see occupier status.", waiting)  # fmt: skip
        yield Paragraph(text.format(n=waiting), alarm=True)
    yield from (Paragraph(text) for text in shares(recount))
    if recount.restored:
        text = ngettext("{n} edited post was put back as it was.", "{n} edited posts were put back as they were.",
                        recount.restored)  # fmt: skip
        yield Paragraph(text.format(n=recount.restored))
    if recount.gone:
        text = ngettext("{n} post was taken away since.", "{n} posts were taken away since.", recount.gone)
        yield Paragraph(text.format(n=recount.gone))
    if recount.cost_microusd:
        text = _("Cost of posting and looking: {cost} US dollars.")
        yield Paragraph(text.format(cost=in_dollars(recount.cost_microusd)))


def _unposted(recount: Recount) -> Iterator[Block]:
    rows = [
        [account.account, brief_reason(reason, account.platform), str(count)]
        for account in recount.accounts
        for _state, reason, count in account.unposted
    ]
    if rows:
        yield Paragraph(_("Why articles were not posted:"))
        yield Table([_("account"), _("why"), _("articles")], rows, numbers=2)


def _is_short(recount: Recount) -> bool:
    return recount.ended_at - recount.strike.acts_from <= _LONGEST_BY_HOUR


def _bars(recount: Recount, hours: Sequence[HourCount], zone: ZoneInfo) -> Iterator[Bar]:
    counted: Counter[tuple[str, Fate]] = Counter()
    short = _is_short(recount)
    for hour in hours:
        counted[_label(hour.at, zone, short=short), hour.fate] += hour.count
    begins, until = recount.strike.acts_from, max(min(recount.ended_at, recount.at), recount.last_post_at or recount.at)
    labels = {_label(hour.at, zone, short=short): None for hour in hours}
    at, step = begins.replace(minute=0, second=0, microsecond=0), HOUR if short else 24 * HOUR
    ahead: dict[str, None] = {}
    while at < until and len(ahead) < _MOST_DAYS:
        ahead[_label(at, zone, short=short)] = None
        at += step
    for label in ahead if labels.keys() <= ahead.keys() else labels:
        yield Bar(label, counted[label, Fate.REPLACED], counted[label, Fate.AS_USUAL])


def _label(at: datetime, zone: ZoneInfo, *, short: bool) -> str:
    return short_time(at, zone) if short else f"{at.astimezone(zone):%d/%m}"


def short_day(at: datetime, zone: ZoneInfo) -> str:
    """Say an instant in a table: “24/01, 19h00”."""
    return f"{at.astimezone(zone):%d/%m}, {short_time(at, zone)}"


def brief_reason(reason: str, platform: str | None = None) -> str:
    """Say a reason of the log without what is to be done about it: that is over."""
    return re.split(r"\s*:\s|\s\(", reason_words(reason, platform), maxsplit=1)[0]
