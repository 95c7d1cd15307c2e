"""A strike as it was typed, read as strictly as the settings' own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from occupier.cli.session import Session
from occupier.domain.errors import UnknownName, UsageError
from occupier.domain.strike import LinkRule, Messages, Strike
from occupier.domain.times import parse_instant
from occupier.settings.addresses import read_web_address
from occupier.settings.context import Context
from occupier.settings.moments import read_day
from occupier.settings.nearest import nearest
from occupier.settings.value import Value


def read_strike(session: Session, typed: Mapping[str, Any]) -> Strike:
    """Make a strike of the options of `strike declare`.

    Raises:
        UsageError: one sentence, with the option and what to write.
    """
    setup, now = session.setup, session.now()
    accounts = [known_name("--account", name, [a.name for a in setup.accounts]) for name in typed["accounts"]]
    feeds = [known_name("--feed", name, [f.name for f in setup.feeds]) for name in typed["feeds"]]
    wordings = tuple(read_text(session, "--message", text) for text in typed["messages"])
    return Strike(
        name=typed["name"],
        starts_at=parse_instant(typed["starts"], setup.zone, now),
        ends_at=parse_instant(typed["ends"], setup.zone, now),
        mandate=read_text(session, "--mandate", typed["mandate"]),
        reason=read_text(session, "--reason", typed["reason"]),
        declared_at=now,
        who=_optional(session, "--who", typed["who"]),
        url=read_web_address(_value(session, "--url", typed["url"])) if typed["url"] is not None else None,
        agreed=_optional(session, "--agreed", typed["agreed"]),
        link=_link(typed["link"]),
        accounts=frozenset(accounts),
        feeds=frozenset(feeds),
        messages=Messages(strike=wordings),
        destroy_on=read_day(_value(session, "--destroy-on", typed["destroy_on"])) if typed["destroy_on"] else None,
    )


def read_text(session: Session, option: str, text: str) -> str:
    """Read a text that says something. Raises SettingsError with the option."""
    return _value(session, option, text).text()


def known_name(option: str, name: str, known: list[str]) -> str:
    """Return a name that is known. Raises UnknownName with the nearest one."""
    if name in known:
        return name
    near = nearest(name, known)
    if near:
        raise UnknownName("{option}: “{name}” is not known; did you mean “{nearest}”?",
                          option=option, name=name, nearest=near)  # fmt: skip
    raise UnknownName("{option}: “{name}” is not known; the choice is: {known}.",
                      option=option, name=name, known=", ".join(known) or "—")  # fmt: skip


def _optional(session: Session, option: str, text: str | None) -> str | None:
    return None if text is None else read_text(session, option, text)


def _value(session: Session, option: str, text: str) -> Value:
    return Value(text, option, Context(session.settings.database.parent, {}, session.now()))


def _link(typed: str) -> LinkRule:
    try:
        return LinkRule(typed)
    except ValueError:
        raise UsageError("--link: write keep or none.") from None
