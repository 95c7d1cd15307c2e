"""The entrance: the command line in, an exit status out, and never a traceback unless it is asked for."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from occupier.speech import gettext as _
from occupier.speech import install, language_from_environment

if TYPE_CHECKING:
    import click

    from occupier.cli.session import Session

DONE, FAILED, REFUSED, HELD, DATABASE, INTERRUPTED = 0, 1, 2, 3, 4, 130
_QUOTED = re.compile(r"'([^']+)'|“([^”]+)”")
"""How click quotes what was typed, in every language."""


def main(arguments: Sequence[str] | None = None, session: Session | None = None) -> int:
    """Run one command line; return the exit status.

    Args:
        arguments: without the program's name; those of the process by default.
        session: its environment and clock; those of the process by default.
    """
    from occupier.cli.commands import Wanted, occupier
    from occupier.cli.session import ReaderGone, Session

    session, typed = session or Session(), sys.argv[1:] if arguments is None else list(arguments)
    install(_language(session.environ))
    try:
        status = occupier.main(list(typed), "occupier", standalone_mode=False, obj=session)
        if status is Wanted.MENU:
            status = _show_menu(session)
        if sys.stdout is not None:  # closed by whoever started us
            sys.stdout.flush()
        return status if isinstance(status, int) else DONE
    except (BrokenPipeError, ReaderGone):
        # whoever read us has seen enough; what is left to flush goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _explain(error, session, typed)
    finally:
        session.close()


def _show_menu(session: Session) -> int:
    from occupier.cli.menu import show_menu

    return show_menu(session, main)


def _language(environ: Mapping[str, str]) -> str:
    """The settings, once they are read, have the last word."""
    asked = environ.get("OCCUPIER_LANGUAGE")
    return asked if asked in ("fr", "en") else language_from_environment(environ)


def _explain(error: Exception, session: Session, typed: Sequence[str]) -> int:
    import shlex

    import click

    from occupier.domain.errors import OccupierError
    from occupier.speech import say

    if isinstance(error, click.Abort):
        return INTERRUPTED
    if session.debug:
        _trace()
    if isinstance(error, click.ClickException):
        return _explain_click(error, session)
    if isinstance(error, OccupierError):
        return _end(session, say(error, session.zone), exit_status(error))
    text = _("Something unexpected went wrong ({error}). To see where, and report it, type: {command}")
    command = shlex.join(["occupier", *typed, "--debug"])
    return _end(session, text.format(error=type(error).__name__, command=command), FAILED)


def _end(session: Session, problem: str, status: int) -> int:
    """Say what went wrong; a program that waits for a document gets one that says it too."""
    session.tell(_painted(problem))
    if session.owes_document:
        session.show_json({"error": problem})
    return status


def _explain_click(error: click.ClickException, session: Session) -> int:
    import click

    from occupier.speech import clean_line

    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        session.tell(error.format_message())
        return REFUSED
    session.tell(_painted(_QUOTED.sub(_requoted, clean_line(error.format_message()))))
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        session.tell(_("Type {command} to see how.").format(command=f"{context.command_path} --help"))
    return REFUSED if isinstance(error, click.UsageError) else FAILED


def _requoted(quoted: re.Match[str]) -> str:
    return _("“{word}”").format(word=quoted[1] or quoted[2])


def exit_status(error: Exception) -> int:
    """Return the exit status that an error has."""
    from occupier.domain.errors import DatabaseError, HeldElsewhere, UsageError

    kinds = {UsageError: REFUSED, HeldElsewhere: HELD, DatabaseError: DATABASE}
    return next((status for kind, status in kinds.items() if isinstance(error, kind)), FAILED)


def _painted(text: str) -> str:
    from occupier.cli.colour import RED, paint

    return paint(text, RED, sys.stderr)


def _trace() -> None:
    import traceback

    from occupier.wire.scrub import scrub

    print(scrub(traceback.format_exc()), file=sys.stderr)
