"""What figures are called, in the words that the report of a strike has too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from occupier.domain.errors import Sentence
from occupier.domain.recount import Fate, Ground, Wording
from occupier.speech import language
from occupier.speech.almanac import ALMANACS

FATES: Mapping[Fate, Sentence] = {
    Fate.REPLACED: Sentence("replaced by a strike post"),
    Fate.AS_USUAL: Sentence("posted as usual (rule)"),
    Fate.UNDER_WAY: Sentence("under way"),
    Fate.TO_CHECK: Sentence("to check by a person"),
    Fate.NOT_POSTED: Sentence("not posted"),
}

GROUNDS: Mapping[Ground, Sentence] = {
    Ground.ORDINARY: Sentence("rule: the usual post goes out"),
    Ground.HOLD: Sentence("rule: a person decides"),
    Ground.LEAVE: Sentence("rule: nothing is posted"),
    Ground.MASS: Sentence("too many new articles at once: a person decides"),
    Ground.OLD: Sentence("already old when it was first seen"),
    Ground.SILENCE: Sentence("the account keeps silent during strikes"),
}

WORDINGS: Mapping[Wording, Sentence] = {
    Wording.AS_DECLARED: Sentence("The messages are those of the declaration, unchanged."),
    Wording.CHANGED: Sentence("The messages were changed after the declaration."),
    Wording.FROM_SETTINGS: Sentence("The declaration named no messages of its own: those of the settings were used."),
}


def dollars(microusd: int) -> str:
    """Return an amount in dollars, with the sign and the comma of the language in force."""
    amount = f"{microusd / 1_000_000:.2f}"
    return f"{amount.replace('.', ',')}\N{NO-BREAK SPACE}$" if language() == "fr" else f"${amount}"


def grouped(number: int) -> str:
    """Return a number with its thousands set apart."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}" if language() == "fr" else ",")


def day_words(day: date) -> str:
    """Say a day in full: “vendredi 24 janvier 2020”."""
    return f"{ALMANACS[language()].day(day)} {day.year}"
