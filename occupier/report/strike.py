"""What the account of a strike says, in the language in force: from its recount, in the order in which people ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from occupier.domain.findings import Announcement, Findings, Unannounced
from occupier.domain.recount import AccountRecount, Recount, Wording
from occupier.domain.ways import NAMES
from occupier.report.answers import answers
from occupier.report.course import course
from occupier.report.document import Block, Document, Facts, Heading, Item, Items, Paragraph, Substitutions
from occupier.report.figures import figures
from occupier.report.lines import substitutions
from occupier.speech import clean_line, end_moment, full_day, language, moment, ngettext, say
from occupier.speech import gettext as _
from occupier.speech.fates import ANNOUNCEMENTS

_AT_ONCE = timedelta(minutes=1)
"""A strike declared “from now” begins a moment before it is written."""


def strike_report(found: Findings, zone: ZoneInfo) -> Document:
    """Return the account of a strike, as a document in the language in force, its hours in the zone.

    It is to be written while what was found is open.
    """
    recount = found.recount
    name = clean_line(recount.strike.name)
    made = _("As the log told it on {at}.").format(at=moment(recount.at, zone))
    return Document(
        language=language(),
        title=_("Account of the strike “{name}”").format(name=name),
        subtitle=f"{_standing(recount, zone)} {made}",
        running=_("Strike “{name}”, {at}").format(name=name, at=moment(recount.at, zone)),
        page=_("page"),
        blocks=_blocks(found, zone),
    )


def _blocks(found: Findings, zone: ZoneInfo) -> Iterator[Block]:
    recount = found.recount
    yield Heading(_("The decision"))
    yield Facts(list(_decision(found, zone)))
    yield from _plan(recount, zone)
    yield from figures(recount, found.hours, zone)
    yield from course(recount, zone)
    yield from answers(found.measured)
    yield from _nobody(found, zone)
    yield from _left(found, zone)
    yield from _all_lines(found, zone)
    yield from _ledger(recount, zone)


def _standing(recount: Recount, zone: ZoneInfo) -> str:
    if not recount.is_over:
        return _("The strike is running until {end}.").format(end=end_moment(recount.ended_at, zone))
    text = _("The strike is over since {end}.").format(end=end_moment(recount.ended_at, zone))
    if recount.last_post_at is None:
        return text
    return f"{text} {_('Last post under it: {at}.').format(at=moment(recount.last_post_at, zone))}"


def _decision(found: Findings, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    strike, recount = found.recount.strike, found.recount
    yield _("Decided by"), clean_line(strike.mandate)
    yield _("Reason"), clean_line(strike.reason)
    if strike.who:
        yield _("Who strikes"), clean_line(strike.who)
    yield _("From"), moment(strike.starts_at, zone)
    yield _("To"), end_moment(strike.ends_at, zone)
    if recount.is_over and recount.ended_at < strike.ends_at:
        yield _("Ended"), _("before its hour, by decision: {at}").format(at=moment(recount.ended_at, zone))
    if strike.acts_from - strike.starts_at > _AT_ONCE:
        yield _("Acts from"), _("{at}, when it was declared").format(at=moment(strike.acts_from, zone))
    if len(recount.renewals) > 1:
        yield _("Periods"), "\n".join(_period(s.name, s.starts_at, s.ends_at, zone) for s in recount.renewals)
    if strike.agreed:
        yield _("Agreed"), clean_line(strike.agreed)
    if strike.url:
        yield _("Page"), clean_line(strike.url)
    yield _("Accounts"), "\n".join(map(_account, recount.accounts)) or _("none")
    if found.feeds:
        yield _("Feeds"), ", ".join(found.feeds)
    yield _("Messages"), _wording(recount)


def _account(account: AccountRecount) -> str:
    if account.way is None:
        return clean_line(account.account)
    return _("{account}: {way}").format(account=clean_line(account.account), way=say(NAMES[account.way]))


def _plan(recount: Recount, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(_("Was the voted plan the one that ran?"))
    for sentence in recount.plan.sentences(recount.strike.acts_from):
        yield Paragraph(say(sentence, zone), alarm=recount.plan.is_held)


def _period(name: str, starts: datetime, ends: datetime, zone: ZoneInfo) -> str:
    return _("{name}: from {start} to {end}").format(name=name, start=moment(starts, zone), end=end_moment(ends, zone))


def _wording(recount: Recount) -> str:
    return {
        Wording.AS_DECLARED: _("those of the declaration, unchanged"),
        Wording.CHANGED: _("changed after the declaration: the log's head below covers both"),
        Wording.FROM_SETTINGS: _("those of the settings: the declaration named none of its own"),
    }[recount.wording]


def _nobody(found: Findings, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(_("What nobody announced"))
    recount = found.recount
    if recount.nobody:
        text = ngettext(
            "{n} article was announced by no account, neither as usual nor by a strike post.",
            "{n} articles were announced by no account, neither as usual nor by a strike post.",
            recount.nobody,
        )
        yield Paragraph(text.format(n=recount.nobody), alarm=True)
    else:
        yield Paragraph(_("Every article had at least one announcement, or still waits for it."))
    yield Items(_item(u, zone) for u in found.unposted)
    text = _("The list with the replaced articles, as a spreadsheet or as a feed for your own tool: {command}")
    yield Paragraph(text.format(command=f"occupier catch-up {recount.strike.name}"), quiet=True)


def _item(article: Unannounced, zone: ZoneInfo) -> Item:
    seen = moment(article.first_seen_at, zone)
    if article.announcement is not Announcement.NOBODY:
        words = _("{words}, seen {at}").format(words=say(ANNOUNCEMENTS[article.announcement]), at=seen)
        return Item(article.title, article.link, words)
    return Item(article.title, article.link, _("seen {at}").format(at=seen))


def _left(found: Findings, zone: ZoneInfo) -> Iterator[Block]:
    if found.steps:
        yield Heading(_("What is left to do"))
    for n, step in enumerate(found.steps, 1):
        yield Paragraph(f"{n}. {say(step, zone)}")


def _all_lines(found: Findings, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(_("Every substitution"))
    text = _("What would have gone out as usual, and what did. The article is always linked from its title.")
    yield Paragraph(text, quiet=True)
    lines = substitutions(found.records, zone)
    name = found.recount.strike.name
    yield Substitutions(
        lines, _("Usual post"), _("Strike post"), _("Where it is:"), left_out=lambda n: _left_out(n, name)
    )


def _left_out(count: int, name: str) -> str:
    text = ngettext(
        "{n} more post is not on these pages: too many for this form. All: {page}; as a spreadsheet: {sheet}",
        "{n} more posts are not on these pages: too many for this form. All: {page}; as a spreadsheet: {sheet}",
        count,
    )
    page, sheet = f"occupier report {name} --output {name}.html", f"occupier log --strike {name} --all --csv"
    return text.format(n=count, page=page, sheet=sheet)


def _ledger(recount: Recount, zone: ZoneInfo) -> Iterator[Block]:
    yield Heading(_("How to verify this"))
    yield Paragraph(
        _(
            "Every change is a record of the log, whose hash covers the one before: nothing can be changed, taken out"
            " or put in without breaking the chain. This is its end when this page was made. Type occupier log"
            " verify, and compare."
        )
    )
    if recount.head is not None:
        yield Facts(
            [
                (_("Record"), str(recount.head.seq)),
                (_("Written"), moment(recount.head.at, zone)),
                (_("Hash"), recount.head.hash),
            ]
        )
    yield Heading(_("What this page keeps"))
    yield Paragraph(
        _(
            "Texts, addresses, hours and decisions; no person and no machine. The hours of pauses and answers are"
            " rounded to a quarter of an hour."
        )
    )
    if recount.strike.destroy_on is not None:
        text = _("The log of this strike is to be destroyed on {day}; this file then too, by whoever holds it.")
        yield Paragraph(text.format(day=full_day(recount.strike.destroy_on)))
