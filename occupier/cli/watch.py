"""`status --watch`: the same page again and again on a terminal; a line at each change where it is not one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import TextIO

from occupier.cli.session import Session
from occupier.cli.standing import in_one_line
from occupier.cli.status_page import page
from occupier.speech import gettext as _
from occupier.speech import short_time

EVERY = 3.0
"""Seconds between two looks."""
_OTHER_SCREEN, _BACK = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
_HOME, _REST_OF_LINE, _REST_OF_SCREEN = "\x1b[H", "\x1b[K", "\x1b[J"


def keep_watch(session: Session, out: TextIO) -> None:
    """Look until Ctrl-C, which is raised on. Raises SettingsError, DatabaseError."""
    if out.isatty():
        _redraw(session, out)
    _append(session, out)


def _redraw(session: Session, out: TextIO) -> None:
    # what is wrong with the settings is said on the screen that stays
    first = _fitting(list(page(session, brief=True)))
    out.write(_OTHER_SCREEN)
    try:
        while True:
            out.write(_HOME + "".join(f"{line}{_REST_OF_LINE}\n" for line in first) + _REST_OF_SCREEN)
            out.flush()
            session.rest(EVERY)
            first = _fitting(list(page(session, brief=True)))
    finally:
        out.write(_BACK)
        out.flush()


def _fitting(lines: Sequence[str]) -> list[str]:
    """Return what a screen has room for, long lines taking several rows; the last one says what is left out."""
    columns, rows = shutil.get_terminal_size()
    room, shown = rows - 2, list[str]()
    for line in lines:
        room -= max(1, -(-len(line) // columns))
        if room < 0:
            left = len(lines) - len(shown)
            return [*shown, _("… and {n} more lines: occupier status. Ctrl-C ends this.").format(n=left)]
        shown.append(line)
    return [*shown, _("Ctrl-C ends this.")]


def _append(session: Session, out: TextIO) -> None:
    before = None
    while True:
        line = in_one_line(session)
        if line != before:
            print(f"{short_time(session.now(), session.setup.zone)}  {line}", file=out, flush=True)
        before = line
        session.rest(EVERY)
