"""Every message is found where it is written, or its absence is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from occupier.speech.extraction import find_messages


def found_in(folder: Path, code: str) -> tuple[set[str | tuple[str, str]], list[str]]:
    (folder / "module.py").write_text(code, encoding="utf-8")
    found = find_messages(folder)
    return found.messages, found.lost


@pytest.mark.parametrize(
    "code",
    [
        'raise FeedError("one " "two", url=url)',
        'x = say(Sentence("one two", {"a": _("one two")}))',
        'def f():\n    text = "one two"\n    return Sentence(text)',
        'text = "one two"\ndef f():\n    return Sentence(text)',
        'class C:\n    def tell(self, kind, text, **v):\n        return Sentence(text, v)\n'
        '    def f(self):\n        self.tell("kind", "one two", a=1)',
        'def f(text):\n    return Sentence(text)\ndef g(text):\n    return f(text)\nx = g(text="one two")',
        'TABLE = {1: "one two"}\ndef f(n):\n    return Sentence(TABLE[n])',
        'TABLE: dict[int, str] = {}\ndef f(n):\n    return Sentence(TABLE.get(n, "one two"))',
        'ROWS = ((ValueError, "one two"),)\n'
        'def f(e):\n    text = next(t for k, t in ROWS if isinstance(e, k))\n    return FeedError(text)',
        'def f(a):\n    kind, text = "kind", "one two"\n    return Sentence(text)',
        'def f():\n    notes = ("one two",)\n    return Identity("1", "name", None, notes if x else ())',
    ],
)  # fmt: skip
def test_a_message_is_followed_to_where_it_is_written(tmp_path: Path, code: str) -> None:
    messages, lost = found_in(tmp_path, code)
    assert "one two" in messages
    assert not lost
    assert "kind" not in messages


def test_both_sides_of_a_choice_are_found(tmp_path: Path) -> None:
    assert found_in(tmp_path, 'x = _("one" if y else "two")')[0] == {"one", "two"}


def test_a_plural_is_a_pair(tmp_path: Path) -> None:
    assert found_in(tmp_path, 'x = ngettext("{n} post", "{n} posts", n)')[0] == {("{n} post", "{n} posts")}


@pytest.mark.parametrize("argument", ['f"one {x}"', '"one " + x', "x()", "unknown", '"{}".format(x)'])
def test_what_cannot_be_followed_is_reported_with_its_place(tmp_path: Path, argument: str) -> None:
    assert found_in(tmp_path, f"\nx = Sentence({argument})") == (set(), ["module.py:2"])


def test_a_sentence_made_of_another_one_is_no_new_message(tmp_path: Path) -> None:
    assert found_in(tmp_path, "x = Sentence(error.sentence.text, {})") == (set(), [])


def test_a_name_that_is_set_again_by_way_of_itself_has_the_texts_that_it_had(tmp_path: Path) -> None:
    code = 'def f(x):\n    text = "one two"\n    text = text if x else "three"\n    return Sentence(text)'
    assert found_in(tmp_path, code) == ({"one two", "three"}, [])
