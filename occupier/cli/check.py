"""`check`: what would go wrong, found out beforehand."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence

from occupier.bootstrap import make_checking, prepare_process
from occupier.cli.colour import AMBER, GREEN, RED, paint
from occupier.cli.reasons import with_reason
from occupier.cli.session import Session
from occupier.cli.spoken import command, json_flag
from occupier.cli.strikes import known_strikes
from occupier.domain.errors import DatabaseError, Sentence
from occupier.domain.strike import Strike
from occupier.services.checking import Finding, Level
from occupier.speech import clean_line, end_moment, ngettext, say
from occupier.speech import gettext as _
from occupier.storage import lock, migrate

_COLOURS = {Level.GREEN: GREEN, Level.AMBER: AMBER, Level.RED: RED}


@command(
    Sentence(
        "Find out beforehand what would go wrong: settings, database, feeds, whose each account is, every message's"
        " length, the strikes, the clock. Writes nothing anywhere. The last line can be sent to the others as it is."
    ),
    json_flag(),
)
def check(session: Session) -> int:
    """Look at everything, and say each finding as it is made."""
    prepare_process()
    found: list[Finding] = []
    for finding in _findings(session):
        found.append(finding)
        _show(session, finding)
    ready = not any(f.level is Level.RED for f in found)
    summary = _summary(session, found, _strikes(session))
    if session.as_json:
        session.show_json({"ready": ready, "summary": summary, "findings": [_record(session, f) for f in found]})
    else:
        session.say(summary)
    return 0 if ready else 1


def _findings(session: Session) -> Iterator[Finding]:
    settings = session.settings
    yield from _database(session)
    for name in settings.connections:
        for note in settings.notes(name):
            yield Finding("secret_file", name, Level.AMBER, note)
    if not settings.setup.feeds:
        yield Finding("feed", "-", Level.RED, Sentence("The settings name no feed: add one under [[feeds]]."))
    if not settings.setup.accounts:
        yield Finding("account", "-", Level.RED, Sentence("The settings name no account: add one under [[accounts]]."))
    checking, problems = make_checking(settings, session.clock)
    yield from checking.check(_strikes(session), problems)


def _database(session: Session) -> Iterator[Finding]:
    database = session.settings.database
    values = {"path": str(database)}
    try:
        if migrate.standing(database) is migrate.Standing.MISSING:
            if not os.access(database.parent, os.W_OK | os.X_OK):
                text = "The database cannot be made in {folder}: make that folder, or let this user write in it."
                yield Finding("database", "-", Level.RED, Sentence(text, {"folder": str(database.parent)}))
                return
            text = "There is no database at {path} yet: the first strike declared, or the first run, makes it."
            yield Finding("database", "-", Level.GREEN, Sentence(text, values))
            return
        migrate.require_current(database)
    except DatabaseError as error:
        yield Finding("database", "-", Level.RED, error.sentence)
        return
    running = lock.is_held(database)
    text = "A daemon is running on {path}." if running else "The database {path} is in order; no daemon is running."
    yield Finding("database", "-", Level.GREEN, Sentence(text, values))


def _strikes(session: Session) -> Sequence[Strike]:
    try:
        return known_strikes(session)
    except DatabaseError:
        return [s for s in session.setup.strikes if not s.is_over(session.now())]


def _show(session: Session, finding: Finding) -> None:
    """A line as it is found: beside the document for a program, on standard output for a person."""
    stream = sys.stderr if session.as_json else sys.stdout
    level = paint(_level_words(finding.level), _COLOURS[finding.level], stream)
    about = "" if finding.subject == "-" else f" {clean_line(finding.subject)}"
    session.say(f"{level}  {_topic(finding.id)}{about}  {_message(session, finding)}")
    stream.flush()


def _level_words(level: Level) -> str:
    words = {Level.GREEN: _("good"), Level.AMBER: _("look"), Level.RED: _("mend")}
    return words[level].ljust(max(map(len, words.values())))


def _topic(finding_id: str) -> str:
    return {
        "database": _("database"),
        "strike": _("strike"),
        "feed": _("feed"),
        "account": _("account"),
        "account_note": _("account"),
        "secret": _("key"),
        "secret_file": _("key"),
        "message": _("messages"),
        "clock": _("clock"),
        "pause_url": _("stop from elsewhere"),
    }.get(finding_id, finding_id)


def _summary(session: Session, found: list[Finding], strikes: Sequence[Strike]) -> str:
    red = sum(f.level is Level.RED for f in found)
    if red:
        return ngettext("not ready: {n} thing to mend", "not ready: {n} things to mend", red).format(n=red)
    now, n = session.now(), len(session.setup.accounts)
    accounts = ngettext("{n} account", "{n} accounts", n).format(n=n)
    current = min((s for s in strikes if not s.is_over(now)), key=lambda s: s.starts_at, default=None)
    if current is None:
        return " · ".join([_("ready"), accounts, _("no strike declared")])
    end = _("ends {end}").format(end=end_moment(current.ends_at, session.setup.zone))
    return " · ".join([_("ready"), accounts, end])


def _record(session: Session, finding: Finding) -> dict[str, str]:
    level, message = finding.level.value, _message(session, finding)
    return {"id": finding.id, "subject": finding.subject, "level": level, "message": message}


def _message(session: Session, finding: Finding) -> str:
    return say(with_reason(finding.sentence, session.setup, finding.subject), session.setup.zone)
