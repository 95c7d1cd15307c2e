import json
import stat
from pathlib import Path

import pytest

from occupier.domain.errors import FailedError
from occupier.onboarding.answers import Answer, Answers
from tests.onboarding.conftest import NOW


def test_answers_are_found_again_in_their_order_with_what_came_of_them(tmp_path: Path) -> None:
    first = Answers(tmp_path / "kept", NOW)
    first.put("site", Answer("www.example.org", {"https://www.example.org/feed": "Une"}))
    first.put("zone", Answer("Europe/Paris"))
    second = Answers(tmp_path / "kept", NOW)
    assert second.load() == NOW
    assert list(second) == ["site", "zone"]
    assert second.facts("site") == {"https://www.example.org/feed": "Une"}


def test_nobody_else_reads_them(tmp_path: Path) -> None:
    Answers(tmp_path / "kept", NOW).put("zone", Answer("Europe/Paris"))
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o600


def test_what_belongs_to_one_sitting_is_not_written(tmp_path: Path) -> None:
    answers = Answers(tmp_path / "kept", NOW)
    answers.put("code", Answer("hush-hush"), kept=False)
    answers.held["account.1"] = "hush-hush"
    answers.put("zone", Answer("Europe/Paris"))
    assert answers.text("code") == "hush-hush"
    assert "hush" not in (tmp_path / "kept").read_text() + repr(answers)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        '{"version": 1}',
        '{"version": 1, "at": 3, "answers": []}',
        '{"version": 1, "at": "2020-01-23T21:30:00", "answers": [["a", "b", {}]]}',
        json.dumps({"version": 2, "at": NOW.isoformat(), "answers": [["a", "b", {}]]}),
    ],
)
def test_a_file_that_cannot_be_used_counts_as_none(content: str, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text(content)
    answers = Answers(tmp_path / "kept", NOW)
    assert answers.load() is None
    assert len(answers) == 0


def test_a_step_back_forgets_the_last_answer_or_all_down_to_one(tmp_path: Path) -> None:
    answers = Answers(tmp_path / "kept", NOW)
    assert not answers.back()
    for key in "abcd":
        answers.put(key, Answer(key))
    assert not answers.back("z")
    assert answers.back()
    assert list(answers) == ["a", "b", "c"]
    assert answers.back("b")
    assert list(answers) == ["a"]


def test_a_folder_that_is_gone_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(FailedError, match="cannot be written"):
        Answers(tmp_path / "folder" / "kept", NOW).put("zone", Answer("Europe/Paris"))
