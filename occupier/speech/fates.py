"""What became of a strike's articles, and why some were excepted: the words of the report and of the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from occupier.domain.decision import SILENCE, USUAL_OUT
from occupier.domain.errors import Sentence
from occupier.domain.fates import Fate, Ground
from occupier.domain.findings import Announcement
from occupier.domain.recount import Recount
from occupier.speech.figures import in_figures
from occupier.speech.languages import ngettext

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

ANNOUNCEMENTS: Mapping[Announcement, Sentence] = {
    Announcement.STRIKE: Sentence("announced by a strike post"),
    Announcement.LEFT: Sentence("left to the usual tool by a rule"),
    Announcement.NOBODY: Sentence("announced by nobody"),
    Announcement.SILENCE: Sentence("announced by nobody (silence)"),
}


def shares(recount: Recount) -> Iterator[str]:
    """Yield what the figures of a strike hold that their names do not tell, a sentence each."""
    if n := recount.edited:
        text = ngettext("Of those replaced, {n} is the usual post itself, edited in place.",
                        "Of those replaced, {n} are the usual posts themselves, edited in place.", n)  # fmt: skip
        yield text.format(n=in_figures(n))
    if n := recount.handed:
        text = ngettext(
            "Of those replaced, {n} was handed over to a tool or a person: occupier cannot see the end of it.",
            "Of those replaced, {n} were handed over to a tool or a person: occupier cannot see the end of it.",
            n,
        )
        yield text.format(n=in_figures(n))
    if n := recount.left_for(SILENCE):
        text = ngettext("Of those not posted, {n} was left by silence, as the settings say.",
                        "Of those not posted, {n} were left by silence, as the settings say.", n)  # fmt: skip
        yield text.format(n=in_figures(n))
    if n := recount.left_for(USUAL_OUT):
        text = ngettext("Of those not posted, {n} was left since the usual post was out already.",
                        "Of those not posted, {n} were left since the usual post was out already.", n)  # fmt: skip
        yield text.format(n=in_figures(n))
