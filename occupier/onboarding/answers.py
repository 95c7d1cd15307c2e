"""What was answered so far, kept in a file so that a closed terminal loses nothing; secrets never are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from occupier.domain.errors import FailedError
from occupier.onboarding.files import write_private

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes:
        text: what was meant: the id of a choice, an address, a name; empty for a secret.
        facts: what came of it, to be kept with it.
        said: what is told to the person then.
    """

    text: str
    facts: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()


class Answers:
    """The answers of a sitting that began then (aware), in their order.

    `held` is in memory only: secrets, half-made connections.
    """

    def __init__(self, file: Path, began: datetime) -> None:
        self._file, self._began = file, began
        self._given: dict[str, Answer] = {}
        self._unkept: set[str] = set()
        self.held: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Answers({list(self._given)})"

    def __contains__(self, key: str) -> bool:
        return key in self._given

    def __getitem__(self, key: str) -> Answer:
        return self._given[key]

    def __len__(self) -> int:
        return len(self._given)

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def text(self, key: str, default: str = "") -> str:
        """Return what was meant, or the default where the question was not asked."""
        return self._given[key].text if key in self._given else default

    def facts(self, key: str) -> Mapping[str, str]:
        """Return what came of an answer; nothing where the question was not asked."""
        return self._given[key].facts if key in self._given else {}

    def put(self, key: str, answer: Answer, *, kept: bool = True) -> None:
        """Take an answer, and keep it in the file unless it belongs to this sitting only; raises FailedError."""
        self._given[key] = answer
        if not kept:
            self._unkept.add(key)
        self._save()

    def back(self, to: str | None = None) -> bool:
        """Forget the last answer, or all down to the one named; False where there is none."""
        if not self._given or (to is not None and to not in self._given):
            return False
        key = None
        while key is None or (to is not None and key != to):
            key, _ = self._given.popitem()
        self._save()
        return True

    def load(self) -> datetime | None:
        """Take up what an earlier sitting left; return when that was (aware), None where it left nothing usable."""
        try:
            document = json.loads(self._file.read_text(encoding="utf-8"))
            given = {str(key): Answer(str(text), _texts(facts)) for key, text, facts in document["answers"]}
            at = datetime.fromisoformat(document["at"])
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return None
        self._given = given if document.get("version") == _VERSION and at.tzinfo else {}
        return at if self._given else None

    def forget(self) -> None:
        """Remove the file: it has served."""
        self._file.unlink(missing_ok=True)

    def _save(self) -> None:
        kept = [[key, one.text, dict(one.facts)] for key, one in self._given.items() if key not in self._unkept]
        document = {"version": _VERSION, "at": self._began.isoformat(), "answers": kept}
        try:
            write_private(self._file, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
        except OSError as error:
            text = "{file} cannot be written ({detail}): make room, or let this user write in that folder."
            raise FailedError(text, file=str(self._file), detail=error.strerror) from None


def _texts(facts: Mapping[str, object]) -> Mapping[str, str]:
    return {str(key): str(value) for key, value in facts.items()}
