"""How the strike went: what was watched, what was exempt, what interrupted it, and that nothing left after its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from occupier.domain.gaps import Gap
from occupier.domain.incidents import Incident, IncidentKind
from occupier.domain.recount import Recount
from occupier.report.document import Block, Heading, Paragraph, Table
from occupier.report.figures import brief_reason, short_day
from occupier.speech import duration, moment, ngettext, say
from occupier.speech import gettext as _
from occupier.speech.fates import FATES, GROUNDS


def course(recount: Recount, zone: ZoneInfo) -> Iterator[Block]:
    """Yield the sections between the figures and the lists."""
    yield from _watched(recount, zone)
    yield from _after_the_end(recount, zone)
    yield from _exemptions(recount)
    yield from _incidents(recount, zone)


def _watched(recount: Recount, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(_("What was watched"))
    seen = ngettext(
        "{n} article was first seen during the strike on the feeds in its scope.",
        "{n} articles were first seen during the strike on the feeds in its scope.",
        recount.watch.seen,
    )
    yield Paragraph(seen.format(n=recount.watch.seen))
    if recount.watch.unaccounted:
        text = _("{n} of them have no line in the log: it is not complete.")
        yield Paragraph(text.format(n=recount.watch.unaccounted), alarm=True)
    if not recount.gaps:
        yield Paragraph(_("The feeds were watched without a gap: the list is complete."))
        return
    yield Paragraph(_("The list is complete but for these gaps, in which nobody looked at a feed:"))
    rows = [[gap.feed, *_within(gap, recount, zone)] for gap in recount.gaps]
    yield Table([_("feed"), _("from"), _("to"), _("length")], rows)


def _within(gap: Gap, recount: Recount, zone: ZoneInfo) -> list[str]:
    """Return from when to when a gap lay in the strike."""
    since, until = max(gap.since, recount.strike.acts_from), gap.until
    if recount.is_over:
        until = min(until or recount.at, recount.ended_at)
    return _span(since, until, recount.at, zone)


def _after_the_end(recount: Recount, zone: ZoneInfo) -> Iterator[Block]:
    if not recount.is_over:
        return
    yield Heading(_("After the end"))
    if recount.late:
        text = ngettext("{n} strike post was begun after the end.", "{n} strike posts were begun after the end.",
                        recount.late)  # fmt: skip
        yield Paragraph(text.format(n=recount.late), alarm=True)
        return
    yield Paragraph(_("0 strike posts were begun after the end, {end}.").format(end=moment(recount.ended_at, zone)))
    if recount.last_claim_at is not None:
        text = _(
            "The last post was begun on {at}, {before} before it. What is begun leaves within ten seconds and while the"
            " strike is in force, or never."
        )
        before = duration(recount.ended_at - recount.last_claim_at)
        yield Paragraph(text.format(at=moment(recount.last_claim_at, zone), before=before), quiet=True)


def _exemptions(recount: Recount) -> Iterator[Block]:
    yield Heading(_("Exceptions"))
    if not recount.exemptions:
        yield Paragraph(_("No rule and no guard took an article out."))
        return
    names = {account.target_id: account.account for account in recount.accounts}
    rows = [
        [names.get(e.target_id, "–"), say(GROUNDS[e.ground]), say(FATES[e.fate]), str(e.count)]
        for e in recount.exemptions
    ]
    yield Table([_("account"), _("exception"), _("what became of it"), _("articles")], rows, numbers=3)


def _incidents(recount: Recount, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(_("Incidents"))
    if recount.incidents:
        rows = [[_what(i), i.account or i.feed or _("all"), *_hours(i, recount.at, zone)] for i in recount.incidents]
        yield Table([_("what"), _("where"), _("from"), _("to"), _("length")], rows)
    else:
        yield Paragraph(_("No pause, no stop, no feed that failed."))
    yield from _doubts(recount)
    if recount.elsewhere:
        text = ngettext(
            "{n} post of another tool or person announced an article of the strike on the accounts.",
            "{n} posts of another tool or person announced an article of the strike on the accounts.",
            recount.elsewhere,
        )
        yield Paragraph(text.format(n=recount.elsewhere))
    if recount.slipped:
        rows = [[moment(one.at, zone), one.account, one.application or "–", one.url or "–"] for one in recount.slipped]
        if len(rows) < recount.elsewhere:
            yield Paragraph(_("The latest {n} of them; all are in the log.").format(n=len(rows)), quiet=True)
        yield Table([_("posted"), _("account"), _("application"), _("post")], rows)


def _doubts(recount: Recount) -> Iterator[Block]:
    doubts = recount.doubts
    if not doubts.total:
        yield Paragraph(_("No post was ever of unknown fate."))
        return
    text = ngettext(
        "{n} post was of unknown fate for a while: {found} found on the account, {absent} found absent,"
        " {answered} answered by a person, {open} still open.",
        "{n} posts were of unknown fate for a while: {found} found on the account, {absent} found absent,"
        " {answered} answered by a person, {open} still open.",
        doubts.total,
    )
    yield Paragraph(text.format(n=doubts.total, found=doubts.found, absent=doubts.absent, answered=doubts.answered,
                                open=doubts.open))  # fmt: skip


def _what(incident: Incident) -> str:
    if incident.kind is not IncidentKind.PAUSE:
        return {
            IncidentKind.FEED_FAILING: _("a feed could not be read"),
            IncidentKind.MASS: _("too many new articles at once: {n} held").format(n=incident.count),
            IncidentKind.RESTORED: _("the database was restored from a copy"),
            IncidentKind.HANDED_OVER: _("an account was known under another name before"),
        }[incident.kind]
    if incident.by == "lane":
        return _("stopped by itself: {reason}").format(reason=brief_reason(incident.reason or ""))
    if incident.by == "clock":
        return _("this machine's clock was wrong")
    return _("paused by decision (hours rounded to a quarter)")


def _hours(incident: Incident, now: datetime, zone: ZoneInfo) -> list[str]:
    if incident.kind is not IncidentKind.PAUSE:
        return [short_day(incident.at, zone), "", ""]
    return _span(incident.at, incident.until, now, zone)


def _span(since: datetime, until: datetime | None, now: datetime, zone: ZoneInfo) -> list[str]:
    ends = short_day(until, zone) if until else _("not over")
    return [short_day(since, zone), ends, duration((until or now) - since)]
