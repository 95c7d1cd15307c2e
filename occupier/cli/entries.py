"""Records of the log on a terminal: what would have gone out, what did, where and when, a few lines each."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

from occupier.cli.colour import BOLD, paint
from occupier.domain.action import Purpose, State
from occupier.speech import clean_line
from occupier.speech import gettext as _

Record = Mapping[str, Any]

_INDENT = "    "


def show_entries(records: Iterable[tuple[Record, str]], zone: ZoneInfo) -> int:
    """Print each record with the words of its state, as they come; return how many there were."""
    count = 0
    for record, state in records:
        count += 1
        print(paint(_head(record, state, zone), BOLD, sys.stdout))
        for line in _body(record):
            for piece in _fitted(line):
                print(piece)
    return count


def _head(record: Record, state: str, zone: ZoneInfo) -> str:
    at = datetime.fromisoformat(record["sent_at"] or record["handed_at"] or record["decided_at"]).astimezone(zone)
    kind = _kind(record)
    cells = (record["id"], f"{at:%Y-%m-%d %H:%M:%S}", record["account"] or "", f"{state}, {kind}")
    return "  ".join(clean_line(cell) for cell in cells)


def _kind(record: Record) -> str:
    if record["kind"] == Purpose.STRIKE:
        return _("strike “{name}”").format(name=record["strike"])
    kinds = {
        Purpose.RETRACT.value: _("retraction"),
        Purpose.RESTORE.value: _("put back"),
        Purpose.REPLACE.value: _("makes room for the strike"),
        Purpose.GIVE_BACK.value: _("given back"),
    }
    return kinds.get(record["kind"], _("usual post"))


def _body(record: Record) -> Iterator[str]:
    usual, strike = record["ordinary_text"] or record["article_title"] or "", record["strike_text"]
    if record["kind"] == "strike":
        edited = record["replaced"] == "edited" and record["state"] == State.SENT
        before = _("said before:") if edited else _("would have gone out:")
        before = _("was there, deleted:") if record["replaced"] == "deleted" else before
        yield f"{before} {clean_line(usual)}"
        if strike:
            handed = _("handed over:") if record["state"] == State.HANDED else _("strike message:")
            out = _("said since:") if edited else _("went out:")
            said = out if record["state"] == State.SENT else handed
            yield f"{said} {clean_line(strike)}"
    else:
        yield clean_line(strike if record["kind"] == Purpose.RETRACT and strike else usual)
    if record["post_url"]:
        yield clean_line(record["post_url"])


def _fitted(line: str) -> list[str]:
    """Return the line cut where words end: an address that is cut can be neither clicked nor copied."""
    width = max(shutil.get_terminal_size().columns, 40)
    return wrap(
        line,
        width,
        initial_indent=_INDENT,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
