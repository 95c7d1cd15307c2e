"""`status`: how things stand, at one instant, or again and again."""

from __future__ import annotations

import sys

from occupier.cli.session import Session
from occupier.cli.spoken import command, flag, json_flag
from occupier.cli.standing import look_at
from occupier.cli.status_page import page
from occupier.cli.strikes import as_record, iso, known_strikes
from occupier.domain.errors import Sentence, UsageError
from occupier.storage.migrate import Standing, standing


@command(
    Sentence(
        "Show how things stand: what runs, the strike in force or the next one, each feed and account, what is stopped"
        " and why, what waits for a person with the command to type, gaps in watching, what is to come, and how to"
        " stop."
    ),
    flag(
        "--watch", about=Sentence("Show it again every few seconds, until Ctrl-C; into a file, a line at each change.")
    ),
    json_flag(),
)
def status(session: Session, watch: bool) -> None:
    """Read the journal and show it."""
    if watch and session.as_json:
        raise UsageError("--watch and --json exclude each other: choose one.")
    if watch:
        from occupier.cli.watch import keep_watch

        keep_watch(session, sys.stdout)
    elif standing(session.settings.database) is Standing.MISSING:
        _nothing_yet(session)
    elif session.as_json:
        from occupier.cli.status_document import document

        look = look_at(session)
        assert look is not None  # the database is there
        session.show_json(document(session, look))
    else:
        for line in page(session):
            session.say(line)


def _nothing_yet(session: Session) -> None:
    if session.as_json:
        session.show_json({
            "at": iso(session.now()), "running": False, "heartbeat_at": None, "alive": False, "dry_run": False,
            "strikes": [as_record(s, session.now()) for s in known_strikes(session)],
            "feeds": [], "accounts": [], "pauses": [], "pause_file": False, "waiting": [], "to_do": [],
            "next": [], "gaps": [],
            "afterwards": [], "plans": [], "check": None, "jobs": {}, "head": None,
        })  # fmt: skip
        return
    for line in page(session):
        session.say(line)
