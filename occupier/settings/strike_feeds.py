"""Strike feeds: accounts that are reached through the tool which posts for them usually."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from occupier.domain.connecting import is_this_machine
from occupier.domain.errors import SettingsError
from occupier.domain.handing import Images
from occupier.domain.setup import FEED, NETWORKS, Account
from occupier.domain.text import safe_link
from occupier.settings.any_account import read_any_account
from occupier.settings.context import Context
from occupier.settings.secrets import SecretRef, read_secret_ref
from occupier.settings.table import Table
from occupier.settings.value import Value

_WAYS = ("file", "sftp", "webdav", "command")
LEAST, MOST = timedelta(minutes=1), timedelta(days=1)
"""Between which a tool's interval lies."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where the whole feed is put: a `file`, an address of `sftp` or `webdav`, or a `command` that reads it."""

    way: str
    where: str = ""
    command: tuple[str, ...] = ()
    secrets: Mapping[str, SecretRef] = field(default_factory=dict)
    """`password`, where there is one."""


def read_strike_feed(table: Table, name: str, feeds: Sequence[str]) -> tuple[Account, Delivery | None, Table]:
    """Read an account of `platform = "feed"`; the delivery is None where occupier serves the feed itself.

    Raises:
        SettingsError: not one feed of the newsroom, or a delivery that cannot be meant.
    """
    network = table.required("for_platform", '"x"').one_of(NETWORKS)
    messages, delivery = table.table("messages"), _delivery(table.table("deliver"))
    account = Account(
        name=name,
        platform=FEED,
        host="",
        remote_id=name,
        feeds=frozenset({_source(table, feeds)}),
        for_platform=network,
        tool_interval=_interval(table.get("tool_interval", "60m")),
        images=_images(table.get("images", "keep")),
        is_written=delivery is not None,
        **read_any_account(table),
    )
    table.done()
    return account, delivery, messages


def delivery_of(way: str, typed: str, base: Path, environ: Mapping[str, str], now: datetime) -> Delivery:
    """Return what the settings would make of a place, by its way: `file`, `sftp`, `webdav` or `command`.

    Raises:
        SettingsError: it cannot be meant.
    """
    return _READ[way](Value(typed, way, Context(base, environ, now)), {})


def _source(table: Table, feeds: Sequence[str]) -> str:
    scope = table.optional("feeds")
    named = sorted(scope.some_of(feeds)) if scope else list(feeds)
    if len(named) == 1:
        return named[0]
    raise SettingsError(
        "{path}: a strike feed is made of one feed of the newsroom; name it, for example feeds = [“{feed}”].",
        path=table.path_of("feeds"),
        feed=feeds[0] if feeds else "une",
    )


def _interval(value: Value) -> timedelta:
    interval = value.duration()
    if LEAST <= interval <= MOST:
        return interval
    raise SettingsError(
        "{path}: write how often the tool reads its feed, between 1m and 1d, for example 60m.", path=value.path
    )


def _images(value: Value) -> str:
    text = value.text()
    if text in tuple(Images):
        return text
    address = safe_link(text)
    if address and address.startswith("https://"):
        return address
    raise SettingsError(
        "{path}: write keep, drop, or the address of the image that takes their place, for example"
        " https://www.example.org/strike.png.",
        path=value.path,
    )


def _delivery(table: Table) -> Delivery | None:
    found = {way: value for way in _WAYS if (value := table.optional(way))}
    secret = table.optional("password")
    secrets = {"password": read_secret_ref(table, "password")} if secret else {}
    table.done()
    if not found and not secret:
        return None
    if len(found) != 1:
        raise SettingsError(
            "{path}: name one way, of file, sftp, webdav and command; none at all, and occupier serves the feed"
            " itself.",
            path=table.path,
        )
    ((way, value),) = found.items()
    if secret and way not in ("sftp", "webdav"):
        raise SettingsError("{path}: only sftp and webdav take a password.", path=table.path_of("password"))
    return _READ[way](value, secrets)


def _file(value: Value, _secrets: Mapping[str, SecretRef]) -> Delivery:
    path = Path(value.text()).expanduser()
    return Delivery("file", str(value.context.base / path))


def _remote(way: str, schemes: Sequence[str], example: str) -> Callable[[Value, Mapping[str, SecretRef]], Delivery]:
    def read(value: Value, secrets: Mapping[str, SecretRef]) -> Delivery:
        parts = urlsplit(value.text())
        is_safe = parts.scheme != "http" or is_this_machine(parts.hostname or "")
        is_one = (
            is_safe
            and parts.scheme in schemes
            and parts.hostname
            and len(parts.path) > 1
            and not parts.path.endswith("/")
        )
        if not is_one or parts.password or parts.query or parts.fragment:
            raise SettingsError(
                "{path}: write the address of the file, for example {example}; a password has a key of its own.",
                path=value.path,
                example=example,
            )
        return Delivery(way, value.text(), secrets=secrets)

    return read


def _command(value: Value, _secrets: Mapping[str, SecretRef]) -> Delivery:
    try:
        words = shlex.split(value.text()) if isinstance(value.raw, str) else list(value.texts())
    except ValueError:  # a quotation mark that nothing closes
        words = []
    if words and all(words):
        return Delivery("command", command=tuple(words))
    raise SettingsError("{path}: write a command that reads the feed from its standard input.", path=value.path)


_READ = {
    "file": _file,
    "sftp": _remote("sftp", ("sftp",), "sftp://user@host.example/www/strike.xml"),
    "webdav": _remote("webdav", ("https", "http"), "https://user@dav.example/strike.xml"),
    "command": _command,
}
