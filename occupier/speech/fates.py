"""What became of a strike's articles, and why some were excepted: the words of the report and of the page."""

from __future__ import annotations

from collections.abc import Mapping

from occupier.domain.errors import Sentence
from occupier.domain.recount import Fate, Ground

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
