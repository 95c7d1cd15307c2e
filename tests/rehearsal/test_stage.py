"""What is shown, on a pipe and on a terminal."""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from occupier.rehearsal.stage import PlainStage, Shown, shown
from occupier.rehearsal.terminal import TerminalStage, stage_for
from occupier.speech import _

POST = Shown(
    "Mastodon", "une", "Titre\x1b[31m [bold]rouge[/bold] :smile:\nhttps://example.org/1", "En grève\u202e\nTitre"
)
USUAL = Shown("X", "x", "Titre\nhttps://example.org/1", None)


def columns() -> tuple[TerminalStage, StringIO]:
    out = StringIO()
    return TerminalStage(Console(file=out, width=100, force_terminal=True, color_system=None, highlight=False)), out


def test_a_pipe_gets_both_texts_each_on_a_clean_line() -> None:
    out = StringIO()
    PlainStage(out).show([POST, USUAL])
    lines = out.getvalue().splitlines()
    assert lines == [
        "  Mastodon · une",
        f"    {_('would have gone out:')} Titre[31m [bold]rouge[/bold] :smile: https://example.org/1",
        f"    {_('went out:')} En grève Titre",
        "  X · x",
        f"    {_('went out as usual:')} Titre https://example.org/1",
    ]


def test_a_pipe_is_told_how_far_it_is_every_five_seconds() -> None:
    out = StringIO()
    stage = PlainStage(out)
    for second in range(-6, 12):
        stage.progress(str(second), second)
        stage.progress(str(second), second)
    assert [line.strip(" …") for line in out.getvalue().splitlines()] == ["-6", "-1", "4", "9"]


def test_a_terminal_shows_both_texts_side_by_side_and_obeys_none() -> None:
    stage, out = columns()
    stage.show([POST])
    text = out.getvalue()
    assert "\x1b[31m" not in text
    assert "\u202e" not in text
    row = next(line for line in text.splitlines() if "Mastodon" in line)
    assert "Titre[31m [bold]rouge[/bold] :smile:" in row
    assert "En grève" in row


def test_a_long_line_goes_on_below_set_in_and_breaks_no_word() -> None:
    stage, out = columns()
    stage.say("  " + "un mot-composé " * 12)
    first, second, *_ = out.getvalue().splitlines()
    assert len(first) <= 100
    assert second.startswith("    ")
    assert {*out.getvalue().split()} == {"un", "mot-composé"}


def test_a_terminal_counts_down_on_one_line_that_goes() -> None:
    stage, out = columns()
    stage.progress("encore 3 s", 3)
    stage.progress("encore 2 s", 2)
    stage.clear()
    assert "encore 2 s" in out.getvalue()
    assert out.getvalue().rstrip().endswith("\x1b[?25h") or "\x1b[2K" in out.getvalue()


def test_what_is_no_terminal_gets_plain_lines() -> None:
    assert isinstance(stage_for(StringIO()), PlainStage)


def test_a_record_is_shown_with_the_texts_that_readers_see() -> None:
    record = {
        "kind": "strike", "platform": "facebook", "account": "page", "article_url": "https://example.org/1",
        "ordinary_text": "Titre\nhttps://example.org/1", "strike_text": "En grève",
    }  # fmt: skip
    assert shown(record) == Shown("Facebook", "page", "Titre\nhttps://example.org/1", "En grève")
