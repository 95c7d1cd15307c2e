"""Spreadsheets: text that those of either language open right, and whose cells are never formulas (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from occupier.speech.languages import language

MARK = "\ufeff"
"""Without it, spreadsheets take UTF-8 for the system's own encoding, and “é” for two letters."""
_STEERING = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a cell (OWASP, "CSV Injection")."""


def usual_separator() -> str:
    """Return what the spreadsheets of the language in force take for one cell's end."""
    return ";" if language() == "fr" else ","


def safe_cell(value: object) -> str:
    """Return a value as a cell that is never a formula."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(_STEERING) else text


def row(cells: Iterable[object], separator: str) -> str:
    """Return one line of a spreadsheet."""
    line = io.StringIO()
    csv.writer(line, delimiter=separator, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return line.getvalue()
