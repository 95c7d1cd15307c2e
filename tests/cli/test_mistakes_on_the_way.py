"""What a newcomer gets wrong between an empty folder and a running occupier: each is answered by what to do."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from occupier.cli import main
from occupier.cli.sandbox import sandbox_secrets, sandbox_settings
from occupier.cli.session import Session
from occupier.sandbox import Sandbox
from occupier.sandbox.faults import Fault, FaultKind
from occupier.speech import set_language
from occupier.storage.lock import holding
from tests.cli.conftest import DECLARE, PLAIN, Desk, speak

STRIKE = """
[[strikes]]
name = "greve"
from = "2030-01-24T09:00"
to = "2030-01-24T19:00"
mandate = "AG du 23 janvier"
reason = "contre la réforme"
"""
FULL = PLAIN + STRIKE


def put(old: str, new: str) -> str:
    """Return good settings with one thing wrong in them."""
    assert old in FULL
    return FULL.replace(old, new, 1)


SETTINGS: Mapping[str, tuple[str, str, str]] = {
    "no TOML": ("timezone = Europe/Paris\n", "line 2, column 12: this is not TOML", "ligne 2, colonne 12 : ce n’est"),
    "no zone": (put('timezone = "Europe/Paris"', ""), "timezone: this is missing", "timezone : il manque cette ligne"),
    "a wrong zone": (put("Europe/Paris", "Europe/Pari"), "no time zone “Europe/Pari”", "pas de fuseau « Europe/Pari »"),
    "an unknown key": (put("server =", "serveur ="), "did you mean “server”?", "est-ce « server » ?"),
    "an unknown network": (put('"mastodon"', '"twitter"'), "write one of: mastodon, x", "au choix : mastodon, x"),
    "a server without https": (
        put("http://127.0.0.1:9\"\naccess", "http://mastodon.example\"\naccess"),
        "write https://, not http://", "écrivez https://, pas http://",
    ),
    "a feed without https": (
        put("http://127.0.0.1:9/feed.xml", "www.example.org/feed"),
        "feeds[1].url: this is not an address", "feeds[1].url : ce n’est pas une adresse",
    ),
    "two accounts of one name": (
        put("[[strikes]]", f"{PLAIN[PLAIN.index('[[accounts]]'):]}\n[[strikes]]"),
        "already that of accounts[1]", "déjà celui de accounts[1]",
    ),
    "an account called all": (put('"mastodon-une"', '"all"'), "“all” is reserved", "« all » est réservé"),
    "a name in capitals": (put('"mastodon-une"', '"Une"'), "“Une” cannot be a name", "« Une » ne peut pas être un nom"),
    "a wrong duration": (
        put('feed.xml"', 'feed.xml"\ninterval = "une minute"'), "write 90s, 5m, 2h or 1d", "écrivez 90s, 5m, 2h ou 1d",
    ),
    "a key in clear": (
        put('{ env = "TOKEN" }', '"abcdef12345"'), "a secret does not stand in the settings", "un secret ne s’écrit",
    ),
    "a page's name for its number": (
        put("[[strikes]]", '[[accounts]]\nname = "page"\nplatform = "facebook"\npage_id = "le-courrier"\n'
            'access_token = { env = "TOKEN" }\n[[strikes]]'),
        "write the page's number", "écrivez le numéro de la page",
    ),
    "no message at all": (put("[[strikes]]", "[messages]\nstrike = []\n[[strikes]]"), "fill it", "remplissez-la"),
    "an end without an hour": (put('"2030-01-24T19:00"', '"2030-01-24"'), "has no hour", "n’a pas d’heure"),
    "dates swapped": (
        put("2030-01-24T19:00", "2030-01-23T19:00"),
        "at 7:00 pm, Paris time) before it starts", "à 19h00, heure de Paris) avant de commencer",
    ),
    "a French date": (put("2030-01-24T19:00", "24/01/2030 19h"), "write for example 20", "écrivez par exemple 20"),
    "two months": (put("2030-01-24T19:00", "2030-03-24T19:00"), "long = true", "long = true"),
    "nobody decided": (put('mandate = "AG du 23 janvier"', ""), "mandate: this is missing", "mandate : il manque"),
    "two strikes at once": (
        FULL + STRIKE.replace('"greve"', '"autre"'), "would both be in force", "vaudraient toutes deux",
    ),
    "an account that is not there": (
        put("reason =", 'accounts = ["x-une"]\nreason ='), "write one of: mastodon-une", "au choix : mastodon-une",
    ),
    "a test account that strikes": (
        FULL.replace("access_token", "test = true\naccess_token") + 'accounts = ["mastodon-une"]\n',
        "“mastodon-une” is a test account", "« mastodon-une » est un compte d’essai",
    ),
    "a pause address that is none": ('pause_url = "pad.example.org"\n' + FULL, "pause_url: this", "pause_url : ce"),
}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("mistake", SETTINGS)
def test_settings_with_a_mistake_are_answered_by_a_sentence(desk: Desk, mistake: str, language: str) -> None:
    text, english, french = SETTINGS[mistake]
    speak(desk, text, language)
    typed = desk.type("check")
    assert (typed.status, typed.out) == (2, "")
    assert typed.says(french if language == "fr" else english)
    assert len(typed.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("language", "said"), [("en", "did you mean OCCUPIER_TIMEZONE?"), ("fr", "est-ce OCCUPIER_TIMEZONE ?")]
)
def test_a_variable_that_is_misspelt_is_answered_by_its_name(desk: Desk, language: str, said: str) -> None:
    speak(desk, PLAIN, language)
    desk.environ["OCCUPIER_TIMZONE"] = "Europe/Paris"
    typed = desk.type("status")
    assert (typed.status, typed.out) == (2, "")
    assert typed.says(said)


Prepared = Callable[[Desk], None]


def without_settings(desk: Desk) -> None:
    desk.settings.unlink()


STATES: Mapping[str, tuple[Prepared, str, int, str, str]] = {
    "no settings yet": (without_settings, "run", 2, "occupier init", "occupier init"),
    "a database of a newer occupier": (Desk.become_newer, "run --once", 4, "newer", "plus récent"),
    "a letter for a database": (Desk.become_a_letter, "status", 4, "occupier.db", "occupier.db"),
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("state", STATES)
def test_what_is_not_as_it_should_be_is_answered_by_a_sentence(desk: Desk, state: str, language: str) -> None:
    prepare, line, status, english, french = STATES[state]
    speak(desk, PLAIN, language)
    prepare(desk)
    desk.capture.readouterr()
    typed = desk.type(*line.split())
    assert typed.status == status
    assert typed.says(french if language == "fr" else english)


@pytest.mark.parametrize(("language", "said"), [("en", "Another occupier"), ("fr", "Un autre occupier")])
def test_a_second_daemon_is_refused_and_told_of_the_first(desk: Desk, language: str, said: str) -> None:
    speak(desk, PLAIN, language)
    desk.type(*DECLARE)
    with holding(desk.database):
        typed = desk.type("run", "--once")
    assert (typed.status, typed.out) == (3, "")
    assert typed.says(said)
    assert len(typed.err.splitlines()) == 1


FAULTY = """
[[feeds]]
name = "page"
url = "{url}/"

