"""`check`: what would go wrong, found out beforehand."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from occupier.bootstrap import make_checking, prepare_process
from occupier.cli.findings import show_findings
from occupier.cli.progress import Progress
from occupier.cli.reasons import with_reason
from occupier.cli.session import Session
from occupier.cli.spoken import command, json_flag
from occupier.cli.strikes import known_strikes
from occupier.domain.errors import DatabaseError, Sentence
from occupier.domain.setup import Poster, Setup
from occupier.domain.strike import Strike, in_force_or_next
from occupier.domain.ways import pauses_usual_tool
from occupier.services.eve.checks.finding import Finding, Level, is_ready
from occupier.speech import end_moment, ngettext, say
from occupier.speech import gettext as _
from occupier.storage.store import SqlStore


@command(
    Sentence(
        "Find out beforehand what would go wrong: this machine, settings, database, feeds, whose each account is and"
        " what its keys allow, every message with the newest articles, the strikes, the pace, the usual tool. Writes"
        " nothing anywhere. The last line can be sent to the others as it is."
    ),
    json_flag(),
)
def check(session: Session) -> int:
    """Look at everything, show one table, and end with a line to send."""
    prepare_process()
    strikes = _strikes(session)
    with Progress(session.tell) as progress:
        checking = make_checking(session.settings, session.clock, _store(session), step=progress.step)
        found = checking.check(strikes)
    summary = summary_line(found, strikes, session)
    if session.as_json:
        records = [_record(session, finding) for finding in found]
        session.show_json({"ready": is_ready(found), "summary": summary, "findings": records})
    else:
        show_findings(found, lambda sentence, subject: _said(session, sentence, subject), sys.stdout)
        session.say(summary)
    return 0 if is_ready(found) else 1


def _store(session: Session) -> SqlStore | None:
    try:
        return session.store() if session.has_journal else None
    except DatabaseError:
        return None


def _strikes(session: Session) -> Sequence[Strike]:
    try:
        return known_strikes(session)
    except DatabaseError:
        return [s for s in session.setup.strikes if not s.is_over(session.now())]


def summary_line(found: Sequence[Finding], strikes: Sequence[Strike], session: Session) -> str:
    """Return the line to send to others: ready or not, how many accounts, the usual tool, the end."""
    now, setup = session.now(), session.setup
    n = len(setup.accounts)
    current = in_force_or_next(strikes, now)
    pieces = [_readiness(found, current), ngettext("{n} account", "{n} accounts", n).format(n=n)]
    if not _is_unpaused(found):
        pieces.append(_usual_piece(setup))
    if current is not None:
        pieces.append(_("ends {end}").format(end=end_moment(current.ends_at, setup.zone)))
    elif not is_ready(found):
        pieces.append(_("no strike declared"))
    return " · ".join(pieces)


def _readiness(found: Sequence[Finding], current: Strike | None) -> str:
    red = sum(f.level is Level.RED for f in found)
    if red:
        return ngettext("not ready: {n} thing to mend", "not ready: {n} things to mend", red).format(n=red)
    if current is None:
        return _("ready, but no strike is declared")
    return _("ready, but nothing says that the usual tool is paused") if _is_unpaused(found) else _("ready")


def _is_unpaused(found: Sequence[Finding]) -> bool:
    """Say whether the usual tool may go on where it should not."""
    return is_ready(found) and any(f.id == "usual_tool" and f.level is Level.AMBER for f in found)


def _usual_piece(setup: Setup) -> str:
    if setup.usual.paused is not None:
        return _("usual tool paused: yes")
    if setup.usual.by is Poster.HAND:
        return _("usual posts made by hand")
    if not any(pauses_usual_tool(account) for account in setup.accounts):
        return _("the usual tool goes on")
    return _("usual tool paused: no")


def _record(session: Session, finding: Finding) -> dict[str, str | None]:
    return {
        "id": finding.id,
        "topic": finding.topic,
        "subject": finding.subject,
        "level": finding.level.value,
        "message": _said(session, finding.sentence, finding.subject),
        "advice": _said(session, finding.advice, finding.subject) if finding.advice else None,
    }


def _said(session: Session, sentence: Sentence, subject: str) -> str:
    return say(with_reason(sentence, session.setup, subject), session.setup.zone)
