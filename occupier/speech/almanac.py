"""Days and hours in words, French and English.

The names stand here and not in a library: Babel takes 60 ms to import and to read its tables, and every command
says at least one instant. The tests compare them with Babel's.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time
from typing import Protocol

FRENCH_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
FRENCH_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Almanac(Protocol):
    """How a language says days, hours and waits. Blanks are plain: a narrow one weighs double on X."""

    def day(self, day: date) -> str:
        """Return “vendredi 24 janvier”."""

    def hour_in_post(self, hour: time) -> str:
        """Return “19h” or “9h30”, as a post says it."""

    def hour(self, hour: time) -> str:
        """Return “19h00”, as a face says it."""

    def short_hour(self, hour: time) -> str:
        """Return “11h42”, for a table."""

    def joined(self, day: str, hour: str) -> str:
        """Return a day and its hour in one phrase."""

    def place(self, city: str) -> str:
        """Return “heure de Paris”."""

    def wait(self, units: Mapping[str, int]) -> str:
        """Return “5 h 12” from the one or two largest units of a duration."""

    def ahead(self, wait: str) -> str:
        """Return “dans 5 h 12”."""

    def ago(self, wait: str) -> str:
        """Return “il y a 3 min”."""

    def now(self) -> str:
        """Return “maintenant”."""


class French:
    """French: the first of a month is an ordinal, hours take an h."""

    def day(self, day: date) -> str:
        """Return “vendredi 24 janvier”, “samedi 1er février”."""
        number = "1er" if day.day == 1 else str(day.day)
        return f"{FRENCH_DAYS[day.weekday()]} {number} {FRENCH_MONTHS[day.month - 1]}"

    def hour_in_post(self, hour: time) -> str:
        """Return “19h”, “9h30”."""
        return f"{hour.hour}h{hour.minute:02}" if hour.minute else f"{hour.hour}h"

    def hour(self, hour: time) -> str:
        """Return “19h00”."""
        return f"{hour.hour}h{hour.minute:02}"

    def short_hour(self, hour: time) -> str:
        """Return “11h42”."""
        return self.hour(hour)

    def joined(self, day: str, hour: str) -> str:
        """Return “vendredi 24 janvier à 19h”."""
        return f"{day} à {hour}"

    def place(self, city: str) -> str:
        """Return “heure de Paris”, “heure d’Alger”; UTC is no city."""
        if city == "UTC":
            return city
        return f"heure d’{city}" if city[0] in "AEIOUYÉ" else f"heure de {city}"

    def wait(self, units: Mapping[str, int]) -> str:
        """Return “2 jours 4 h”, “5 h 12”, “3 min”, “45 s”."""
        names = {"day": "jour" if units.get("day", 0) < 2 else "jours", "hour": "h", "minute": "min", "second": "s"}
        if set(units) == {"hour", "minute"}:
            return f"{units['hour']} h {units['minute']:02}"
        return " ".join(f"{number} {names[unit]}" for unit, number in units.items())

    def ahead(self, wait: str) -> str:
        """Return “dans 5 h 12”."""
        return f"dans {wait}"

    def ago(self, wait: str) -> str:
        """Return “il y a 3 min”."""
        return f"il y a {wait}"

    def now(self) -> str:
        """Return “maintenant”."""
        return "maintenant"


class English:
    """British English: no ordinal, twelve hours in sentences, twenty-four in tables."""

    def day(self, day: date) -> str:
        """Return “Friday 24 January”."""
        return f"{ENGLISH_DAYS[day.weekday()]} {day.day} {ENGLISH_MONTHS[day.month - 1]}"

    def hour_in_post(self, hour: time) -> str:
        """Return “7 pm”, “7:30 pm”, and “noon”, since nobody agrees on 12 pm."""
        if (hour.hour, hour.minute) == (12, 0):
            return "noon"
        minutes = f":{hour.minute:02}" if hour.minute else ""
        return f"{hour.hour % 12 or 12}{minutes} {'am' if hour.hour < 12 else 'pm'}"

    def hour(self, hour: time) -> str:
        """Return “7:00 pm”."""
        return f"{hour.hour % 12 or 12}:{hour.minute:02} {'am' if hour.hour < 12 else 'pm'}"

    def short_hour(self, hour: time) -> str:
        """Return “11:42”."""
        return f"{hour.hour:02}:{hour.minute:02}"

    def joined(self, day: str, hour: str) -> str:
        """Return “Friday 24 January at 7 pm”."""
        return f"{day} at {hour}"

    def place(self, city: str) -> str:
        """Return “Paris time”; UTC is no city."""
        return city if city == "UTC" else f"{city} time"

    def wait(self, units: Mapping[str, int]) -> str:
        """Return “2 days 4 h”, “5 h 12 min”, “3 min”, “45 s”."""
        names = {"day": "day" if units.get("day", 0) < 2 else "days", "hour": "h", "minute": "min", "second": "s"}
        return " ".join(f"{number} {names[unit]}" for unit, number in units.items())

    def ahead(self, wait: str) -> str:
        """Return “in 5 h 12 min”."""
        return f"in {wait}"

    def ago(self, wait: str) -> str:
        """Return “3 min ago”."""
        return f"{wait} ago"

    def now(self) -> str:
        """Return “now”."""
        return "now"


ALMANACS: Mapping[str, Almanac] = {"fr": French(), "en": English()}