[[feeds]]
name = "absent"
url = "{url}/feeds/nowhere.xml"

[[feeds]]
name = "silent"
url = "http://127.0.0.1:9/feed.xml"

[[accounts]]
name = "other-page"
platform = "facebook"
api_url = "{url}/graph"
page_id = "123"
access_token = {{ env = "SANDBOX_FACEBOOK_TOKEN" }}

[[accounts]]
name = "elsewhere"
platform = "facebook"
api_url = "{url}/feeds/une.xml"
page_id = "123"
access_token = {{ env = "SANDBOX_FACEBOOK_TOKEN" }}

[[accounts]]
name = "unreachable"
platform = "mastodon"
server = "http://127.0.0.1:9"
access_token = {{ env = "SANDBOX_MASTODON_TOKEN" }}
[accounts.messages]
strike = ["{whole}"]

[[accounts]]
name = "no-variable"
platform = "mastodon"
server = "{url}"
access_token = {{ env = "NOT_SET" }}
[accounts.messages]
strike = ["{misspelt}"]

[[accounts]]
name = "no-file"
platform = "mastodon"
server = "{url}"
access_token = {{ file = "secrets/none" }}

[[accounts]]
name = "empty-file"
platform = "mastodon"
server = "{url}"
access_token = {{ file = "empty" }}

