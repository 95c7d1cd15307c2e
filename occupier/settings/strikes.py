"""Strikes declared in the settings."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from occupier.domain.errors import Sentence, SettingsError, StrikeError
from occupier.domain.setup import Account, FeedSource
from occupier.domain.strike import LinkRule, Source, Strike, check_destruction, check_overlaps, check_period
from occupier.settings.accounts import refuse_twins
from occupier.settings.addresses import read_web_address
from occupier.settings.messages import read_strike_messages
from occupier.settings.moments import read_day, read_instant
from occupier.settings.table import Table
from occupier.settings.value import Value


def read_strikes(
    tables: Sequence[Table], accounts: Sequence[Account], feeds: Sequence[FeedSource], zone: ZoneInfo
) -> tuple[Strike, ...]:
    """Read `[[strikes]]`; those whose end is past stay, as history."""
    # Test accounts are outside every scope: to name one would strike nowhere.
    names, sources = [a.name for a in accounts if not a.test], [f.name for f in feeds]
    tests = [a.name for a in accounts if a.test]
    strikes: list[Strike] = []
    for table in tables:
        _refuse_tests(table.optional("accounts"), tests)
        strike, long = _read_strike(table, names, sources, zone)
        refuse_twins(zip([s.name for s in [*strikes, strike]], tables, strict=False))
        try:
            # Counted as declared when it started: a period that is over is no mistake here.
            check_period(replace(strike, declared_at=strike.starts_at), long=long)
            check_destruction(strike, zone)
            check_overlaps(strike, strikes, names, sources)
        except StrikeError as error:
            raise SettingsError("{path}: {problem}", path=table.path, problem=_said_in(zone, error.sentence)) from None
        strikes.append(strike)
    return tuple(strikes)


def _refuse_tests(scope: Value | None, tests: Container[str]) -> None:
    named = [item for item in scope.items() if item.raw in tests] if scope else []
    if named:
        raise SettingsError(
            "{path}: “{name}” is a test account, and no strike acts on one: name another, or remove its line"
            " test = true.",
            path=named[0].path,
            name=str(named[0].raw),
        )


def _said_in(zone: ZoneInfo, sentence: Sentence) -> Sentence:
    """Put the settings' own zone into the hours: settings that are refused leave no zone to say them in."""
    local = {k: v.astimezone(zone) if isinstance(v, datetime) else v for k, v in sentence.values.items()}
    return Sentence(sentence.text, local)


def _read_strike(table: Table, accounts: list[str], feeds: list[str], zone: ZoneInfo) -> tuple[Strike, bool]:
    who, url, agreed = table.optional("who"), table.optional("url"), table.optional("agreed")
    on, of = table.optional("accounts"), table.optional("feeds")
    messages, destroy_on = table.table("messages"), table.optional("destroy_on")
    strike = Strike(
        name=table.required("name", '"24-janvier"').name(),
        starts_at=read_instant(table.required("from", '"2020-01-24T09:00"'), zone),
        ends_at=read_instant(table.required("to", '"2020-01-24T19:00"'), zone),
        mandate=table.required("mandate", '"Assemblée générale du 23 janvier"').text(),
        reason=table.required("reason", '"contre la réforme des retraites"').text(),
        declared_at=table.context.now,
        who=who.text() if who else None,
        url=read_web_address(url) if url else None,
        agreed=agreed.text() if agreed else None,
        link=LinkRule(table.get("link", "keep").one_of(LinkRule)),
        accounts=on.some_of(accounts) if on else frozenset(),
        feeds=of.some_of(feeds) if of else frozenset(),
        messages=read_strike_messages(messages, accounts),
        source=Source.SETTINGS,
        destroy_on=read_day(destroy_on) if destroy_on else None,
    )
    long = table.get("long", False).boolean()
    table.done()
    return strike, long
