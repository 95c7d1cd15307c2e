"""The conversation, in its order."""

from __future__ import annotations

from collections.abc import Iterator

from occupier.onboarding.accounts import account_questions, new_accounts
from occupier.onboarding.answers import Answers
from occupier.onboarding.closing import closing_question
from occupier.onboarding.ground import language_question, machine_question, zone_questions
from occupier.onboarding.habit import usual_questions
from occupier.onboarding.meanwhile import meanwhile_questions
from occupier.onboarding.question import Question
from occupier.onboarding.site import site_questions
from occupier.onboarding.world import World


def script(world: World, answers: Answers) -> Iterator[Question]:
    """Yield the questions; which come next follows from the answers so far."""
    yield language_question(world)
    yield machine_question()
    yield from zone_questions(world, answers)
    yield from site_questions(world, answers)
    yield from usual_questions(world, answers)
    yield from account_questions(world, answers)
    yield from meanwhile_questions(world, answers, new_accounts(answers))
    yield closing_question(world, answers)