[[strikes]]
name = "hier"
from = "2020-01-24T09:00"
to = "2020-01-24T19:00"
mandate = "AG"
reason = "x"
"""
WHOLE = "En grève {{ strike.reason }} jusqu’au {{ strike.end }} : {{ strike.who }}."
MISSPELT = f"{WHOLE} {{{{ strike.raison }}}} {{{{ link }}}}"
Said = Mapping[tuple[str, str], str]
FOUND: Mapping[tuple[str, str], tuple[str, str]] = {
    ("feed", "page"): ("is a web page, not a feed", "est une page web, pas un flux"),
    ("feed", "absent"): ("There is no feed at", "Il n’y a pas de flux à"),
    ("feed", "silent"): ("refuses the connection", "refuse la connexion"),
    ("account", "mastodon"): ("copy them again, or have them renewed", "recopiez-les, ou faites-les renouveler"),
    ("rights", "x"): ("These keys may read but not post", "Ces clés ont le droit de lire, pas de poster"),
    ("account", "other-page"): ("or correct page_id", "ou corrigez page_id"),
    ("account", "elsewhere"): ("check its address in the settings", "vérifiez son adresse dans les réglages"),
    ("account", "unreachable"): ("Nothing answers at 127.0.0.1:9", "Rien ne répond à 127.0.0.1:9"),
    ("secret", "no-variable"): ("NOT_SET is not set; set it", "NOT_SET n’est pas définie ; donnez-lui"),
    ("secret", "no-file"): ("make it, with nothing but", "créez-le, et n’y mettez que"),
    ("secret", "empty-file"): ("is empty; put the secret there", "est vide ; mettez-y le secret"),
    ("message", "unreachable"): ("lacks link: readers must learn it", ": link. Le public doit l’apprendre"),
    ("message", "no-variable"): ("do you mean “strike.reason”?", "est-ce « strike.reason » ?"),
    ("strike_past", "hier"): ("Correct its dates", "Corrigez ses dates"),
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Said]:
    """Everything wrong at once, looked at once in each language."""
    folder = tmp_path_factory.mktemp("faulty")
    (folder / "empty").touch(0o600)
    with Sandbox() as box:
        box.publish(title="Un article", summary="")
        box.fault("mastodon", Fault(FaultKind.TOKEN_REVOKED))
        box.fault("x", Fault(FaultKind.READ_ONLY))
        text = sandbox_settings(box) + FAULTY.format(url=box.url, whole=WHOLE, misspelt=MISSPELT)
        return {language: looked_at(folder, text, language, sandbox_secrets(box)) for language in ("en", "fr")}


def looked_at(folder: Path, text: str, language: str, secrets: Mapping[str, str]) -> Said:
    """Type `check`, and return what is to be mended, by id and subject."""
    settings, shown = folder / "settings.toml", io.StringIO()
    settings.write_text(text.replace('language = "fr"', f'language = "{language}"'), encoding="utf-8")
    with redirect_stdout(shown), redirect_stderr(io.StringIO()):
        assert main(["check", "--json", "--settings", str(settings)], Session(secrets)) == 1
    set_language("fr")
    found = [f for f in json.loads(shown.getvalue())["findings"] if f["level"] == "red"]
    return {(f["id"], f["subject"]): plain(f"{f['message']} {f['advice']}") for f in found}


@pytest.mark.campaign  # each a check of a whole sandbox
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("about", FOUND)
def test_check_finds_the_mistake_beforehand_and_says_what_to_do(
    faulty: Mapping[str, Said], about: tuple[str, str], language: str
) -> None:
    english, french = FOUND[about]
    assert (french if language == "fr" else english) in faulty[language][about]


def test_check_finds_these_mistakes_and_no_other(faulty: Mapping[str, Said]) -> None:
    assert set(faulty["en"]) == set(faulty["fr"]) == set(FOUND)


def test_there_are_thirty_mistakes_on_the_way() -> None:
    assert len(SETTINGS) + len(STATES) + len(FOUND) >= 30


def plain(said: str) -> str:
    return said.replace("\N{NO-BREAK SPACE}", " ")
