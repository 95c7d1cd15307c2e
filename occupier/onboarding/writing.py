"""The settings, written: new ones with their comments, or what is new put into those that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.items import AoT

from occupier.onboarding.keys import reference
from occupier.speech import gettext as _

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

    from occupier.domain.setup import FeedSource, Usual
    from occupier.onboarding.account import NewAccount


DELIVER = "deliver"
"""The place of a strike feed, with its password beside it."""


class Draft:
    """A settings file as it will be; what is there keeps its comments, its keys and their order."""

    def __init__(self, before: str | None) -> None:
        self._is_new = before is None
        self._document: TOMLDocument = tomlkit.document() if before is None else tomlkit.parse(before)
        if self._is_new:
            self._remark(self._document, _("Settings of occupier, written by occupier init. Every other key, with its"
                                           " meaning: settings.example.toml."))  # fmt: skip
            self._remark(self._document, _("No key of an account stands here: only where it is."))
            self._document.add(tomlkit.nl())

    @property
    def text(self) -> str:
        """The file's content."""
        return tomlkit.dumps(self._document)

    def ground(self, zone: str, language: str) -> None:
        """Write the zone and the language."""
        self._set("timezone", zone, _("The zone of the hours of strike, and of the dates in posts."))
        self._set("language", language, _("The language of posts and commands: fr or en."))
        if self._is_new:
            self._set("database", "sqlite:///occupier.db", _("The database, beside this file."))

    def usual(self, usual: Usual) -> None:
        """Write what is known of the usual tool."""
        if "usual" not in self._document:
            made = tomlkit.table()
            self._remark(made, _("The usual tool: who posts when nobody is on strike (site, service, hand, unknown)."))
            self._part()
            self._document["usual"] = made
        table: Any = self._document["usual"]
        known = {"by": str(usual.by), "access": usual.access, "name": usual.name, "paused": usual.paused}
        for key, value in known.items():
            if value is not None:
                self._put(table, key, value)
            elif key in table:
                table.remove(key)

    def feeds(self, feeds: Sequence[FeedSource]) -> None:
        """Add feeds."""
        for feed in feeds:
            table = tomlkit.table()
            table["name"], table["url"] = feed.name, feed.url
            self._append("feeds", table)

    def account(self, account: NewAccount, place: str) -> None:
        """Add an account, or give one that is there what is new of it; a setting that is None goes."""
        there = next((one for one in self._document.get("accounts", ()) if one.get("name") == account.name), None)
        table = tomlkit.table() if there is None else there
        if there is None:
            self._remark(table, account.remark)
            table["name"], table["platform"] = account.name, account.platform
        for key, value in account.settings.items():
            if value is not None and not isinstance(value, Mapping):
                self._put(table, key, value)
            elif value is None and key in table:
                table.remove(key)
        keys = {key: reference(place, account.name, key) for key in account.keys}
        if isinstance(deliver := account.settings.get(DELIVER), Mapping):
            self._put(table, DELIVER, _inline({**deliver, **{key: _inline(where) for key, where in keys.items()}}))
        else:
            for key, where in keys.items():
                table[key] = _inline(where)
        if there is None:
            self._append("accounts", table)

    def _append(self, name: str, table: Any) -> None:
        tables = self._document.get(name)
        if tables is not None and not isinstance(tables, AoT):  # written as [{ … }, { … }]
            inline = tomlkit.inline_table()
            inline.update(table.unwrap())
            tables.append(inline)
            return
        if tables is None:
            self._part()
            self._document.append(name, tomlkit.aot())
            tables = self._document[name]
        elif len(tables) and not self._is_new:  # in what it made itself, tomlkit sets tables off
            tables[-1].add(tomlkit.nl())
        tables.append(table)

    def _part(self) -> None:
        """Set off what follows by an empty line."""
        if not self.text.endswith("\n\n"):
            self._document.add(tomlkit.nl())

    def _set(self, key: str, value: str, remark: str) -> None:
        if self._is_new:
            self._remark(self._document, remark)
        self._put(self._document, key, value)

    @staticmethod
    def _put(table: Any, key: str, value: object) -> None:
        """What says the same already keeps its own way of saying it."""
        if key not in table or table[key] != value:
            table[key] = value

    @staticmethod
    def _remark(table: Any, text: str) -> None:
        table.add(tomlkit.comment(text))


def _inline(values: Mapping[str, Any]) -> Any:
    table = tomlkit.inline_table()
    table.update(values)
    return table
