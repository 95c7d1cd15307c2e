"""What the daemon tells while it runs: a line each on standard error, for people or for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from typing import TextIO

from occupier.cli.colour import AMBER, FAINT, GREEN, RED, paint
from occupier.cli.reasons import with_reason
from occupier.cli.strikes import iso
from occupier.domain.errors import OccupierError, Sentence
from occupier.domain.ports import Clock, Notice, Notices
from occupier.domain.setup import Setup
from occupier.speech import say
from occupier.wire.scrub import scrub

_COLOURS = {"sent": GREEN, "uncertain": AMBER, "retry": AMBER}


class Together:
    """Tells several listeners."""

    def __init__(self, *listeners: Notices) -> None:
        self._listeners = listeners

    def tell(self, notice: Notice) -> None:
        """Tell each of them."""
        for listener in self._listeners:
            listener.tell(notice)


class Teller:
    """Prints notices. Several threads tell at once; none is ever stopped by a terminal that is gone."""

    def __init__(
        self,
        setup: Callable[[], Setup],
        clock: Clock,
        *,
        as_json: bool = False,
        dry: bool = False,
        stream: TextIO | None = None,
    ) -> None:
        self._setup = setup
        self._clock = clock
        self._as_json = as_json
        self._dry = dry
        self._stream = stream or sys.stderr
        self._lock = Lock()
        self.serious = 0
        """How many notices needed a person."""

    def tell(self, notice: Notice) -> None:
        """Print one line, without any token in it; never raises."""
        self.serious += notice.serious
        try:
            sentence = self._worded(notice)
            line = self._record(notice, sentence) if self._as_json else self._line(notice, sentence)
            with self._lock:
                print(scrub(line), file=self._stream, flush=True)
        except (OSError, ValueError):  # nobody reads any more: the log has it all
            pass

    def words(self, notice: Notice) -> str:
        """Return what is said of a notice, without any token in it."""
        return scrub(say(self._worded(notice), self._setup().zone))

    def _worded(self, notice: Notice) -> Sentence:
        return with_reason(self._sentence(notice), self._setup())

    def _sentence(self, notice: Notice) -> Sentence:
        """Return what happened; of a post in a dry run, which has no address, what it says."""
        if self._dry and notice.kind == "sent":
            return Sentence("Would have left on {account}: {text}", notice.sentence.values)
        return notice.sentence

    def _line(self, notice: Notice, sentence: Sentence) -> str:
        zone, now = self._setup().zone, self._clock.now()
        time = f"{now.astimezone(zone):%H:%M:%S}"
        text = say(sentence, zone)
        colour = RED if notice.serious else _COLOURS.get(notice.kind)
        said = paint(text, colour, self._stream) if colour else text
        return f"{paint(time, FAINT, self._stream)}  {said}"

    def _record(self, notice: Notice, sentence: Sentence) -> str:
        record = {
            "at": iso(self._clock.now()),
            "kind": notice.kind,
            "serious": notice.serious,
            "message": say(sentence, self._setup().zone),
            "values": _plain(notice.sentence.values),
        }
        return json.dumps(record, ensure_ascii=False)


def _plain(values: Mapping[str, object]) -> dict[str, object]:
    return {name: _plain_value(value) for name, value in values.items()}


def _plain_value(value: object) -> object:
    match value:
        case datetime():
            return iso(value)
        case bool() | int() | float() | str() | None:
            return value
        case Sentence() | OccupierError():
            return str(value)
        case list() | tuple() | set() | frozenset():
            return [_plain_value(item) for item in value]
        case _:
            return str(value)
