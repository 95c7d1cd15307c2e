"""What the documentation has people type can be typed: every command in it is one that occupier knows, so written."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from occupier.cli.commands import occupier
from occupier.cli.session import Session
from occupier.domain.errors import UsageError

ROOT = Path(__file__).parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - {ROOT / "CHANGELOG.md"})
_BLOCK = re.compile(r"^(?: {4}|\t)(?P<line>\S.*)$", re.MULTILINE)
_FENCED = re.compile(r"^```[^\n]*\n(?P<lines>.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`(?P<line>[^`\n]+)`")
_OURS = re.compile(r"^(?:\$ )?(?:[\w./-]*/)?occupier(?= )")
_ENDS = {"|", ">", ">>", "&&", ";", "&", "2>", "<"}


def commands_in(page: str) -> Iterator[str]:
    """Yield what a page has people type after `occupier`: in blocks, between fences, and between backticks."""
    lines = [match["line"] for match in itertools.chain(_BLOCK.finditer(page), _INLINE.finditer(page))]
    lines += [line for match in _FENCED.finditer(page) for line in match["lines"].splitlines()]
    for line in lines:
        found = _OURS.match(line.strip())
        if found:
            yield line.strip()[found.end() :].strip()


def spelled_out(typed: str) -> Iterator[list[str]]:
    """Yield the words of each command that a line stands for: without its comment, `read|write` being two."""
    words = list(itertools.takewhile(lambda word: word not in _ENDS, shlex.split(typed, comments=True)))
    yield from (list(choice) for choice in itertools.product(*(word.split("|") for word in words)))


def understand(words: list[str]) -> None:
    """Parse a command line as far as it goes before anything is done; raises click.UsageError."""
    group: click.Command = occupier
    ctx, rest = click.Context(occupier, info_name="occupier", obj=Session()), words
    while isinstance(group, click.Group) and rest and not rest[0].startswith("-"):
        name, found, rest = group.resolve_command(ctx, rest)
        assert found is not None
        group, ctx = found, click.Context(found, info_name=name, parent=ctx)
    try:
        group.parse_args(ctx, list(rest))
    except click.exceptions.Exit:  # --help, --version: said, and done
        return
    except click.MissingParameter:
        if rest:  # a command that is only named goes without what it needs
            raise


TYPED = sorted(
    {(page.relative_to(ROOT).as_posix(), typed) for page in PAGES for typed in commands_in(page.read_text())}
)


@pytest.mark.parametrize(("page", "typed"), TYPED)
def test_a_command_of_the_documentation_can_be_typed(page: str, typed: str) -> None:
    for words in spelled_out(typed):
        understand(words)


def test_the_commands_are_found_where_they_stand() -> None:
    blocks = "    $ .venv/bin/occupier pause x-une  # now\n\n```\noccupier status\n```\n"
    page = f"Type `occupier log --json > x` or:\n\n{blocks}"
    assert sorted(commands_in(page)) == ["log --json > x", "pause x-une  # now", "status"]
    assert list(spelled_out("pause x-une  # now")) == [["pause", "x-une"]]
    assert list(spelled_out("service install|remove --user > x")) == [
        ["service", "install", "--user"],
        ["service", "remove", "--user"],
    ]


@pytest.mark.parametrize(
    "words",
    [["strke", "list"], ["log", "--jsno"], ["strike", "end", "--settings", "x.toml"], ["preview", "--last", "many"]],
)
def test_what_cannot_be_typed_is_found(words: list[str]) -> None:
    with pytest.raises((click.UsageError, UsageError)):
        understand(words)


def test_there_are_commands_to_try() -> None:
    assert len(TYPED) > 40
