"""`log`: what was posted in place of what, for people, for programs and for spreadsheets."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from occupier.cli.colour import is_terminal
from occupier.cli.session import Session
from occupier.cli.spoken import command, flag, json_flag, option
from occupier.domain.action import Purpose, State, Verb
from occupier.domain.errors import Sentence, UsageError
from occupier.domain.ports import LogQuery, Store
from occupier.domain.times import parse_instant
from occupier.speech import gettext as _

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from occupier.domain.setup import Setup

Record = Mapping[str, Any]

FIELDS = (
    "id", "kind", "strike", "feed", "account", "platform", "article_id", "article_url", "article_title",
    "ordinary_text", "strike_text", "state", "reason", "post_id", "post_url", "first_seen_at", "published_at",
    "decided_at", "sent_at", "attempts", "error_code", "error_message", "proof", "gone_at", "gone_by", "dry_run",
)  # fmt: skip
"""The columns of `--csv`: the record's own names, the error in two."""
_STEERING = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for a formula at the beginning of a cell."""


@command(
    Sentence(
        "Show the log: the strike posts, what each stands in place of, where it is, and why one is not there. With"
        " --all, the ordinary posts too. Works while the daemon runs."
    ),
    json_flag(is_list=True),
    flag("--csv", about=Sentence("The same as a spreadsheet.")),
    option("--strike", metavar=Sentence("NAME"), about=Sentence("Only under this strike.")),
    option("--account", metavar=Sentence("NAME"), about=Sentence("Only on this account.")),
    option("--feed", metavar=Sentence("NAME"), about=Sentence("Only articles of this feed.")),
    option("--state", metavar=Sentence("STATE"), about=Sentence("Only those that stand so: sent, uncertain, held…")),
    option("--since", metavar=Sentence("TIME"), about=Sentence("Only those decided at this time or later.")),
    option("--until", metavar=Sentence("TIME"), about=Sentence("Only those decided before this time.")),
    option("--limit", type=int, metavar=Sentence("N"), about=Sentence("Only the newest N, shown oldest first.")),
    option("--after", metavar=Sentence("ID"), about=Sentence("Only what follows this record: the next page.")),
    flag("--all", about=Sentence("Ordinary posts too.")),
)
def log(session: Session, **typed: Any) -> None:
    """Read the log as asked, and show it as it comes."""
    from occupier.storage.migrate import Standing, standing

    as_csv = typed["csv"]
    if as_csv and session.as_json:
        raise UsageError("--json and --csv exclude each other: choose one.")
    if standing(session.settings.database) is Standing.MISSING:
        session.tell(_("There is no log yet: it begins with the first strike declared or the first run."))
        _show(session, iter(()), as_csv=as_csv)
        return
    store = session.store()
    query = _query(session, store, typed)
    with store.reading() as tx:
        shown = _show(session, tx.register.records(query), as_csv=as_csv)
    if shown == 0:
        asked = any(value for name, value in typed.items() if name not in ("csv", "all"))
        session.tell(_("Nothing in the log matches.") if asked else _("Nothing has been announced yet."))


def _query(session: Session, store: Store, typed: Mapping[str, Any]) -> LogQuery:
    _check_names(session.setup, store, typed)
    return LogQuery(
        strike=typed["strike"],
        account=typed["account"],
        feed=typed["feed"],
        state=State(typed["state"]) if typed["state"] is not None else None,
        since=_instant(session, typed["since"]),
        until=_instant(session, typed["until"]),
        limit=_number("--limit", typed["limit"], least=1),
        after=_number("--after", typed["after"], least=0),
        everything=typed["all"],
    )


def _check_names(setup: Setup, store: Store, typed: Mapping[str, Any]) -> None:
    with store.reading() as tx:
        known = {
            "strike": {s.name for s in tx.strikes.all()} | {s.name for s in setup.strikes},
            "account": {t.name for t in tx.targets.all()} | {a.name for a in setup.accounts},
            "feed": {f.name for f in tx.feeds.all()} | {f.name for f in setup.feeds},
            "state": {state.value for state in State},
        }
    wrong = ((key, names) for key, names in known.items() if typed[key] is not None and typed[key] not in names)
    for key, names in wrong:
        from occupier.cli.declaring import known_name

        known_name(f"--{key}", typed[key], sorted(names))


def _instant(session: Session, text: str | None) -> datetime | None:
    return None if text is None else parse_instant(text, session.setup.zone, session.now())


def _number(option: str, typed: str | int | None, *, least: int) -> int | None:
    if typed is None:
        return None
    text = str(typed)
    if not text.isascii() or not text.isdigit() or not least <= int(text[:18]) or len(text) > 18:
        raise UsageError("{option}: write a whole number from {least} on.", option=option, least=least)
    return int(text)


def _show(session: Session, records: Iterator[Record], *, as_csv: bool) -> int | None:
    """Show the records; return how many a person was shown."""
    if session.as_json:
        write_json(records)
    elif as_csv:
        write_csv(records)
    else:
        return _show_entries(session, records) if is_terminal(sys.stdout) else _show_table(session, records)
    return None


def write_json(records: Iterable[Record]) -> None:
    """Print a list, record by record."""
    before = "[\n"
    for record in records:
        sys.stdout.write(before + json.dumps(record, ensure_ascii=False))
        before = ",\n"
    sys.stdout.write("[]\n" if before == "[\n" else "\n]\n")


def write_csv(records: Iterable[Record]) -> None:
    """Print a spreadsheet whose cells are never formulas."""
    writer = csv.writer(sys.stdout, lineterminator="\r\n")
    writer.writerow(FIELDS)
    for record in records:
        flat = {**record, **{f"error_{k}": v for k, v in (record["error"] or {}).items()}}
        writer.writerow([_cell(flat.get(name)) for name in FIELDS])


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(_STEERING) else text


def _show_entries(session: Session, records: Iterator[Record]) -> int:
    from occupier.cli.entries import show_entries

    zone = session.setup.zone
    return show_entries(((record, _state(record, zone)) for record in records), zone)


def _show_table(session: Session, records: Iterator[Record]) -> int:
    from occupier.cli.tables import show_table

    heads = [_("no."), _("decided"), _("account"), _("state"), _("article"), _("post")]
    return show_table(heads, (_row(session, record) for record in records))


def _row(session: Session, record: Record) -> list[str]:
    zone = session.setup.zone
    decided = datetime.fromisoformat(record["decided_at"]).astimezone(zone)
    return [
        record["id"],
        f"{decided:%Y-%m-%d %H:%M}",
        record["account"] or "",
        _state(record, zone),
        record["article_title"] or "",
        record["post_url"] or "",
    ]


def _state(record: Record, zone: ZoneInfo) -> str:
    from occupier.speech import reason_words, state_words

    verb = Verb.DELETE if record["kind"] == Purpose.RETRACT else Verb.PUBLISH
    known = {"platform": record["platform"], "reason": record["reason"], "gone_by": record.get("gone_by")}
    words = state_words(record["state"], zone=zone, verb=verb, **known)
    if record["reason"] and record["state"] in _EXPLAINED:
        why = reason_words(record["reason"], record["platform"])
        words = _("{state}: {reason}").format(state=words, reason=why)
    return _("{state} (dry run)").format(state=words) if record["dry_run"] else words


_EXPLAINED = {"held", "missed", "left", "failed", "uncertain", "retry"}
"""States whose reason a reader needs; a refusal tells its own."""
