"""One value of the settings, read as what it should be."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from occupier.domain.errors import SettingsError, TimeError
from occupier.domain.times import parse_duration
from occupier.settings.context import Context
from occupier.settings.nearest import nearest
from occupier.settings.shown import shown, tamed

_NAME = re.compile(r"[a-z0-9-]{1,32}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LONGEST_TEXT = 5000
_LONGEST_DURATION = timedelta(days=31)
_LARGEST = 1_000_000
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its path: `accounts[2].settle_after`, or the name of its variable.

    Every method raises SettingsError, in one sentence with the path and what to write.
    """

    raw: object
    path: str
    context: Context
    from_environment: bool = False

    def text(self) -> str:
        """Read a text that says something; blanks around it are dropped."""
        if not isinstance(self.raw, str):
            raise SettingsError("{path}: write a text between quotes.", path=self.path)
        said = self.raw.strip()
        if not said:
            raise SettingsError("{path}: this is empty; write a text, or leave it out.", path=self.path)
        if _CONTROL.search(said):
            raise SettingsError("{path}: this holds a control character; remove it.", path=self.path)
        if len(said) > _LONGEST_TEXT:
            raise SettingsError(
                "{path}: this is longer than {most} characters; shorten it.", path=self.path, most=_LONGEST_TEXT
            )
        return said

    def name(self) -> str:
        """Read a name: 1 to 32 small letters, digits and hyphens, but not `all`."""
        said = self.text()
        if said == "all":
            raise SettingsError("{path}: “all” is reserved; choose another name.", path=self.path)
        if not _NAME.fullmatch(said):
            raise SettingsError(
                "{path}: “{value}” cannot be a name; write 1 to 32 of a-z, 0-9 and hyphens.",
                path=self.path,
                value=shown(said),
            )
        return said

    def one_of(self, known: Iterable[str]) -> str:
        """Read one of some words or names; what is close is proposed."""
        said = self.text()
        known = [str(word) for word in known]
        if said in known:
            return said
        raise _not_among(self.path, said, known)

    def boolean(self) -> bool:
        """Read `true` or `false`."""
        if isinstance(self.raw, bool):
            return self.raw
        raise SettingsError("{path}: write true or false, without quotes.", path=self.path)

    def integer(self, least: int = 1) -> int:
        """Read a whole number of at least `least`."""
        number = self.raw
        if self.from_environment and isinstance(number, str) and re.fullmatch(r"[0-9]{1,9}", number):
            number = int(number)
        if isinstance(number, int) and not isinstance(number, bool) and least <= number <= _LARGEST:
            return number
        raise SettingsError(
            "{path}: write a whole number from {least} to {most}, without quotes.",
            path=self.path,
            least=least,
            most=_LARGEST,
        )

    def number(self) -> float:
        """Read a number above 0."""
        number = self.raw
        if isinstance(number, int | float) and not isinstance(number, bool) and 0 < number <= _LARGEST:
            return float(number)
        raise SettingsError(
            "{path}: write a number above 0 and up to {most}, without quotes, for example 10.0.",
            path=self.path,
            most=_LARGEST,
        )

    def duration(self, least: timedelta = _SECOND) -> timedelta:
        """Read `90s`, `5m`, `2h` or `1d`."""
        if not isinstance(self.raw, str):
            raise SettingsError("{path}: write a duration between quotes: 90s, 5m, 2h or 1d.", path=self.path)
        try:
            length = parse_duration(self.text())
        except TimeError as error:
            raise SettingsError("{path}: {problem}", path=self.path, problem=tamed(error.sentence)) from None
        if least <= length <= _LONGEST_DURATION:
            return length
        raise SettingsError(
            "{path}: write a duration from {least}s to 31d.", path=self.path, least=math.ceil(least.total_seconds())
        )

    def items(self) -> list[Value]:
        """Read a list that is not empty, its places counted from 1."""
        if not isinstance(self.raw, list):
            raise SettingsError('{path}: write a list: ["…", "…"].', path=self.path)
        if not self.raw:
            raise SettingsError("{path}: this list is empty; fill it, or remove the line.", path=self.path)
        return [Value(item, f"{self.path}[{place}]", self.context) for place, item in enumerate(self.raw, start=1)]

    def texts(self) -> tuple[str, ...]:
        """Read a list of texts."""
        return tuple(item.text() for item in self.items())

    def some_of(self, known: Iterable[str]) -> frozenset[str]:
        """Read a list of names, each one of `known`."""
        known = list(known)
        return frozenset(item.one_of(known) for item in self.items())


def _not_among(path: str, value: str, known: list[str]) -> SettingsError:
    words = ", ".join(known)
    if not known:
        return SettingsError(
            "{path}: “{value}” is not known, for these settings declare none; declare it, or remove this line.",
            path=path,
            value=shown(value),
        )
    near = nearest(value, known)
    if near:
        return SettingsError(
            "{path}: “{value}” is not known; did you mean “{nearest}”? The choice is: {known}.",
            path=path,
            value=shown(value),
            nearest=near,
            known=words,
        )
    return SettingsError(
        "{path}: “{value}” is not known; write one of: {known}.", path=path, value=shown(value), known=words
    )
