"""`preview`: the newest articles as each account would post them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from occupier.bootstrap import make_previewing, prepare_process
from occupier.cli.colour import is_coloured, is_terminal
from occupier.cli.session import Session
from occupier.cli.spoken import WholeNumber, command, json_flag, option
from occupier.cli.strikes import known_strikes
from occupier.domain.action import Payload
from occupier.domain.errors import Sentence
from occupier.domain.strike import Strike
from occupier.services.eve.checking import EXAMPLE_REASON
from occupier.services.eve.previewing import Preview, Previewed, example_strike
from occupier.speech import clean_line, end_moment, ngettext, say
from occupier.speech import gettext as _
from occupier.speech.figures import in_figures

_MOST = 50


@command(
    Sentence(
        "Show the newest articles of each feed as each account would post them: the usual text, and the strike text"
        " under the strike in force, or the next one, or an example. Nothing is posted."
    ),
    option(
        "--last",
        type=WholeNumber(1, _MOST),
        default=3,
        metavar=Sentence("N"),
        about=Sentence("How many articles of each feed."),
    ),
    json_flag(),
)
def preview(session: Session, last: int) -> int:
    """Read the feeds, render, and show."""
    prepare_process()
    strikes, now = known_strikes(session), session.now()
    strike = example_strike(session.setup, strikes, now, EXAMPLE_REASON[session.setup.language])
    n = len(session.setup.feeds)
    session.tell(ngettext("Reading {n} feed…", "Reading {n} feeds…", n).format(n=n))
    found = make_previewing(session.settings, session.clock).preview(last, strike, now)
    if session.as_json:
        session.show_json(_document(found, strike, declared=strike in strikes))
    else:
        _show(session, found, strike, declared=strike in strikes)
    for sentence in found.errors:
        session.tell(say(sentence, session.setup.zone))
    return 1 if found.errors or any(p.error for p in found.previews) else 0


def _show(session: Session, found: Previewed, strike: Strike, *, declared: bool) -> None:
    end = end_moment(strike.ends_at, session.setup.zone)
    text = (
        _("Under the strike “{name}”, until {end}.")
        if declared
        else _("No strike is declared; under an example that lasts until {end}.")
    )
    session.say(text.format(name=strike.name, end=end))
    for one in found.previews:
        session.say()
        session.say(f"{one.account.name} · {one.feed} · {clean_line(one.article.title)}")
        _show_one(session, one)


def _show_one(session: Session, one: Preview) -> None:
    if one.error is not None or one.strike is None or one.ordinary is None:
        session.say("  " + say(one.error or Sentence("This text cannot be made."), session.setup.zone))
        return
    head = _("during the strike ({length}/{limit})").format(length=in_figures(one.length), limit=in_figures(one.limit))
    usual, strike = _text(one.ordinary), _text(one.strike)
    if is_terminal(sys.stdout):
        _beside(_("usually"), usual, head, strike)
        return
    for title, text in ((_("usually"), usual), (head, strike)):
        session.say(f"  {title}")
        for line in text.splitlines():
            session.say(f"    {line}")


def _beside(usual_head: str, usual: str, strike_head: str, strike: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(usual_head, strike_head, show_lines=False, expand=True)
    for column in table.columns:
        column.ratio = 1
    table.add_row(Text(usual, overflow="fold"), Text(strike, overflow="fold"))
    Console(no_color=not is_coloured(sys.stdout), highlight=False).print(table)


def _text(payload: Payload) -> str:
    """Return what readers see: the link is beside the text where the network has a field for it."""
    lines = [clean_line(line) for line in payload.text.splitlines()]
    if payload.link and payload.link not in payload.text:
        lines.append(_("(the link is attached below: {link})").format(link=clean_line(payload.link)))
    return "\n".join(lines)


def _document(found: Previewed, strike: Strike, *, declared: bool) -> Mapping[str, Any]:
    return {
        "strike": strike.name if declared else None,
        "previews": [_record(one) for one in found.previews],
        "errors": [say(sentence) for sentence in found.errors],
    }


def _record(one: Preview) -> Mapping[str, Any]:
    return {
        "account": one.account.name,
        "platform": one.account.platform,
        "feed": one.feed,
        "article_url": one.article.link,
        "article_title": one.article.title,
        "ordinary_text": one.ordinary.text if one.ordinary else None,
        "strike_text": one.strike.text if one.strike else None,
        "length": one.length,
        "limit": one.limit,
        "error": say(one.error) if one.error else None,
    }
