"""`strike`: declare, renew, end, list."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag, json_flag, option
from occupier.domain.errors import Sentence
from occupier.speech import gettext as _

if TYPE_CHECKING:
    from occupier.bootstrap import House
    from occupier.domain.strike import Strike
    from occupier.services.deeds.striking import Declared

_JUST_NOW = timedelta(minutes=1)
"""`--from now` has begun before it is written: nobody needs to hear of that."""
_NAME, _TIME, _TEXT = Sentence("NAME"), Sentence("TIME"), Sentence("TEXT")
_TO = option(
    "--to", "ends", required=True, metavar=_TIME, about=Sentence("When it ends, with the hour: nothing is sent after.")
)
_MANDATE = option(
    "--mandate", required=True, metavar=_TEXT, about=Sentence("Who decided it, and when: no person's name.")
)
_LONG = flag("--long", about=Sentence("It is meant to last more than 31 days."))


@command(
    Sentence(
        "Declare a strike. Times are written 2020-01-24T09:00 (in the settings' zone, or with an offset), now, or +8h."
        " Between the two, each new article is announced by a strike message that carries its link."
    ),
    argument("name", _NAME),
    option("--from", "starts", required=True, metavar=_TIME, about=Sentence("When it begins.")),
    _TO,
    _MANDATE,
    option("--reason", required=True, metavar=_TEXT,
           about=Sentence("Why, as it is read after “on strike”: “against the pension reform”.")),
    option("--who", metavar=_TEXT, about=Sentence("Who strikes, if not the community managers of the account.")),
    option("--url", metavar=Sentence("ADDRESS"), about=Sentence("A page that says why; messages may name it.")),
    option("--agreed", metavar=_TEXT, about=Sentence("What the employer agreed to, if anything.")),
    option("--account", "accounts", multiple=True, metavar=_NAME,
           about=Sentence("Only this account; may be typed several times. All of them otherwise.")),
    option("--feed", "feeds", multiple=True, metavar=_NAME,
           about=Sentence("Only this feed; may be typed several times. All of them otherwise.")),
    option("--message", "messages", multiple=True, metavar=_TEXT,
           about=Sentence("A wording in place of those that ship; several take turns.")),
    option("--destroy-on", metavar=Sentence("DATE"),
           about=Sentence("The day on which its log is to be destroyed; a year after its end otherwise.")),
    option("--link", type=str, default="keep", metavar=Sentence("keep|none"),
           about=Sentence("Whether messages carry the article's link: keep (as usual), or none.")),
    _LONG,
    flag("--yes", about=Sentence("Do not ask, on a terminal, whether a start that is past is meant.")),
)  # fmt: skip
def declare(session: Session, **typed: Any) -> int:
    """Declare a period, and say it again in full."""
    from occupier.bootstrap import make_previewing
    from occupier.cli.declaring import read_strike
    from occupier.cli.wording import refuse_bad_wordings

    wanted = read_strike(session, typed)
    previewing = make_previewing(session.settings, session.clock)
    refuse_bad_wordings(previewing, session.setup, wanted, session.now())
    if not typed["yes"] and not _is_meant(session, wanted):
        session.say(_("Nothing was declared."))
        return 1
    house = session.house(create=True)
    declared = house.striking.declare(wanted, long=typed["long"])
    session.say(_("The strike “{name}” is declared.").format(name=declared.strike.name))
    _repeat(session, house, declared)
    return 0


def _is_meant(session: Session, wanted: Strike) -> bool:
    """Ask whoever sits at a terminal: a slip of the day in the start would have the strike act at once."""
    from occupier.cli.asking import is_agreed
    from occupier.speech import duration, period

    now = session.now()
    if now - wanted.starts_at <= _JUST_NOW or wanted.ends_at <= now or not sys.stdin.isatty():
        return True
    asked = _(
        "A strike {period}: it began {ago} ago, so it acts at once, and lasts {left} more. Is that right? [yes/no]"
    )
    when = period(wanted.starts_at, wanted.ends_at, session.setup.zone)
    return is_agreed(
        asked.format(period=when, ago=duration(now - wanted.starts_at), left=duration(wanted.ends_at - now))
    )


@command(
    Sentence(
        "Renew a strike: NAME-2 (then NAME-3…) goes on from the end of the last period, on the same accounts and in the"
        " same words, under another mandate."
    ),
    argument("name", _NAME),
    _TO,
    _MANDATE,
    _LONG,
)
def renew(session: Session, name: str, ends: str, mandate: str, long: bool) -> None:
    """Declare the next period."""
    from occupier.cli.declaring import read_text
    from occupier.domain.times import parse_instant

    house = session.house()
    until = parse_instant(ends, session.setup.zone, session.now())
    declared = house.striking.renew(name, until, read_text(session, "--mandate", mandate), long=long)
    session.say(_("The strike is renewed as “{name}”.").format(name=declared.strike.name))
    _repeat(session, house, declared)


@command(
    Sentence("End a strike now, for good: no strike post leaves any more, and what waited under it is not posted."),
    argument("name", _NAME),
    flag("--yes", about=Sentence("Do not ask: it is meant.")),
)
def end(session: Session, name: str, yes: bool) -> int:
    """Say what it means, ask on a terminal, and close a strike."""
    from occupier.cli.control import say_what_is_wrong

    wrong = session.make_do()
    house = session.house()
    if not yes and sys.stdin.isatty() and not _is_to_end(session, house, name):
        session.say(_("Nothing was changed: the strike goes on."))
        return 1
    ended = house.striking.end(name)
    text = _("The strike “{name}” is over: no strike post leaves any more. To go on, renew it: {command}")
    session.say(text.format(name=ended.name, command=f"occupier strike renew {ended.name} --to … --mandate …"))
    say_what_is_wrong(session, wrong)
    return 0


def _is_to_end(session: Session, house: House, name: str) -> bool:
    """Show what the end means, and return whether it is meant; a strike that is over, or unknown, ends without."""
    from occupier.cli.asking import is_agreed
    from occupier.speech import ngettext

    strike = next((s for s in house.striking.all() if s.name == name and not s.is_over(session.now())), None)
    if strike is None:
        return True
    session.tell(_("It ends for good: no strike post leaves under “{name}” any more.").format(name=name))
    waiting = house.striking.waiting(strike)
    if waiting:
        text = ngettext("{n} post waits under it, and is not posted.", "{n} posts wait under it, and are not posted.",
                        waiting)  # fmt: skip
        session.tell(text.format(n=waiting))
    session.tell(_("To stop for a while, pause instead: {command}").format(command="occupier pause"))
    return is_agreed(_("End the strike “{name}” now? [yes/no]").format(name=name))


@command(Sentence("List the strikes, past and to come."), json_flag())
def list_(session: Session) -> None:
    """Show the strike book; where there is none yet, the settings' own strikes."""
    from occupier.cli.colour import is_terminal
    from occupier.cli.strikes import as_record, fate_of_log, in_brief, known_strikes, standing_words
    from occupier.cli.tables import show_table
    from occupier.speech import end_moment, moment

    strikes, now, zone = known_strikes(session), session.now(), session.setup.zone
    if session.as_json:
        session.show_json({"strikes": [as_record(strike, now) for strike in strikes]})
        return
    if not strikes:
        session.tell(_("No strike is declared. To declare one: {command}").format(command="occupier strike declare"))
        return
    if is_terminal(sys.stdout):
        for strike in strikes:
            for line in in_brief(strike, session.setup, now):
                session.say(line)
        return
    show_table(
        [_("name"), _("stands"), _("from"), _("to"), _("mandate"), _("its log")],
        (
            (
                s.name,
                standing_words(s, now),
                moment(s.starts_at, zone),
                end_moment(s.ends_at, zone),
                s.mandate,
                fate_of_log(s, session.setup),
            )
            for s in strikes
        ),
    )


