"""What is said when something fails that nobody expected, and how many signs a limit has."""

from __future__ import annotations

import pytest

from occupier.cli import main
from occupier.cli.session import Session
from occupier.domain.errors import Sentence
from occupier.speech import Language, say, speaking
from tests.cli.conftest import Desk


class Broken(Session):
    def read_settings(self) -> None:  # type: ignore[override]
        raise RuntimeError


@pytest.mark.parametrize("language", ["fr_FR", "en_GB"])
def test_what_is_unexpected_comes_with_the_whole_line_to_type(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main(["log", "--account", "deux mots"], Broken({"LANG": language}))
    assert status == 1
    assert "occupier log --account 'deux mots' --debug" in capsys.readouterr().err


def test_one_feed_is_one(desk: Desk) -> None:
    assert desk.type("preview").err.startswith("Reading 1 feed…")


@pytest.mark.parametrize(("language", "said"), [("fr", "63\N{NO-BREAK SPACE}206"), ("en", "63,206")])
def test_a_limit_is_written_as_people_write_numbers(language: Language, said: str) -> None:
    with speaking(language):
        assert say(Sentence("{limit}", {"limit": 63206})) == said
