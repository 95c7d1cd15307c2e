"""`log verify` and `log destroy`: that the log can be believed, and that it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from occupier.cli.colour import is_terminal
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag, json_flag, option
from occupier.domain.errors import HeldElsewhere, OccupierError, Sentence, UsageError
from occupier.speech import gettext as _
from occupier.speech import ngettext, say

if TYPE_CHECKING:
    from occupier.domain.ledger import Break
    from occupier.services.review.ledger import Verified

_PATIENCE = 1.0
"""Seconds after which somebody who waits is told how far it is."""


@command(
    Sentence(
        "Find out whether the log is what was written: that no record was changed, removed, moved or added, and that"
        " rows, attempts and posts are what the records tell. Changes nothing; works while the daemon runs."
    ),
    option("--head", metavar=Sentence("HEAD"),
           about=Sentence("A head that you noted elsewhere: the log must still contain it.")),
    json_flag(),
)  # fmt: skip
def verify(session: Session, head: str | None) -> int:
    """Verify, and say what was found; 1 if the log cannot be believed."""
    from occupier.services.review.ledger import Verifying
    from occupier.storage.migrate import check

    session.settings  # noqa: B018 - from here on, its language is spoken
    store = session.store()
    damage = check(session.settings.database)
    if damage:
        return _say_damage(session, damage[0])
    found = Verifying(store).verify(head.lower() if head else None, _progress(session))
    if session.as_json:
        session.show_json(_document(session, found, head))
    else:
        for line in _lines(session, found, head):
            session.say(line)
    return 0 if found.broken is None else 1


def _progress(session: Session) -> Callable[[int, int], None]:
    began, shown = time.monotonic(), -1

    def told(done: int, total: int) -> None:
        nonlocal shown
        percent = 100 * done // max(total, 1)
        if percent > shown and time.monotonic() - began > _PATIENCE and is_terminal(sys.stderr):
            shown = percent
            session.tell(_("verifying: {percent} %").format(percent=min(percent, 99)))

    return told


def _say_damage(session: Session, problem: str) -> int:
    text = _("The database is damaged: {problem}. See occupier db check.").format(problem=problem)
    if session.as_json:
        session.show_json({"ok": False, "break": {"seq": None, "id": None, "what": text}})
    session.say(text)
    return 1


def _lines(session: Session, found: Verified, head: str | None) -> Iterator[str]:
    if found.broken is not None:
        yield _("The log is not what was written: {where}: {what}.").format(
            where=_where(found.broken), what=say(found.broken.what, session.setup.zone)
        )
        yield _("Keep this database as it is, and compare it with a copy: {command}").format(
            command="occupier db restore FILE"
        )
        return
    records = ngettext("{n} record", "{n} records", found.records).format(n=found.records)
    rows = ngettext("{n} row", "{n} rows", found.rows).format(n=found.rows)
    attempts = ngettext("{n} attempt", "{n} attempts", found.attempts).format(n=found.attempts)
    yield _("The log is what was written: {records}, {rows}, {attempts}; all of them agree.").format(
        records=records, rows=rows, attempts=attempts
    )
    for done in found.destructions:
        text = ngettext(
            "Destroyed lawfully, of the strike “{name}”: {n} row, and {records} of its records.",
            "Destroyed lawfully, of the strike “{name}”: {n} rows, and {records} of their records.",
            done.rows,
        )
        yield text.format(name=done.name, n=done.rows, records=done.records)
    if found.head is None:
        yield _("There is nothing in it yet.")
        return
    yield _("Its head: {head}").format(head=found.head)
    if head is None:
        yield _("Only a head noted elsewhere shows that nothing is missing at its end: {command}").format(
            command="occupier log verify --head …"
        )
    else:
        yield _("The head that you noted is in it: nothing before it was removed.")


def _where(broken: Break) -> str:
    if broken.seq is not None and broken.action_id is not None:
        return _("record {seq}, about row {id}").format(seq=broken.seq, id=broken.action_id)
    if broken.seq is not None:
        return _("record {seq}").format(seq=broken.seq)
    return _("row {id}").format(id=broken.action_id) if broken.action_id is not None else _("the strike book")


def _document(session: Session, found: Verified, head: str | None) -> dict[str, Any]:
    broken = found.broken
    what = broken and say(broken.what, session.setup.zone)
    return {
        "ok": broken is None,
        "break": broken and {"seq": broken.seq, "id": broken.action_id and str(broken.action_id), "what": what},
        "records": found.records,
        "rows": found.rows,
        "attempts": found.attempts,
        "head": found.head,
        "head_noted": head,
        "destroyed": {"rows": found.destroyed_rows, "records": found.destroyed_records},
        "destructions": [
            {"strike": d.name, "at": d.at, "rows": d.rows, "records": d.records, "seq": d.seq}
            for d in found.destructions
        ],
    }


@command(
    Sentence(
        "Destroy the log of a strike that is over: the texts, the hours, the posts' addresses and the records, here"
        " and in the copies that occupier made. It cannot be undone. Even so, no article is announced twice, and the"
        " log can still be verified."
    ),
    argument("strike", Sentence("STRIKE")),
    flag("--yes", about=Sentence("Do not ask.")),
)
def destroy(session: Session, strike: str, yes: bool) -> int:
    """Destroy one strike's register under the lock."""
    from occupier.bootstrap import prepare_process
    from occupier.report.keeping import remove_report
    from occupier.services.review.ledger import Destroying
    from occupier.storage import erasing, lock

    database = session.settings.database
    destroying = Destroying(session.store())
    is_left = destroying.check(strike)
    if not (yes or _confirmed(strike)):
        session.tell(_("Nothing was changed."))
        return 1
    prepare_process()
    if lock.is_held(database):
        raise HeldElsewhere(
            "An occupier is running on {path}: stop it first, then type this again.", path=str(database)
        )
    with lock.holding(database):
        done = destroying.empty(strike)
        erasing.scrub(database)
        copies = [line for copy in erasing.copies(database) if (line := _destroy_copy(session, copy, strike))]
        report = remove_report(database, strike)
    if done is not None:
        text = ngettext(
            "Destroyed for good: {n} row of the log, and {records} of its records.",
            "Destroyed for good: {n} rows of the log, and {records} of their records.",
            done.rows,
        )
        session.say(text.format(n=done.rows, records=done.records))
    elif not is_left:
        session.say(
            _("The log of “{name}” was destroyed already; its old bytes were erased once more.").format(name=strike)
        )
    for line in copies:
        session.say(line)
    if report is not None:
        session.say(_("Its account {path} was removed too.").format(path=report.name))
    session.say(_("What you copied or exported elsewhere is yours to destroy."))
    return 0


def _confirmed(strike: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("log destroy cannot be undone: add --yes to say that you mean it.")
    import click

    question = _("This cannot be undone. To destroy the log of “{name}”, type its name").format(name=strike)
    return bool(click.prompt(question, err=True, default="", show_default=False) == strike)


def _destroy_copy(session: Session, copy: Path, strike: str) -> str | None:
    """Empty the same register in a copy; one that cannot be emptied is removed. Says which, where there was one."""
    try:
        if not _empty_copy(session, copy, strike):
            return None
        return _("The copy {path} was emptied of it too.").format(path=copy.name)
    except OccupierError:
        from occupier.storage.migrate import remove

        remove(copy)
        return _("The copy {path} could not be emptied of it, and was removed.").format(path=copy.name)


def _empty_copy(session: Session, copy: Path, strike: str) -> bool:
    from occupier.services.review.ledger import Destroying
    from occupier.storage import erasing, migrate
    from occupier.storage.store import SqlStore

    migrate.require_current(copy)
    migrate.require_sound(copy)
    with closing(SqlStore(copy, session.clock)) as store:
        done = Destroying(store).empty(strike)
    erasing.scrub(copy)
    return done is not None
