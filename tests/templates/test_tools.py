"""The tools whose placeholders are known: each says where they were read."""

from occupier.templates.tools import known_tools


def test_every_tool_names_title_and_link_and_where_that_was_read() -> None:
    for typed, tool in known_tools().items():
        assert typed == typed.casefold()
        assert tool.name
        assert tool.title != tool.link
        assert tool.source.startswith(("https://", "http://"))
