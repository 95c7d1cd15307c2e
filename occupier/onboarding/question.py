"""A question, and how what is typed becomes an answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from occupier.domain.errors import OccupierError, UsageError
from occupier.onboarding.answers import Answer
from occupier.speech import gettext as _

Reader = Callable[[str], Answer]
YES, NO = "yes", "no"


class GoBack(Exception):
    """The person wants the question before, or the one whose key is `to`, again; `because` says what made it so."""

    def __init__(self, to: str | None = None, because: OccupierError | None = None) -> None:
        self.to, self.because = to, because
        super().__init__(to)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several answers: its id, and how it is said."""

    id: str
    label: str


def as_typed(typed: str) -> Answer:
    """Take what was typed."""
    return Answer(typed)


@dataclass(frozen=True)
class Question:
    """One question, said in the language in force.

    Attributes:
        key: under which its answer is kept.
        section: the part of the conversation that it belongs to.
        text: the question itself.
        why: what is said before it: why it is asked, in plain sentences. Called when the question is put.
        choices: where the answer is one of these; empty where it is free.
        default: what an empty line means; None where an answer is required.
        read: makes the answer of what was typed, or of the choice's id; raises OccupierError, or GoBack.
        is_secret: not shown while it is typed, and kept nowhere.
        is_kept: whether an interrupted conversation takes it up again.
    """

    key: str
    section: str
    text: str
    why: Callable[[], Sequence[str]] = tuple
    choices: tuple[Choice, ...] = ()
    default: str | None = None
    read: Reader = field(default=as_typed)
    is_secret: bool = False
    is_kept: bool = True

    def understand(self, typed: str) -> Answer:
        """Make an answer of a line. Raises OccupierError, GoBack."""
        said = typed.strip()
        if not said:
            if self.default is None:
                raise UsageError("An answer is needed here; < goes back.")
            return self.read(self.default)
        return self.read(_chosen(said, self.choices) if self.choices else said)


def yes_or_no() -> tuple[Choice, ...]:
    """Return the two choices."""
    return Choice(YES, _("yes")), Choice(NO, _("no"))


def no_goes_back(to: str | None = None, then: Reader = as_typed) -> Reader:
    """Return a reader of yes and no: a no puts a question again, the one before by default."""

    def read(chosen: str) -> Answer:
        if chosen == NO:
            raise GoBack(to)
        return then(chosen)

    return read


def _chosen(said: str, choices: tuple[Choice, ...]) -> str:
    wanted = said.casefold()
    is_yes_or_no = [one.id for one in choices] == [YES, NO]
    # yes and no are shown without numbers: a figure is the answer to a question before
    if wanted.isdecimal() and 1 <= int(wanted) <= len(choices) and not is_yes_or_no:
        return choices[int(wanted) - 1].id
    exact = [one.id for one in choices if wanted in (one.id, one.label.casefold())]
    begun = exact or [one.id for one in choices if one.id.startswith(wanted) or one.label.casefold().startswith(wanted)]
    if len(begun) == 1:
        return begun[0]
    if is_yes_or_no:
        raise UsageError("Type yes or no; < goes back.")
    if len(choices) == 1:
        raise UsageError("There is one choice only: type 1; < goes back.")
    raise UsageError("Type a number from 1 to {n}; < goes back.", n=len(choices))
