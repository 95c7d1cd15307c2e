"""`db`: the database's own life."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from occupier.bootstrap import House, open_house, prepare_process
from occupier.cli import salvage
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag
from occupier.domain.errors import DatabaseError, Sentence, UsageError
from occupier.services.deeds.restoring import Stopped
from occupier.speech import clean_line, ngettext
from occupier.speech import gettext as _
from occupier.storage import lock, migrate


@command(Sentence("Bring the database up to this version, after copying it. The daemon must be stopped."))
def upgrade(session: Session) -> None:
    """Migrate under the lock."""
    database = session.settings.database
    prepare_process()
    if migrate.standing(database) is migrate.Standing.MISSING:
        migrate.require_current(database)
    with lock.holding(database):
        saved = migrate.upgrade(database, session.now())
    if saved is None:
        session.say(_("The database {path} is of this version already.").format(path=database))
    else:
        session.say(_("The database {path} was brought to this version; a copy of it as it was is {copy}.").format(
            path=database, copy=saved))  # fmt: skip


@command(
    Sentence(
        "Say whether the database is sound. Of a damaged one, say what can still be read, and how to put a copy in its"
        " place. Works while the daemon runs."
    )
)
def check(session: Session) -> int:
    """Check the file, and count what can be read of it."""
    database = session.settings.database
    if not database.exists():
        migrate.require_current(database)
    problems = migrate.check(database)
    if not problems:
        migrate.require_current(database)
        session.say(_("The database {path} is sound.").format(path=database))
        return 0
    session.say(_("The database {path} is damaged:").format(path=database))
    for problem in problems[:20]:
        session.say(f"  {clean_line(problem)}")
    _say_what_remains(session, database)
    return 1


def _say_what_remains(session: Session, database: Path) -> None:
    for table, rows in salvage.readable_rows(database).items():
        text = ngettext("{table}: {n} row can be read", "{table}: {n} rows can be read", rows)
        session.say(f"  {text.format(table=table, n=rows)}")
    copies = sorted(database.parent.glob(f"{database.name}.*.bak"))
    if copies:
        session.say(_("Copies:") + " " + ", ".join(copy.name for copy in copies))
    session.say(_("To put a copy in its place: {command}").format(command="occupier db restore FILE"))


@command(
    Sentence(
        "Put a saved copy in the place of the database, which is copied first. Since the copy does not know what was"
        " posted after it was made, nothing that waited in it is posted, and each feed begins anew."
    ),
    argument("file", Sentence("FILE")),
    flag("--yes", about=Sentence("Do not ask.")),
)
def restore(session: Session, file: str, yes: bool) -> int:
    """Replace the database under the lock."""
    database, saved = session.settings.database, Path(file).absolute()
    if not saved.is_file():
        raise UsageError("There is no file {path} to restore.", path=str(saved))
    if database.exists() and saved.samefile(database):
        raise UsageError("{path} is the database itself: name a copy of it.", path=str(saved))
    if not yes and not _confirmed(database, saved):
        session.tell(_("Nothing was changed."))
        return 1
    prepare_process()
    changed = 0

    def prepare(made: Path) -> None:
        nonlocal changed
        changed = _make_harmless(session, made, before)

    with lock.holding(database):
        before = _stopped(session, database)
        kept = migrate.replace_by(database, saved, session.now(), prepare)
    session.say(_("The database {path} is now the copy {copy}.").format(path=database, copy=saved))
    if kept:
        session.say(_("What was there before is kept as {path}.").format(path=kept))
    text = ngettext("{n} post that waited in it will not be posted.", "{n} posts that waited in it will not be posted.",
                    changed)  # fmt: skip
    session.say(text.format(n=changed))
    if before is None:
        session.say(_("What was there before cannot tell what was ended or paused, so everything is paused. Look at"
                      " occupier strike list, then type {command}.").format(command="occupier resume"))  # fmt: skip
    return 0


def _stopped(session: Session, database: Path) -> Stopped | None:
    """Return what is ended or paused at present, None where that cannot be read."""
    try:
        with _house(session, database) as house:
            return house.restoring.stopped()
    except DatabaseError:
        return None


def _make_harmless(session: Session, database: Path, before: Stopped | None) -> int:
    with _house(session, database) as house:
        return house.restoring.make_harmless(before)


@contextmanager
def _house(session: Session, database: Path) -> Iterator[House]:
    house = open_house(replace(session.settings, database=database), clock=session.clock)
    try:
        yield house
    finally:
        house.store.close()


def _confirmed(database: Path, saved: Path) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("db restore replaces the database: add --yes to say that you mean it.")
    import click

    return click.confirm(_("Put {copy} in the place of {path}?").format(copy=saved, path=database), err=True)
