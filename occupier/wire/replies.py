"""Questions that are asked while a person waits: what came back, whatever its status, for the asker to understand.

Calls that publish are judged in `answers`. Here nothing can be doubled or lost: a refusal is an answer like another,
and each asker has its own words for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from occupier.domain.errors import NetworkError
from occupier.wire.answers import READ_SECONDS, in_trouble, not_before, unanswered
from occupier.wire.flight import Answer, flight
from occupier.wire.scrub import excerpt


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that came whole; header names are lower case. Nothing of it is in the `repr`: it may hold a token."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def fine(self) -> bool:
        """Whether it is a success by its status."""
        return 200 <= self.status < 300

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def said(self, secrets: Sequence[str] = ()) -> str:
        """Return what the other says, on one short line, without the secrets."""
        return excerpt(self.body, secrets) or "…"


def ask(call: Callable[[], object], network: str, now: datetime) -> Reply:
    """Make one call, and return what came back.

    Args:
        call: what a library does on the guarded session; what it raises counts for nothing.
        network: who is asked, for sentences.
        now: by our clock, aware.

    Raises:
        NetworkError: nobody answered, not in time, or with "later" or with trouble of their own.
    """
    # The flight tells what happened; what a library raises may hold a token.
    with flight(READ_SECONDS) as made, suppress(Exception):
        call()
    answer = made.answer
    if answer is None or answer.body is None:
        raise unanswered(made, network)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        raise _later(answer, network, now)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise in_trouble(network, answer.status)
    return Reply(answer.status, answer.headers, answer.body)


def _later(answer: Answer, network: str, now: datetime) -> NetworkError:
    error = NetworkError("{network} asks to wait before it is asked again.", network=network)
    error.not_before = not_before(answer.headers, now)
    return error
