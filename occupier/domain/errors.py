"""What can go wrong, said in sentences.

The tree, drawn once::

    OccupierError                     a sentence for people, never a traceback
    ├── UsageError                    used wrongly, or refused           (exit 2)
    │   ├── SettingsError             settings.toml or an OCCUPIER_* variable
    │   ├── TimeError                 a time that cannot be understood, does not exist or exists twice
    │   ├── StrikeError               a strike that cannot be declared, renewed or ended so
    │   ├── TemplateError             a message that cannot be rendered
    │   └── UnknownName               no such strike, account, feed or action
    ├── FailedError                   tried and failed, or something was found  (exit 1)
    │   ├── FeedError                 a feed that could not be read
    │   └── NetworkError              a network that could not be read
    ├── HeldElsewhere                 another occupier holds the database (exit 3)
    └── DatabaseError                 unusable, older or newer            (exit 4)

A sentence is kept apart from its values, so that a face can say it in French or in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self


@dataclass(frozen=True, slots=True)
class Sentence:
    """An English sentence with `{names}`, which is also its key in the catalogues, and the values for them.

    Values are texts, numbers, or aware datetimes (said in the settings' zone by the face).
    """

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        said = {k: v.isoformat() if isinstance(v, datetime) else v for k, v in self.values.items()}
        return self.text.format(**said)


class OccupierError(Exception):
    """Something to tell a person: what, where, and what to do."""

    def __init__(self, text: str, /, **values: object) -> None:
        self.sentence = Sentence(text, values)
        super().__init__(text)

    def __str__(self) -> str:
        return str(self.sentence)


class UsageError(OccupierError):
    """Used wrongly, or refused."""


class SettingsError(UsageError):
    """The settings are wrong; nothing of them is used."""


class TimeError(UsageError):
    """A time that cannot be understood, does not exist, or exists twice."""


class StrikeError(UsageError):
    """A strike that cannot be declared, renewed or ended in this way."""


class TemplateError(UsageError):
    """A message that cannot be rendered, or cannot fit."""


class UnknownName(UsageError):
    """There is no strike, account, feed or action of that name."""


class FailedError(OccupierError):
    """It was tried, and failed."""


class FeedError(FailedError):
    """A feed could not be fetched or understood.

    `not_before` is the earliest instant at which its server wants to be asked again (aware), or None.
    """

    not_before: datetime | None = None


class NetworkError(FailedError):
    """A network could not be read; nothing was written.

    `kind` is a `RefusalKind` value when the network said no, else None. `not_before` is the earliest instant at which
    it wants to be asked again (aware), or None. `step` is the step of connecting an account (consumer_key, app_id…)
    whose answer is to be given again, or None where that is the last one.
    """

    kind: str | None = None
    not_before: datetime | None = None
    step: str | None = None

    def about(self, step: str) -> Self:
        """Name the step whose answer is to be given again."""
        self.step = step
        return self


class HeldElsewhere(OccupierError):
    """Another occupier holds this database."""


class DatabaseError(OccupierError):
    """The database cannot be used: missing, locked, damaged, older or newer."""
