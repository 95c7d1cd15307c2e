"""The tools that are known: what each takes, and where that was read."""

from __future__ import annotations

import pytest

from occupier.domain.tools import Where
from occupier.templates.tools import known_tool, known_tools


def test_every_tool_names_both_words_or_none_and_where_that_was_read() -> None:
    for typed, tool in known_tools().items():
        assert typed == typed.casefold()
        assert tool.name
        assert bool(tool.title) == bool(tool.link)
        assert not tool.title or tool.title != tool.link
        assert tool.source.startswith(("https://", "http://"))


def test_what_takes_no_words_has_its_fields_or_none() -> None:
    fields = {typed: tool.usual_field for typed, tool in known_tools().items() if not tool.has_words}
    assert fields == {"dlvr.it": None, "buffer": None, "hootsuite": Where.PREFIX, "revive": Where.PREFIX}
    revive = known_tools()["revive"]
    assert [where for where in Where if revive.is_known_to_take(where)] == [Where.PREFIX, Where.SUFFIX]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("dlvrit", "dlvr.it"),
        ("DLVR.IT", "dlvr.it"),
        ("Nonli", "Nonli (smart message)"),
        ("Jetpack Social", "Jetpack Social (WordPress)"),
        ("wp to buffer", "WordPress to Buffer"),
        ("RSS Ground", "RSS Ground"),
    ],
)
def test_a_tool_is_found_however_its_name_is_spelled(typed: str, name: str) -> None:
    found = known_tool(typed)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("typed", ["Echobox", "", "…", "dlvr"])
def test_what_nobody_knows_is_not_guessed(typed: str) -> None:
    assert known_tool(typed) is None