def _repeat(session: Session, house: House, declared: Declared) -> None:
    from occupier.cli.feed import starting
    from occupier.cli.strikes import concerned, describe
    from occupier.speech import say
    from occupier.storage.lock import is_held

    strike = declared.strike
    for line in describe(strike, session.setup, session.now()):
        session.say(f"  {line}")
    if strike.declared_at - strike.starts_at > _JUST_NOW:
        for warning in declared.warnings:
            session.say(say(warning, session.setup.zone))
    if not concerned(strike, session.setup):
        session.say(_("It concerns no account of the settings: nothing will be posted under it."))
        return
    _show_wordings(session, strike)
    if is_held(session.settings.database):
        session.say(_("A daemon is running: it acts by itself at the hour. To see: {command}").format(
            command="occupier status"))  # fmt: skip
    else:
        session.say(_("No daemon is running, so nothing will be posted. Start it: {command}").format(
            command=" ".join(("occupier", *starting(session.setup)))))  # fmt: skip


def _show_wordings(session: Session, strike: Strike) -> None:
    from occupier.bootstrap import make_previewing
    from occupier.cli.wording import first_posts

    previewing = make_previewing(session.settings, session.clock)
    session.say(_("The first post of each account, with an article's title in it:"))
    for account, text in first_posts(previewing, session.setup, strike, session.now()):
        session.say(f"  {account.name}")
        for line in text.splitlines():
            session.say(f"    {line}")
