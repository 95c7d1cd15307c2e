"""The French catalogues: whole, compiled, and saying what the English says."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from occupier.speech import catalogue
from occupier.speech.languages import LOCALE

FOLDER = catalogue.FOLDER


def translations(domain: str) -> dict[str, str]:
    with (FOLDER / f"{domain}.po").open("rb") as file:
        messages = [m for m in read_po(file) if m.id]
    pairs: dict[str, str] = {}
    for message in messages:
        if isinstance(message.id, str):
            pairs[message.id] = str(message.string)
        else:
            pairs |= dict(zip(message.id, message.string or (), strict=True))
    return pairs


def test_the_catalogues_are_complete_and_compiled() -> None:
    assert catalogue.check() == []


def test_the_compiled_catalogue_is_the_one_that_is_read() -> None:
    ours = gettext.translation("occupier", LOCALE, ["fr"])
    assert ours.gettext("under way") == translations("occupier")["under way"] == "en cours"
    clicks = gettext.translation("click", LOCALE, ["fr"])
    argument = ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})")
    assert [clicks.ngettext(*argument, n) for n in (0, 1, 2)] == [
        "Argument en trop ({args})", "Argument en trop ({args})", "Arguments en trop ({args})",
    ]  # fmt: skip


@pytest.mark.parametrize("domain", catalogue.DOMAINS)
def test_french_is_written_as_french_is(domain: str) -> None:
    for french in translations(domain).values():
        assert not set(french) & {"\u202f", "'", "“", "”"}, french
        for sign in " :", " ;", " ?", " !", "« ", " »":
            assert sign not in french, french


@pytest.mark.parametrize("domain", catalogue.DOMAINS)
def test_the_catalogues_name_nobody_and_no_day(domain: str) -> None:
    head = (FOLDER / f"{domain}.po").read_text(encoding="utf-8").split("\n\n")[0]
    assert not any(word in head for word in ("Date", "Translator", "Team", "Generated", "@"))


def test_the_words_are_those_that_were_chosen() -> None:
    for english, french in translations("occupier").items():
        assert "journal " not in french.lower(), english
        assert "remplace" not in french.lower(), english
        assert "envoyé" not in french.lower(), english
        assert "·" not in french, english


def test_fields_are_compared_with_their_conversions() -> None:
    assert catalogue.fields_of("{a} {{ no }} {b!r} {c:.2f} %(d)s") == {"a!:", "b!r:", "c!:.2f", "%(d)s"}


@pytest.mark.campaign
def test_update_and_compile_write_the_same_again(tmp_path: Path) -> None:
    for domain in catalogue.DOMAINS:
        (tmp_path / f"{domain}.po").write_bytes((FOLDER / f"{domain}.po").read_bytes())
    written = []
    for _ in range(2):
        catalogue.update(tmp_path)
        catalogue.compile_all(tmp_path)
        written.append({path.name: path.read_bytes() for path in tmp_path.iterdir()})
    assert written[0] == written[1]
    assert len(written[0]) == 4


def test_check_names_what_is_wrong(tmp_path: Path) -> None:
    english = "There is no article {id}."
    entries = [
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"',
        f'msgid "{english}"\nmsgstr "Pas de {{di}}."',
        '#, fuzzy\nmsgid "posted"\nmsgstr "posté"',
        'msgid "due"\nmsgstr ""',
        'msgid "gone"\nmsgstr "parti"',
    ]
    (tmp_path / "occupier.po").write_text("\n\n".join(entries), encoding="utf-8")
    problems = catalogue.check(tmp_path)
    for expected in (
        f"occupier: other fields than the original: '{english}'",
        "occupier: fuzzy: 'posted'",
        "occupier: not translated: 'due'",
        "occupier: no longer in the code: 'gone'",
        "occupier: not in the catalogue: 'sending now'",
        "occupier: the .mo is not what the .po compiles to",
    ):
        assert expected in problems


def test_usage_is_said_when_the_command_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert catalogue.main(["zorglub"]) == 2
    assert "update|compile|check" in capsys.readouterr().err
