"""Stopping does not wait for settings to be mended, nor for the right folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import DECLARE, PLAIN, Desk, speak

pytestmark = pytest.mark.campaign  # whole scenes: processes, signals and a sandbox

BROKEN = {
    "a key under the wrong table": PLAIN + '\n[limits]\nper_hour = 6\ndatabase = "sqlite:///occupier.db"\n',
    "a missing quote": 'database = "sqlite:///occupier.db\n' + PLAIN,
    "curly quotes": "database = “sqlite:///occupier.db”\n" + PLAIN,
    "an unknown key": 'nobody = "knows"\n' + PLAIN,
}


def stops(desk: Desk) -> list[str]:
    """Return who paused, once the settings are mended."""
    speak(desk, PLAIN, "en")
    return [pause["by"] for pause in desk.type("status", "--json").document["pauses"]]


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_broken_settings_do_not_keep_anybody_from_pausing(desk: Desk, text: str, language: str) -> None:
    desk.type(*DECLARE)
    speak(desk, text, language)
    typed = desk.type("pause")
    assert typed.status == 0
    assert ("Tout est en pause" if language == "fr" else "Everything is paused") in typed.out
    assert str(desk.database) in typed.err
    assert stops(desk) == ["person"]


def test_one_account_is_paused_by_the_name_that_the_database_knows(desk: Desk) -> None:
    desk.type(*DECLARE)
    desk.type("pause", "mastodon-une")
    desk.type("resume", "mastodon-une")
    speak(desk, BROKEN["a missing quote"], "en")
    assert desk.type("pause", "mastodon-une").status == 0
    assert "mastodon-une" in desk.type("pause", "nobody").err


def test_broken_settings_do_not_keep_a_strike_from_being_ended(desk: Desk) -> None:
    desk.type(*DECLARE)
    speak(desk, BROKEN["an unknown key"], "en")
    typed = desk.type("strike", "end", "24-janvier")
    assert typed.status == 0
    assert "is over" in typed.out
    assert "nobody" in typed.err


def test_a_database_in_this_folder_or_in_the_environment_is_enough(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.type(*DECLARE)
    desk.settings.unlink()
    monkeypatch.chdir(desk.folder)
    assert desk.type("pause", settings=False).status == 0
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    desk.environ["OCCUPIER_DATABASE"] = f"sqlite:///{desk.database}"
    assert desk.type("pause", settings=False).status == 0


@pytest.mark.parametrize(("language", "said"), [("fr_FR.UTF-8", "Rien n’a été arrêté"), ("en_GB.UTF-8", "Nothing was")])
def test_in_the_wrong_folder_the_way_that_needs_none_is_named(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    desk.settings.unlink()
    desk.environ["LANG"] = language
    monkeypatch.chdir(tmp_path)
    typed = desk.type("pause", settings=False)
    assert typed.status == 2
    assert said in typed.err
    assert "PAUSE" in typed.err
    assert "find / -name occupier.db" in typed.err


@pytest.mark.parametrize(("language", "said"), [("fr", "tout en haut"), ("en", "at the top of")])
def test_a_key_under_the_wrong_table_is_told_its_place(desk: Desk, language: str, said: str) -> None:
    speak(desk, BROKEN["a key under the wrong table"], language)
    typed = desk.type("status")
    assert "limits.database" in typed.err
    assert said in typed.err
