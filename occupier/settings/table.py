"""A strict reading of what `tomllib` gives: every key is asked for, and what nobody asked is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from occupier.domain.errors import SettingsError
from occupier.settings.context import Context
from occupier.settings.nearest import nearest
from occupier.settings.shown import shown
from occupier.settings.value import Value

_BARE = re.compile(r"[A-Za-z0-9_-]{1,40}")
_SURELY = 0.8
"""How alike a key must be to one that is missing: `access_token_secret` is not a slip for `access_token`."""


class Table:
    """A table of the document, with its path."""

    def __init__(self, content: Mapping[str, object], path: str, context: Context) -> None:
        self._content = content
        self.context = context
        self._asked: set[str] = set()
        self.path = path

    def path_of(self, key: str) -> str:
        """Return the path of a key, quoted as TOML would if it is no bare key."""
        quoted = key if _BARE.fullmatch(key) else f'"{shown(key)}"'
        return f"{self.path}.{quoted}" if self.path else quoted

    def optional(self, key: str) -> Value | None:
        """Return the value of a key, the environment first; None where there is none."""
        self._asked.add(key)
        path = self.path_of(key)
        self.context.ask(path)
        variable = self.context.override(path)
        if variable:
            return Value(self.context.environ[variable].strip(), variable, self.context, from_environment=True)
        return Value(self._content[key], path, self.context) if key in self._content else None

    def get(self, key: str, default: object) -> Value:
        """Return the value of a key, or the default as it would be written in the file."""
        return self.optional(key) or Value(default, self.path_of(key), self.context)

    def required(self, key: str, example: str) -> Value:
        """Return the value of a key.

        Raises:
            SettingsError: it is missing; with the example, or with the key that was meant.
        """
        value = self.optional(key)
        if value is not None:
            return value
        slip = nearest(key, self._content.keys() - self._asked, _SURELY)
        if slip:
            raise _mistyped(self.path_of(slip), key)
        raise SettingsError(
            "{path}: this is missing; write it, for example {key} = {example}.",
            path=self.path_of(key),
            key=key,
            example=example,
        )

    def table(self, key: str) -> Table:
        """Return a table inside this one; an empty one where there is none."""
        value = self.get(key, {})
        if isinstance(value.raw, Mapping):
            return Table(value.raw, value.path, self.context)
        if isinstance(value.raw, list):
            raise SettingsError(
                "{path}: there is only one; write [{header}] with single brackets.",
                path=value.path,
                header=_header(value.path),
            )
        raise SettingsError(
            "{path}: write a table, [{header}] on a line of its own.", path=value.path, header=_header(value.path)
        )

    def tables(self, key: str) -> list[Table]:
        """Return an array of tables, counted from 1; an empty one where there is none."""
        value = self.get(key, [])
        if not isinstance(value.raw, list):
            raise SettingsError(
                "{path}: there can be several; write [[{header}]] with double brackets.",
                path=value.path,
                header=_header(value.path),
            )
        for item in value.raw:
            if not isinstance(item, Mapping):
                raise SettingsError(
                    "{path}: write tables, each under [[{header}]] on a line of its own.",
                    path=value.path,
                    header=_header(value.path),
                )
        return [Table(item, f"{value.path}[{place}]", self.context) for place, item in enumerate(value.raw, start=1)]

    def named(self) -> Iterator[tuple[Value, Table]]:
        """Give the tables inside this one, for a table whose keys are names, with these names."""
        for key in self._content:
            yield Value(key, self.path_of(key), self.context), self.table(key)

    def done(self) -> None:
        """Refuse every key that was not asked for.

        Raises:
            SettingsError: with the path, and the nearest key or all of them.
        """
        for key in (written for written in self._content if written not in self._asked):
            if self.path and key in self.context.asked:
                raise SettingsError(
                    "{path}: this key is known at the top of the file only: move its line above the first [table].",
                    path=self.path_of(key),
                )
            near = nearest(key, self._asked)
            if near:
                raise _mistyped(self.path_of(key), near)
            raise SettingsError(
                "{path}: this key is not known here; remove it, or write one of {known}.",
                path=self.path_of(key),
                known=", ".join(sorted(self._asked)),
            )


def _header(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)


def _mistyped(path: str, near: str) -> SettingsError:
    return SettingsError("{path}: this key is not known here; did you mean “{nearest}”?", path=path, nearest=near)
