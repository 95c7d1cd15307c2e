"""The ground: the language, the machine, the zone."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from occupier.domain.errors import UsageError
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.question import Choice, Question, no_goes_back, yes_or_no
from occupier.onboarding.sections import HOUR, MACHINE, section
from occupier.onboarding.world import World
from occupier.settings.moments import zone_like
from occupier.settings.nearest import nearest
from occupier.speech import gettext as _
from occupier.speech import install, language_from_environment, short_time

LAPTOP, STAYS, UNKNOWN = "laptop", "stays", "unknown"
_USUAL_ZONE = "Europe/Paris"
_IN_FRENCH = {
    "alger": "Africa/Algiers",
    "bruxelles": "Europe/Brussels",
    "geneve": "Europe/Zurich",
    "la reunion": "Indian/Reunion",
    "lausanne": "Europe/Zurich",
    "londres": "Europe/London",
    "montreal": "America/Toronto",
    "quebec": "America/Toronto",
}
"""Cities of newsrooms in French that no zone is called after, or not so."""


def language_question(world: World) -> Question:
    """Ask in both languages which one to speak."""

    def read(chosen: str) -> Answer:
        install(chosen)
        return Answer(chosen, said=(opening(),))

    current = world.current.setup.language if world.current else language_from_environment(world.environ)
    choices = Choice("fr", "Français"), Choice("en", "English")
    return Question("language", "occupier", "Français ou English ?", choices=choices, default=current, read=read)


def opening() -> str:
    """Return what is said before the questions."""
    return _(
        "About ten questions, and the accounts one by one. Nothing is posted, and the settings are written only at the"
        " end, after your yes. Enter takes what stands between [ ]. < goes back to the question before. Ctrl-C stops:"
        " your answers are kept, and occupier init goes on from there."
    )


def machine_question() -> Question:
    """Ask where it will run, and say what follows."""
    choices = (
        Choice(LAPTOP, _("this laptop")),
        Choice(STAYS, _("a machine that stays on (a server, a desktop that nobody switches off)")),
        Choice(UNKNOWN, _("I don't know yet")),
    )
    return Question(
        "machine",
        section(MACHINE),
        _("Where will occupier run during the strike?"),
        why=lambda: [
            _("From the first minute of the strike to the last, one machine must be on and online: it posts.")
        ],
        choices=choices,
        default=LAPTOP,
        read=lambda chosen: Answer(chosen, said=_advice(chosen)),
    )


def _advice(chosen: str) -> tuple[str, ...]:
    restarted = _("After a restart it must be started again: occupier service install, at the end, sees to that.")
    if chosen == STAYS:
        there = _("Good. If that is another machine than this one, answer these questions there: its keys stay on it.")
        return there, restarted
    closing = _(
        "A lid that closes means that nothing is posted tomorrow. Leave it open and plugged in, switch its sleep off,"
        " and leave it on a network that does not ask to log in again."
    )
    surer = _("Surer: a colleague's machine or a union's server that stays on. These questions can be answered there.")
    return closing, restarted, surer


def zone_questions(world: World, answers: Answers) -> Iterator[Question]:
    """Ask for the zone; one that was not typed as it is written is confirmed."""
    guess = world.current.setup.zone.key if world.current else guessed_zone(world.environ)
    yield Question(
        "zone",
        section(HOUR),
        _("In which time zone are the hours of the strike? The name of a city is enough."),
        why=lambda: [_clock_there(world, guess)],
        default=guess,
        read=_read_zone,
    )
    if answers.facts("zone"):
        understood = answers.text("zone")
        yield Question(
            "zone.right",
            section(HOUR),
            _("Is that the one?"),
            why=lambda: [_clock_there(world, understood)],
            choices=yes_or_no(),
            default="yes",
            read=no_goes_back(),
        )


def guessed_zone(environ: Mapping[str, str], link: str = "/etc/localtime") -> str:
    """Return the zone of this machine, as TZ or its clock's file says; Europe/Paris where neither does."""
    of_file = os.path.realpath(link).partition("zoneinfo/")[2]
    return next((name for name in (environ.get("TZ", "").lstrip(":"), of_file) if _is_city(name)), _USUAL_ZONE)


def _is_city(name: str) -> bool:
    """UTC is a server's setting, and nobody's hour."""
    return "/" in name and not name.startswith("Etc/") and _known(name)


def _known(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (LookupError, OSError, ValueError):
        return False


def _read_zone(typed: str) -> Answer:
    if _known(typed):
        return Answer(typed)
    plain = unicodedata.normalize("NFKD", typed.casefold()).encode("ascii", "ignore").decode()
    city = nearest(plain, _IN_FRENCH, cutoff=0.8)
    zone = _IN_FRENCH[city] if city else zone_like(typed.replace(" ", "_"))
    if zone is None:
        raise UsageError("No city of that name is known here: write a big city with the same hour, for example Paris.")
    return Answer(zone, {"guessed": "yes"})


def _clock_there(world: World, zone: str) -> str:
    return _("{zone}: it is {hour} there now.").format(zone=zone, hour=short_time(world.now(), ZoneInfo(zone)))
