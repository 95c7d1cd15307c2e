"""The words of a date and an hour as people type them, French or English, told apart and nothing more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta, timezone

from occupier.domain.errors import TimeError
from occupier.speech.almanac import ENGLISH_DAYS, ENGLISH_MONTHS, FRENCH_DAYS, FRENCH_MONTHS

MIDNIGHT = 24
"""The hour of “minuit”: which end of the day is meant is not in the words."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the words say; None where they do not.

    `ahead`: days from today. `part`: morning, afternoon or evening. `following`: “prochain”, “next”. `twelve`: am or
    pm. `offset`: which of two same hours, as faces say it.
    """

    ahead: int | None = None
    part: str | None = None
    weekday: int | None = None
    following: bool | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None
    hour: int | None = None
    minute: int = 0
    twelve: str | None = None
    by_name: bool = False
    either_way: bool | None = None
    """Day and month in figures, of which either may be the month."""
    offset: timezone | None = None


def plain(text: str) -> str:
    """Return the text in small letters, without accents, with straight apostrophes and single blanks."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return " ".join(bare.casefold().replace("’", "'").replace(",", " ").split())


_JOINED = {
    "day after tomorrow": "apres-demain", "apres demain": "apres-demain", "ce soir": "soir", "ce matin": "matin",
    "cet apres-midi": "apres-midi", "cet apres midi": "apres-midi", "this morning": "matin", "tonight": "soir",
    "this afternoon": "apres-midi", "this evening": "soir", "apres midi": "apres-midi",
}  # fmt: skip
_PARTS = {"matin": "morning", "morning": "morning", "apres-midi": "afternoon", "afternoon": "afternoon",
          "soir": "evening", "evening": "evening"}  # fmt: skip
_AHEAD = {"aujourd'hui": 0, "today": 0, "demain": 1, "tomorrow": 1, "apres-demain": 2}
_FILLERS = {"le", "la", "a", "at", "on", "the", "du", "de", "of", "au", "to", "from"}
_NOON, _MIDNIGHT, _FOLLOWING = {"midi", "noon"}, {"minuit", "midnight"}, {"prochain", "next"}
_SHORT_DAYS = ("lun mon", "tue tues", "mer wed", "jeu thu thur thurs", "ven fri", "sam sat", "dim sun")
"""Not “mar”: mardi in one language, March in the other."""
_SHORT_MONTHS = (
    "janv jan",
    "fevr fev feb",
    "",
    "avr apr",
    "",
    "jun",
    "juil jul",
    "aug",
    "sept sep",
    "oct",
    "nov",
    "dec",
)


def _by_word(*columns: tuple[str, ...], first: int = 0) -> Mapping[str, int]:
    return {word: n for column in columns for n, words in enumerate(column, first) for word in plain(words).split()}


_WEEKDAYS = _by_word(FRENCH_DAYS, ENGLISH_DAYS, _SHORT_DAYS)
_MONTHS = _by_word(FRENCH_MONTHS, ENGLISH_MONTHS, _SHORT_MONTHS, first=1)
_TOKEN = re.compile(
    r"\(utc(?P<sign>[+-])(?P<oh>\d\d):(?P<om>\d\d)\)"
    r"|(?P<iy>\d{4})-(?P<im>\d\d)-(?P<id>\d\d)"
    r"|(?P<sd>\d{1,2})/(?P<sm>\d{1,2})(?:/(?P<sy>\d{4}|\d\d))?"
    r"|(?P<h>\d{1,2}) ?(?:heures?|h)(?: ?(?P<hm>[0-5]\d))?"
    r"|(?P<c>\d{1,2})[:.](?P<cm>[0-5]\d)(?: ?(?P<ct>[ap])\.?m\.?)?"
    r"|(?P<t>\d{1,2}) ?(?P<tt>[ap])\.?m\.?"
    r"|(?P<year>\d{4})"
    r"|(?P<number>\d{1,2})(?:er|st|nd|rd|th)?"
    r"|(?P<word>[a-z][a-z'-]*)\.?",
    re.ASCII,
)


def read_words(text: str, said: str) -> Typed:
    """Tell the words apart.

    Args:
        text: made `plain`, without the name of a zone.
        said: as it was typed, for the error.

    Raises:
        TimeError: a word that is none of a date or an hour, or two that say the same thing.
    """
    for words, word in _JOINED.items():
        text = re.sub(rf"\b{words}\b", word, text)
    found, at = Typed(), 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        end = match.end() if match else at
        if match is None or (end < len(text) and text[end] != " "):
            raise not_understood(said)
        found = _with(found, _meaning(match.groupdict(), said), said)
        at = end + 1
    return found


def not_understood(said: str) -> TimeError:
    """Return the error for what is no date and hour."""
    return TimeError(
        "“{text}” is not understood: write for example tomorrow 9:00, Friday 9:30, 24/01 19:00, or 24 January 19:00.",
        text=said,
    )


def _with(found: Typed, said: Mapping[str, object], text: str) -> Typed:
    empty = Typed()
    if any(getattr(found, name) != getattr(empty, name) for name in said):
        raise not_understood(text)
    return replace(found, **said)  # type: ignore[arg-type]


def _meaning(group: Mapping[str, str | None], said: str) -> Mapping[str, object]:
    match group:
        case {"word": str(word)}:
            return _word(word, said)
        case {"sign": str(sign), "oh": str(hours), "om": str(minutes)}:
            away = timedelta(hours=int(hours), minutes=int(minutes))
            return {"offset": timezone(-away if sign == "-" else away)}
        case {"iy": str(year), "im": str(month), "id": str(day)}:
            return {"year": int(year), "month": int(month), "day": int(day)}
        case {"sd": str(day), "sm": str(month), "sy": year}:
            either = int(day) <= 12 and int(month) <= 12 and day != month
            dated: dict[str, object] = {"day": int(day), "month": int(month), "either_way": either}
            return dated | ({"year": int(year) + (2000 if len(year) == 2 else 0)} if year else {})
        case {"h": str(hour), "hm": minute}:
            return {"hour": int(hour), "minute": int(minute or 0)}
        case {"c": str(hour), "cm": str(minute), "ct": twelve}:
            return {"hour": int(hour), "minute": int(minute)} | ({"twelve": twelve} if twelve else {})
        case {"t": str(hour), "tt": str(twelve)}:
            if hour == "12":
                raise TimeError(
                    "“{text}”: nobody agrees on 12 am and 12 pm; write noon, midnight or 12:30 pm.", text=said
                )
            return {"hour": int(hour), "twelve": twelve}
        case {"year": str(year)}:
            return {"year": int(year)}
    return {"day": int(group["number"] or 0)}


def _word(word: str, said: str) -> Mapping[str, object]:
    if word in _FILLERS:
        return {}
    if word in _NOON:
        return {"hour": 12, "by_name": True}
    if word in _MIDNIGHT:
        return {"hour": MIDNIGHT, "by_name": True}
    if word in _FOLLOWING:
        return {"following": True}
    for name, table in (("ahead", _AHEAD), ("part", _PARTS), ("weekday", _WEEKDAYS), ("month", _MONTHS)):
        if word in table:
            return {name: table[word]}
    raise not_understood(said)
