"""The domain's sentences, said on a terminal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from occupier.domain.action import State
from occupier.domain.errors import OccupierError, Sentence, StrikeError, TimeError
from occupier.domain.outcome import RefusalKind
from occupier.speech import clean_line, say, set_language

PARIS = ZoneInfo("Europe/Paris")
NINE = datetime(2020, 1, 24, 8, tzinfo=UTC)
MIDNIGHT = datetime(2020, 1, 24, 23, tzinfo=UTC)


def test_an_error_is_said_in_the_language_in_force() -> None:
    error = TimeError("“{text}” is not a duration: write 90s, 5m, 2h or 1d.", text="2 h")
    assert say(error) == "«\u00a02 h\u00a0» n’est pas une durée\u00a0: écrivez 90s, 5m, 2h ou 1d."
    set_language("en")
    assert say(error) == str(error)


def test_instants_are_said_in_the_zone_and_an_end_is_never_midnight() -> None:
    error = StrikeError(
        "The strike “{name}” would end ({end}) before it starts ({start}): check the two dates.",
        name="janvier", start=NINE, end=MIDNIGHT,
    )  # fmt: skip
    assert say(error, PARIS) == (
        "La grève «\u00a0janvier\u00a0» finirait (vendredi 24 janvier 2020 à 23h59, heure de Paris) avant de commencer"
        " (vendredi 24 janvier 2020 à 9h00, heure de Paris)\u00a0: vérifiez les deux dates."
    )
    assert "vendredi 24 janvier 2020 à 23h00, UTC" in say(error)


def test_a_hostile_value_cannot_steer_a_terminal_or_the_sentence() -> None:
    hostile = "\x1b[2J{end}\u202egnp\n\x07% {0.__class__}"
    said = say(Sentence("There is no article {id}.", {"id": hostile}))
    assert said == "Il n’y a pas d’article [2J{end}gnp % {0.__class__}."
    assert clean_line("a\x1b\nb\u200bc") == "a bc"


def test_values_are_said_by_their_kind() -> None:
    inner = OccupierError("There is no article {id}.", id="7")
    values = {"n": 3, "f": 2.04, "wait": timedelta(minutes=5), "names": ["a", "b\x07"], "inner": inner}
    sentence = Sentence("{n} {f:.1f} {wait} {names} {inner}", values)
    assert say(sentence) == "3 2.0 5 min a, b Il n’y a pas d’article 7."


def test_states_and_reasons_among_the_values_are_said_in_words() -> None:
    values = {"account": "x-une", "id": "7", "reason": RefusalKind.DUPLICATE}
    assert say(Sentence("{account} refused the post {id} ({reason}): nothing was posted.", values)) == (
        "x-une a refusé le post 7 (le même texte y est déjà\u00a0: regardez le compte)\u00a0: rien n’a été publié."
    )
    assert say(Sentence("{state}", {"state": State.SENT})) == "publié"
    assert say(Sentence("{reason}", {"reason": "contre la réforme"})) == "contre la réforme"
