"""`catch-up`: what was not announced as usual, as a list to hand over. Nothing here posts, or asks a network."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from occupier.cli.colour import is_terminal
from occupier.cli.exports import read_separator
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag, option
from occupier.domain.errors import Sentence, UsageError
from occupier.domain.findings import Announcement, Unannounced
from occupier.domain.recount import Recount
from occupier.speech import clean_line, moment, say
from occupier.speech import gettext as _
from occupier.speech.fates import ANNOUNCEMENTS


@command(
    Sentence(
        "List the articles of a strike that were not announced as usual, each with what became of it: announced by a"
        " strike post, left to the usual tool by a rule, or announced by nobody. A list for your own tool: occupier"
        " never posts it."
    ),
    argument("strike", Sentence("STRIKE")),
    flag("--csv", about=Sentence("As a spreadsheet (this is the default, but on a terminal: a list to read).")),
    flag("--rss", about=Sentence("As an RSS feed with the articles' own guids and links.")),
    flag("--nobody", about=Sentence("Only what nobody announced.")),
    option("--separator", metavar=Sentence("CHARACTER"),
           about=Sentence("What stands between the cells: comma, semicolon or tab.")),
    option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar=Sentence("FILE"),
           about=Sentence("Where to write it; on the screen if absent. A name in .rss or .xml makes a feed of it.")),
    flag("--force", about=Sentence("Overwrite the file if it is there.")),
)  # fmt: skip
def catch_up(
    session: Session,
    strike: str,
    csv: bool,
    rss: bool,
    nobody: bool,
    separator: str | None,
    output: Path | None,
    force: bool,
) -> None:
    """Write the list."""
    if csv and rss:
        raise UsageError("{one} and {other} exclude each other: choose one.", one="--csv", other="--rss")
    from occupier.report.handing import as_feed, as_sheet

    rss = rss or (not csv and output is not None and output.suffix.lower() in (".rss", ".xml"))
    setup, house = session.setup, session.house()
    between = read_separator(separator)
    with house.recounting.findings(strike) as found:
        articles = _Counted(found.unannounced, only_nobody=nobody)
        site = setup.feeds[0].url if setup.feeds else None
        recount = found.recount
        if output is None and not (csv or rss or separator) and is_terminal(sys.stdout):
            parts: Iterable[str] = _lines(articles, setup.zone)
        else:
            parts = as_feed(articles, recount.strike, recount.at, site) if rss else as_sheet(articles, between)
        _put(parts, output, force=force)
        session.tell(_summary(found.recount, articles.counts))


def _lines(articles: Iterable[Unannounced], zone: ZoneInfo) -> Iterator[str]:
    for a in articles:
        seen = moment(a.published_at or a.first_seen_at, zone)
        yield f"{clean_line(a.title)}\n    {seen} – {say(ANNOUNCEMENTS[a.announcement])}\n    {clean_line(a.link)}\n"


class _Counted:
    """Articles, counted as they are read."""

    def __init__(self, articles: Iterable[Unannounced], *, only_nobody: bool) -> None:
        self._articles, self._only_nobody = articles, only_nobody
        self.counts = dict.fromkeys(Announcement, 0)

    def __iter__(self) -> Iterator[Unannounced]:
        for article in self._articles:
            if not self._only_nobody or article.is_nobodys:
                self.counts[article.announcement] += 1
                yield article


def _put(parts: Iterable[str], output: Path | None, *, force: bool) -> None:
    if output is None:
        if isinstance(sys.stdout, io.TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", newline="")
        for part in parts:
            sys.stdout.write(part)
        return
    from occupier.report.file import save

    save((part.encode() for part in parts), output, overwrite=force)


def _summary(recount: Recount, counts: dict[Announcement, int]) -> str:
    text = _(
        "In the list, announced by a strike post: {strike}; left to the usual tool by a rule: {left}; announced by"
        " nobody: {nobody}. occupier posts none of them: the list is for your own tool."
    )
    nobody = counts[Announcement.NOBODY] + counts[Announcement.SILENCE]
    said = [text.format(strike=counts[Announcement.STRIKE], left=counts[Announcement.LEFT], nobody=nobody)]
    if counts[Announcement.STRIKE] and nobody:
        command = f"occupier catch-up {recount.strike.name} --nobody"
        said.append(_("Only what nobody announced: {command}").format(command=command))
    if not recount.is_settled:
        said.append(_("The strike is not settled yet: what is still moving is not in the list."))
    return "\n".join(said)
