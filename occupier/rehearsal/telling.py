"""What a rehearsal says before it begins and when it is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from occupier.domain.action import Purpose
from occupier.domain.by_hand import is_by_hand
from occupier.domain.errors import FeedError
from occupier.domain.setup import Outside, Setup
from occupier.domain.strike import in_force_or_next
from occupier.rehearsal.programme import Pace, Programme
from occupier.rehearsal.stories import sample
from occupier.rehearsal.verdict import Record, Verdict
from occupier.speech import _, clean_line, ngettext, place_name, say, state_words

WIDTH = 80
SHORTEST_TITLE = 20


def whats_to_come(
    programme: Programme, setup: Setup, page: str, pace: Pace, unread: Sequence[FeedError]
) -> Iterator[str]:
    """Say, a line each, what is going to happen."""
    yield _("Rehearsal: the daemon works for real, on networks imitated on this machine. Nothing leaves it.")
    for error in unread:
        yield f"  ! {say(error, setup.zone)}"
    yield _("  The page to look at meanwhile: {url}").format(url=f"{page}/")
    accounts = ", ".join(f"{clean_line(a.name)} ({place_name(a)})" for a in setup.accounts)
    yield _("  The accounts: {accounts}").format(accounts=accounts)
    by_hand = ", ".join(clean_line(account.name) for account in setup.accounts if is_by_hand(account))
    if by_hand:
        yield _("  On {accounts}, the rehearsal posts in place of the people who will do it by hand.").format(
            accounts=by_hand
        )
    yield from _filled_in(programme)
    before, during, after = len(programme.before), len(programme.during), len(programme.after)
    seconds = round(pace.strike.total_seconds())
    yield "  1. " + _("{articles} before the strike: the usual posts.").format(articles=_articles(before))
    yield "  2. " + _("A strike of {seconds} s, {articles}: strike posts in place of the usual ones.").format(
        seconds=seconds, articles=_articles(during)
    )
    yield "  3. " + _("{articles} after its end: the usual posts again, and no strike post any more.").format(
        articles=_articles(after)
    )
    yield _("It ends by itself in less than a minute; Ctrl-C ends it at once.")


def whose_words(setup: Setup, now: datetime) -> Iterator[str]:
    """Say what of one's own is rehearsed, and what is an example: the strike's words, the posts around it."""
    own = in_force_or_next(setup.strikes, now)
    if own is None:
        yield _("No strike is declared: the reason in the messages is an example.")
    else:
        yield _("The messages say the words of your strike “{name}”; its hours are the rehearsal's.").format(
            name=clean_line(own.name)
        )
    silent = [clean_line(account.name) for account in setup.accounts if account.outside is Outside.SILENT]
    if silent:
        text = _(
            "Outside of strikes your settings have occupier post nothing on {accounts}: the usual posts that you will"
            " see there are examples, in place of the usual tool's."
        )
        yield text.format(accounts=", ".join(silent))


def _articles(count: int) -> str:
    return ngettext("{n} article", "{n} articles", count).format(n=count)


def _filled_in(programme: Programme) -> Iterator[str]:
    known = {story.link for story in sample().stories}
    borrowed = sum(story.link in known for story in programme.stories)
    if 0 < borrowed < len(programme.stories):
        yield _("  The feeds have too few articles: {n} of a made-up newsroom fill in.").format(n=borrowed)


def tell_verdict(verdict: Verdict) -> Iterator[str]:
    """Say what came of it: the networks' posts, counted, and whether the log says the same."""
    total = sum(verdict.strike_posts.values())
    yield ""
    yield _("What came of it")
    yield "  " + ngettext("{n} strike post:", "{n} strike posts:", total).format(n=total)
    for account, count in verdict.strike_posts.items():
        yield "    " + _("{account}: {n}").format(account=clean_line(account), n=count)
    if verdict.kept_back:
        yield _("  Kept back by a rule of minimum service or by an account's silence: {n}").format(n=verdict.kept_back)
    yield _("  Usual posts: {n}").format(n=verdict.ordinary_posts)
    if verdict.with_link is not None:
        yield _("  Strike posts with their article's link: {n} of {total}").format(n=verdict.with_link, total=total)
    yield _("  Strike posts after the end: {n}").format(n=verdict.after_end)
    if verdict.is_good:
        yield _("  ✓ The networks and the log say the same; nothing is missing.")
    for problem in verdict.problems:
        yield f"  ✗ {say(problem)}"


def tell_log(records: Sequence[Record], zone: ZoneInfo) -> Iterator[str]:
    """Show the log in brief: hour, account, what was posted, about what."""
    yield ""
    yield _("The log, in brief")
    records = sorted(records, key=_at)
    cells = [(_hour(r, zone), clean_line(str(r["account"])), _what(r, zone)) for r in records]
    wide = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row, record in zip(cells, records, strict=True):
        aligned = [cell.ljust(width) for cell, width in zip(row, wide, strict=True)]
        room = max(SHORTEST_TITLE, WIDTH - sum(width + 2 for width in (*wide, 0)))
        yield "  " + "  ".join([*aligned, _short(str(record["article_title"]), room)])


def _what(record: Record, zone: ZoneInfo) -> str:
    kind = _("strike") if record["kind"] == Purpose.STRIKE else _("usual")
    state = state_words(str(record["state"]), zone=zone, platform=str(record["platform"]))
    return f"{state}, {kind}"


def _hour(record: Record, zone: ZoneInfo) -> str:
    return _at(record).astimezone(zone).strftime("%H:%M:%S")


def _at(record: Record) -> datetime:
    return datetime.fromisoformat(str(record["sent_at"] or record["decided_at"]))


def _short(title: str, room: int) -> str:
    title = clean_line(title)
    return title if len(title) <= room else title[: room - 1].rstrip() + "…"
