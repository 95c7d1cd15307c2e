"""The language in force, and its catalogue. Imported by every command: the standard library only."""

from __future__ import annotations

import gettext as catalogues
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Literal

Language = Literal["fr", "en"]

DOMAIN = "occupier"
LOCALE = os.path.join(os.path.dirname(__file__), "locale")
_CLICK_DOMAIN = "click"
_in_force: Language = "fr"
_of_visit: ContextVar[Language | None] = ContextVar("language", default=None)


def set_language(language: Language) -> None:
    """Speak this language from now on, in the whole process."""
    global _in_force
    _in_force = language


def language() -> Language:
    """Return the language in force here: that of the visit, or else the process's, French until told otherwise."""
    return _of_visit.get() or _in_force


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak this language inside, on this thread or task only: two readers of a page may differ."""
    token = _of_visit.set(language)
    try:
        yield
    finally:
        _of_visit.reset(token)


def language_from_environment(environ: Mapping[str, str]) -> Language:
    """Return the language that the first of LC_ALL, LC_MESSAGES and LANG asks for: English, or else French."""
    asked = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    return "en" if asked.lower().startswith("en") else "fr"


def gettext(message: str) -> str:
    """Return the message in the language in force; itself where there is no translation."""
    return _catalogue(language()).gettext(message) if message else ""


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the form of the message for that number, in the language in force."""
    return _catalogue(language()).ngettext(singular, plural, number)


def install(language: str) -> None:
    """Speak English where that is asked for, and else French, in the command line library's own messages too.

    click looks its messages up in the process's text domain, in the language that LANGUAGE names.
    """
    spoken: Language = "en" if language == "en" else "fr"
    set_language(spoken)
    os.environ["LANGUAGE"] = spoken
    catalogues.bindtextdomain(_CLICK_DOMAIN, LOCALE)
    catalogues.textdomain(_CLICK_DOMAIN)


@cache
def _catalogue(language: Language) -> catalogues.NullTranslations:
    if language == "en":  # the messages are written in English
        return catalogues.NullTranslations()
    return catalogues.translation(DOMAIN, LOCALE, [language])
