"""Reads the settings: whole, or not at all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from os.path import isfile
from pathlib import Path

from occupier.domain.errors import SettingsError
from occupier.domain.limits import Limits
from occupier.domain.setup import Setup
from occupier.settings.accounts import Connection, read_account, read_feed, refuse_twins
from occupier.settings.addresses import read_database, read_web_address
from occupier.settings.any_account import LANGUAGES
from occupier.settings.context import Context
from occupier.settings.messages import read_account_pool, read_pools
from occupier.settings.model import Settings
from occupier.settings.moments import read_zone
from occupier.settings.rules import read_rule
from occupier.settings.secrets import SecretSource, read_secret_refs
from occupier.settings.strikes import read_strikes
from occupier.settings.table import Table
from occupier.settings.usual import read_usual
from occupier.settings.value import Value

_PLACE = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
_NOTHING = timedelta(0)


def settings_path(option: str | Path | None, environ: Mapping[str, str]) -> Path:
    """Return the settings file: `--settings`, else `$OCCUPIER_SETTINGS`, else `./settings.toml`.

    Raises:
        SettingsError: it is not there; with what to do.
    """
    path = Path(option or environ.get("OCCUPIER_SETTINGS") or "settings.toml").absolute()
    if isfile(path):  # unlike Path.is_file, no exception where a folder may not be entered
        return path
    raise SettingsError(
        "There is no settings file {file}: type occupier init, which asks what it needs and writes it, or name another"
        " file with --settings.",
        file=str(path),
    )


def load(path: Path | None, environ: Mapping[str, str], now: datetime) -> Settings:
    """Read a settings file, or the usual one where `path` is None.

    Args:
        path: the file; what it names is relative to it.
        environ: the environment.
        now: an aware instant, at which a strike not known yet counts as declared.

    Raises:
        SettingsError: one sentence, with the key and what to write.
    """
    file = settings_path(path, environ)
    return _load(_content(file), file.parent, environ, now, file)


def load_text(text: str, base: Path, environ: Mapping[str, str], now: datetime) -> Settings:
    """Read settings from a text; `base` takes the place of the file's folder.

    Raises:
        SettingsError: as `load`.
    """
    return _load(text, base, environ, now, None)


def _load(text: str, base: Path, environ: Mapping[str, str], now: datetime, file: Path | None) -> Settings:
    return read_document(_parsed(text, file), Context(base, environ, now), file)


def read_document(document: Mapping[str, object], context: Context, file: Path | None = None) -> Settings:
    """Read what `tomllib` gave.

    Raises:
        SettingsError: as `load`.
    """
    root = Table(document, "", context)
    database, notify = root.get("database", "sqlite:///occupier.db"), read_secret_refs(root, "notify")
    setup, connections = _read_setup(root)
    settings = Settings(file, setup, read_database(database), connections, SecretSource(context.environ), notify)
    context.check_variables()
    return settings


def _read_setup(root: Table) -> tuple[Setup, Mapping[str, Connection]]:
    zone, language = root.required("timezone", '"Europe/Paris"'), root.get("language", "fr")
    feed_tables, account_tables = root.tables("feeds"), root.tables("accounts")
    rules, strikes, report = root.tables("rules"), root.tables("strikes"), root.get("report", True)
    messages, limits = root.table("messages"), root.table("limits")
    pause_url, pause_word = root.optional("pause_url"), root.get("pause_word", "STOP")
    usual = read_usual(root.table("usual"))
    root.done()
    feeds = [read_feed(table) for table in feed_tables]
    refuse_twins(zip([f.name for f in feeds], feed_tables, strict=True))
    read = [read_account(table, [f.name for f in feeds]) for table in account_tables]
    accounts = [account for account, _, _ in read]
    refuse_twins(zip([a.name for a in accounts], account_tables, strict=True))
    known_zone = read_zone(zone)
    setup = Setup(
        zone=known_zone,
        language=language.one_of(LANGUAGES),
        feeds=tuple(feeds),
        accounts=tuple(accounts),
        rules=tuple(read_rule(table) for table in rules),
        pools=read_pools(messages, {account.name: read_account_pool(own) for account, _, own in read}),
        strikes=read_strikes(strikes, accounts, feeds, known_zone),
        report=report.boolean(),
        pause_url=read_web_address(pause_url) if pause_url else None,
        pause_word=pause_word.text(),
        usual=usual,
    )
    return _with_limits(setup, limits), {account.name: connection for account, connection, _ in read}


def _with_limits(setup: Setup, table: Table) -> Setup:
    limited = replace(
        setup,
        per_hour=_per_hour(table.get("per_hour", "auto")),
        per_day=table.get("per_day", 300).integer(),
        spacing=table.get("spacing", "30s").duration(least=_NOTHING),
        freshness=table.get("freshness", "2h").duration(),
        limits=Limits(guard=table.get("guard", "5s").duration()),
    )
    table.done()
    _refuse_long_waits(limited)
    _refuse_one_call(limited)
    return limited


def _refuse_one_call(setup: Setup) -> None:
    """Refuse limits under which no post could ever be deleted and another posted in its place."""
    if not any(account.deletes_usual for account in setup.accounts):
        return
    for name, most in (("per_hour", setup.per_hour), ("per_day", setup.per_day)):
        if most == 1:
            raise SettingsError(
                "{path}: replace_by = “delete” takes two calls for each article; write 2 or more.",
                path=f"limits.{name}",
            )


def _refuse_long_waits(setup: Setup) -> None:
    for n, account in enumerate(setup.accounts, 1):
        if account.usual_within >= setup.freshness:
            raise SettingsError(
                "{path}: what waits so long is too old to be announced; write less than {freshness}, or make"
                " limits.freshness longer.",
                path=f"accounts[{n}].usual_within",
                freshness=setup.freshness,
            )


def _per_hour(value: Value) -> int | None:
    if value.raw == "auto":
        return None
    try:
        return value.integer()
    except SettingsError:
        raise SettingsError("{path}: write “auto”, or a whole number from 1.", path=value.path) from None


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")  # some editors begin a file with a mark
    except UnicodeDecodeError:
        raise SettingsError("{file} is not written in UTF-8: save it again as UTF-8.", file=str(file)) from None
    except OSError as error:
        raise SettingsError(
            "{file} cannot be read ({detail}): give this user the right to.", file=str(file), detail=error.strerror
        ) from None


def _parsed(text: str, file: Path | None) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise _not_toml(text, str(error), file) from None


def _not_toml(text: str, problem: str, file: Path | None) -> SettingsError:
    place = _PLACE.search(problem)
    last = len(text.splitlines()) or 1
    line, column = (place[1], place[2]) if place and place[1] else (last, 1)
    return SettingsError(
        "{file}, line {line}, column {column}: this is not TOML; put texts between quotes and"
        " lists in brackets, as settings.example.toml does.",
        file=file.name if file else "settings",
        line=line,
        column=column,
    )
