"""Puts the questions: one at a time, back when asked, on from where an earlier sitting stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from occupier.domain.errors import OccupierError, UsageError
from occupier.onboarding.answers import Answers
from occupier.onboarding.question import GoBack, Question

BACK = frozenset({"<", "back", "retour"})


class Talk(Protocol):
    """Where the conversation is held."""

    def put(self, question: Question) -> None:
        """Show a question with its why and its choices."""

    def put_again(self, question: Question) -> None:
        """Show the question alone, after an answer that was not taken."""

    def hear(self, question: Question) -> str:
        """Return the next line; raises EOFError when there is none, KeyboardInterrupt when the person stops."""

    def say(self, text: str) -> None:
        """Tell something."""

    def complain(self, problem: OccupierError) -> None:
        """Say why an answer was not taken, and what to do."""


def converse(script: Callable[[], Iterator[Question]], answers: Answers, talk: Talk) -> None:
    """Put every question of the script that has no answer yet.

    Args:
        script: the questions in order; begun anew after each step back, and asked for the next one only once the one
            before has its answer.
        answers: those of an earlier sitting; they grow.
        talk: where it is held.

    Raises:
        OccupierError: the answers cannot be kept.
    """
    while True:
        try:
            for question in script():
                if question.key not in answers:
                    _ask(question, answers, talk)
            return
        except GoBack as back:
            if back.because is not None:
                talk.complain(back.because)
            if not answers.back(back.to):
                talk.complain(UsageError("This is the first question."))


def _ask(question: Question, answers: Answers, talk: Talk) -> None:
    talk.put(question)
    while True:
        typed = talk.hear(question)
        if typed.strip().casefold() in BACK:
            raise GoBack
        try:
            answer = question.understand(typed)
        except OccupierError as problem:
            talk.complain(problem)
            talk.put_again(question)
            continue
        answers.put(question.key, answer, kept=question.is_kept)
        for line in answer.said:
            talk.say(line)
        return
