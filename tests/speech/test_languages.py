"""Which language, ours and click's; and what a command pays for it."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from occupier.speech import _, gettext, install, language, language_from_environment, ngettext, set_language


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "de_DE.UTF-8"}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LC_ALL": "fr_CA.UTF-8", "LANG": "en_CA.UTF-8"}, "fr"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_US", "LANG": "fr_FR"}, "en"),
        ({"LANG": "EN"}, "en"),
    ],
)
def test_french_comes_first_and_english_is_asked_for(environ: dict[str, str], expected: str) -> None:
    assert language_from_environment(environ) == expected


def test_a_message_is_translated_at_the_call_in_the_language_in_force() -> None:
    assert language() == "fr"
    assert _("under way") == gettext("under way") == "en cours"
    set_language("en")
    assert language() == "en"
    assert _("under way") == "under way"


def test_what_has_no_translation_and_nothing_at_all_are_said_as_they_are() -> None:
    assert _("zorglub") == "zorglub"
    assert _("") == ""
    assert ngettext("one zorglub", "{n} zorglubs", 2) == "{n} zorglubs"


def said_by_click(arguments: list[str]) -> str:
    @click.command("declare")
    @click.option("--to", required=True, help="…")
    @click.argument("name")
    def declare(name: str, to: str) -> None:
        click.echo(name + to)

    return CliRunner().invoke(declare, arguments).output


@pytest.mark.parametrize(
    ("arguments", "french", "english"),
    [
        (["--help"], "Usage\u00a0: ", "Usage: "),
        (["--help"], "Afficher cette aide.", "Show this message and exit."),
        (["--help"], "[obligatoire]", "[required]"),
        ([], "Erreur\u00a0: Il manque l’argument 'NAME'.", "Error: Missing argument 'NAME'."),
        (["a"], "Erreur\u00a0: Il manque l’option '--to'.", "Error: Missing option '--to'."),
        (["a", "--tu", "b"], "Il n’y a pas d’option '--tu'.", "No such option '--tu'."),
        (["a", "b", "--to", "c"], "Argument en trop (b)", "Got unexpected extra argument (b)"),
        ([], "pour de l’aide.", "for help."),
    ],
)
def test_the_command_line_library_speaks_the_same_language(arguments: list[str], french: str, english: str) -> None:
    install("fr")
    assert french in said_by_click(arguments)
    install("en")
    assert english in said_by_click(arguments)


def test_speaking_costs_no_heavy_library() -> None:
    code = (
        "import sys; from occupier.speech import install, _, say; install('fr'); _('posted');"
        "print(sorted({'babel', 'jinja2', 'click', 'requests', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
