"""`status`: how things stand, at one instant, or again and again."""

from __future__ import annotations

import sys

from occupier.cli.session import Session
from occupier.cli.spoken import command, flag, json_flag
from occupier.cli.standing import look_at
from occupier.cli.status_page import page
from occupier.domain.errors import Sentence, UsageError


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
    elif session.as_json:
        from occupier.cli.status_document import document

        session.show_json(document(session, look_at(session)))
    else:
        for line in page(session):
            session.say(line)
