"""`log`: what was posted in place of what, for people, for programs and for spreadsheets."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from occupier.cli.colour import is_terminal
from occupier.cli.exports import Record, chosen
from occupier.cli.session import ReaderGone, Session
from occupier.cli.spoken import LazyGroup, flag, json_flag, option, session_of
from occupier.domain.action import State, Verb
from occupier.domain.errors import Sentence, UsageError
from occupier.domain.ports import LogQuery, Store
from occupier.domain.times import parse_instant
from occupier.speech import gettext as _

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from occupier.cli.exports import Writer
    from occupier.domain.setup import Setup
    from occupier.settings import Settings

_SHAPES = ("csv", "ndjson", "separator", "all")
"""Options that choose how the log is shown, not what of it."""


def _read(**typed: Any) -> None:
    """Read the log as asked, and show it as it comes; nothing where `verify` or `destroy` was typed."""
    context = click.get_current_context()
    if context.invoked_subcommand is None:
        try:
            _log(session_of(context), typed)
        except BrokenPipeError:
            raise ReaderGone from None


def _log(session: Session, typed: dict[str, Any]) -> None:
    dry = typed.pop("dry_run")
    setup = session.setup  # from here on, its language is spoken
    if dry:
        session.settings = _of_dry_runs(session.settings)
    write = chosen(typed, as_json=session.as_json)
    if not session.has_journal:
        session.tell(_("There is no log yet: it begins with the first dry run, occupier run --dry-run.") if dry
                     else _("There is no log yet: it begins with the first strike declared or the first"
                            " run."))  # fmt: skip
        _show(session, iter(()), write)
        return
    store = session.store()
    query = _query(session, setup, store, typed)
    with store.reading() as tx:
        shown = _show(session, tx.register.records(query), write)
    if shown == 0:
        asked = any(value for name, value in typed.items() if name not in _SHAPES)
        session.tell(_("Nothing in the log matches.") if asked else _("Nothing has been announced yet."))


log = LazyGroup(
    "log",
    about=Sentence(
        "Show the log: the strike posts, what each stands in place of, where it is, and why one is not there. With"
        " --all, the ordinary posts too. Works while the daemon runs."
    ),
    params=[
        json_flag(is_list=True),
        flag("--ndjson", about=Sentence("The same, one JSON record a line.")),
        flag("--csv", about=Sentence("The same as a spreadsheet.")),
        option(
            "--separator",
            metavar=Sentence("SIGN"),
            about=Sentence("Between the cells of --csv: a comma, or a semicolon as French spreadsheets have it."),
        ),
        option("--strike", metavar=Sentence("NAME"), about=Sentence("Only under this strike.")),
        option("--account", metavar=Sentence("NAME"), about=Sentence("Only on this account.")),
        option("--feed", metavar=Sentence("NAME"), about=Sentence("Only articles of this feed.")),
        option(
            "--state", metavar=Sentence("STATE"), about=Sentence("Only those that stand so: sent, uncertain, held…")
        ),
        option("--since", metavar=Sentence("TIME"), about=Sentence("Only those decided at this time or later.")),
        option("--until", metavar=Sentence("TIME"), about=Sentence("Only those decided before this time.")),
        option("--limit", metavar=Sentence("N"), about=Sentence("Only the newest N, shown oldest first.")),
        option("--after", metavar=Sentence("ID"), about=Sentence("Only what follows this record: the next page.")),
        flag("--all", about=Sentence("Ordinary posts too.")),
        flag("--dry-run", about=Sentence("The log of the dry runs, which have a database of their own.")),
    ],
    callback=_read,
    invoke_without_command=True,
    lazy={
        "verify": ("occupier.cli.ledger:verify", Sentence("Find out whether the log is what was written, all of it.")),
        "destroy": ("occupier.cli.ledger:destroy", Sentence("Destroy the log of a strike, for good.")),
    },
)


def _of_dry_runs(settings: Settings) -> Settings:
    from occupier.bootstrap import dry_run_database

    return replace(settings, database=dry_run_database(settings.database))


def _query(session: Session, setup: Setup, store: Store, typed: Mapping[str, Any]) -> LogQuery:
    _check_names(setup, store, typed)
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


def _show(session: Session, records: Iterator[Record], write: Writer | None) -> int | None:
    """Show the records; return how many a person was shown."""
    if write is None:
        return _show_entries(session, records) if is_terminal(sys.stdout) else _show_table(session, records)
    write(records)
    return None


def _show_entries(session: Session, records: Iterator[Record]) -> int:
    from occupier.cli.entries import show_entries

    zone = session.setup.zone
    return show_entries(((record, _state(record, zone)) for record in records), zone)


def _show_table(session: Session, records: Iterator[Record]) -> int:
    from occupier.cli.tables import show_table

    heads = [_("no."), _("decided"), _("account"), _("state"), _("article"), _("post"), _("usual post"),
             _("strike message")]  # fmt: skip
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
        record["ordinary_text"] or "",
        record["strike_text"] or "",
    ]


def _state(record: Record, zone: ZoneInfo) -> str:
    from occupier.speech import WITH_REASON, reason_words, state_words

    verb = {"verb": Verb(record["verb"]), "purpose": record["kind"], "replaced": record["replaced"]}
    known = {"platform": record["platform"], "reason": record["reason"], "gone_by": record.get("gone_by")}
    if record["dry_run"] and record["state"] == State.SENT:
        return _("would have been posted (dry run)")
    words = state_words(record["state"], zone=zone, **verb, **known)
    if record["reason"] and record["state"] in WITH_REASON:
        why = reason_words(record["reason"], record["platform"])
        words = _("{state}: {reason}").format(state=words, reason=why)
    return _("{state} (dry run)").format(state=words) if record["dry_run"] else words
