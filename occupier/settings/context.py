"""What one reading of the settings knows besides the document: the environment, the clock, what was asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from occupier.domain.errors import SettingsError
from occupier.settings.nearest import nearest
from occupier.settings.shown import shown

PREFIX = "OCCUPIER_"
RESERVED = frozenset({"OCCUPIER_SETTINGS", "OCCUPIER_DEBUG"})
OVERRIDABLE = frozenset(
    {
        "timezone",
        "language",
        "database",
        "limits.per_hour",
        "limits.per_day",
        "limits.spacing",
        "limits.freshness",
        "limits.guard",
    }
)
"""Scalars that stand at one place only; what stands in an array has no name in the environment."""


def variable_of(path: str) -> str:
    """Return the variable that overrides a setting: `limits.per_day` gives `OCCUPIER_LIMITS__PER_DAY`."""
    return PREFIX + path.upper().replace(".", "__")


OVERRIDES = frozenset(map(variable_of, OVERRIDABLE))


@dataclass(frozen=True)
class Context:
    """One reading. `asked` grows with every key that the code knows, `named` with every secret's variable."""

    base: Path
    environ: Mapping[str, str] = field(repr=False)
    now: datetime
    asked: set[str] = field(default_factory=set)
    named: set[str] = field(default_factory=set)

    def ask(self, path: str) -> None:
        """Record that the code knows this key; `accounts[2].name` counts as `accounts[].name`."""
        self.asked.add(re.sub(r"\[\d+\]", "[]", path))

    def override(self, path: str) -> str | None:
        """Return the variable that takes the place of this setting, if it is set."""
        variable = variable_of(path)
        return variable if path in OVERRIDABLE and variable in self.environ else None

    def check_variables(self) -> None:
        """Refuse a variable that looks like ours and is not.

        Raises:
            SettingsError: with the nearest known name, never with the value.
        """
        known = OVERRIDES | RESERVED | {name for name in self.named if name.startswith(PREFIX)}
        for name in sorted(self.environ):
            if name.startswith(PREFIX) and name not in known:
                raise _unknown_variable(name, known)


def _unknown_variable(name: str, known: frozenset[str]) -> SettingsError:
    near = nearest(name.removeprefix(PREFIX), [one.removeprefix(PREFIX) for one in known])
    if near:
        return SettingsError(
            "{path}: this environment variable is not known; did you mean {nearest}?",
            path=shown(name),
            nearest=PREFIX + near,
        )
    return SettingsError(
        "{path}: this environment variable is not known; unset it, or use one of {known}.",
        path=shown(name),
        known=", ".join(sorted(known)),
    )
