"""What occupier says to people, in French and in English.

The messages are written in English in the code; `locale/fr/LC_MESSAGES/occupier.po` has them in French. Every command
starts here: the language comes with the import, at the cost of the standard library's gettext; dates, states and
reasons are loaded when somebody asks for them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from occupier.speech.languages import (
    Language,
    gettext,
    install,
    language,
    language_from_environment,
    ngettext,
    set_language,
    speaking,
)

if TYPE_CHECKING:
    from occupier.speech.moments import (
        countdown,
        duration,
        end_moment,
        full_day,
        moment,
        moment_in_post,
        period,
        short_time,
        zone_city,
    )
    from occupier.speech.reasons import REASONS, network_name, place_name, reason_words
    from occupier.speech.sentences import clean_line, say
    from occupier.speech.states import GROUPS, WITH_REASON, Group, group_of, group_words, handed_words, state_words

_ = gettext

__all__ = [
    "GROUPS",
    "REASONS",
    "WITH_REASON",
    "Group",
    "Language",
    "_",
    "clean_line",
    "countdown",
    "duration",
    "end_moment",
    "full_day",
    "gettext",
    "group_of",
    "group_words",
    "handed_words",
    "install",
    "language",
    "language_from_environment",
    "moment",
    "moment_in_post",
    "network_name",
    "ngettext",
    "period",
    "place_name",
    "reason_words",
    "say",
    "set_language",
    "short_time",
    "speaking",
    "state_words",
    "zone_city",
]

_LATER = {
    "moments": (
        "countdown",
        "duration",
        "end_moment",
        "full_day",
        "moment",
        "moment_in_post",
        "period",
        "short_time",
        "zone_city",
    ),
    "reasons": ("REASONS", "network_name", "place_name", "reason_words"),
    "sentences": ("clean_line", "say"),
    "states": ("GROUPS", "WITH_REASON", "Group", "group_of", "group_words", "handed_words", "state_words"),
}


def __getattr__(name: str) -> Any:
    for module, names in _LATER.items():
        if name in names:
            return getattr(import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
