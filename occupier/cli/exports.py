"""The log for programs and for spreadsheets: written record by record, whatever their number."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from occupier.domain.errors import UsageError
from occupier.speech.cells import MARK, safe_cell, usual_separator

Record = Mapping[str, Any]
Writer = Callable[[Iterable[Record]], None]

FIELDS = (
    "id", "kind", "strike", "feed", "account", "platform", "article_id", "article_url", "article_title",
    "ordinary_text", "strike_text", "state", "reason", "post_id", "post_url", "first_seen_at", "published_at",
    "decided_at", "sent_at", "attempts", "error_code", "error_message", "proof", "gone_at", "gone_by", "handed_at",
    "read_at", "dry_run",
)  # fmt: skip
"""The columns of `--csv`: the record's own names, the error in two."""
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t"}


def chosen(typed: Mapping[str, Any], *, as_json: bool) -> Writer | None:
    """Return the writer that the options ask for, None where a person reads.

    Raises:
        UsageError: two of them, or a separator that is none.
    """
    wanted = [name for name, is_asked in
              (("--json", as_json), ("--csv", typed["csv"]), ("--ndjson", typed["ndjson"])) if is_asked]  # fmt: skip
    if len(wanted) > 1:
        raise UsageError("{one} and {other} exclude each other: choose one.", one=wanted[0], other=wanted[1])
    separator = read_separator(typed["separator"])
    if typed["separator"] is not None and not typed["csv"]:
        raise UsageError("--separator is for --csv only: add --csv.")
    writers: dict[str, Writer] = {
        "--json": write_json,
        "--csv": lambda records: write_csv(records, separator),
        "--ndjson": write_ndjson,
    }
    return writers[wanted[0]] if wanted else None


def read_separator(typed: str | None) -> str:
    """Return what parts the cells, by default as the spreadsheets of the language expect it. Raises UsageError."""
    if typed is None:
        return usual_separator()
    separator = _SEPARATORS.get(typed, typed)
    if separator not in _SEPARATORS.values():
        raise UsageError("--separator: write a comma, a semicolon, or one of the words comma, semicolon and tab.")
    return separator


def write_json(records: Iterable[Record]) -> None:
    """Print a list, record by record."""
    before = "[\n"
    for record in records:
        sys.stdout.write(before + json.dumps(record, ensure_ascii=False))
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def write_ndjson(records: Iterable[Record]) -> None:
    """Print one object a line (https://github.com/ndjson/ndjson-spec)."""
    for record in records:
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")


def write_csv(records: Iterable[Record], separator: str) -> None:
    """Print a spreadsheet whose cells are never formulas, in UTF-8 and marked as such (RFC 4180)."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.stdout.write(MARK)
    writer = csv.writer(sys.stdout, delimiter=separator, lineterminator="\r\n")
    writer.writerow(FIELDS)
    for record in records:
        flat = {**record, **{f"error_{k}": v for k, v in (record["error"] or {}).items()}}
        writer.writerow([safe_cell(flat.get(name)) for name in FIELDS])
