from collections.abc import Callable

import pytest

from occupier.domain.errors import SettingsError
from occupier.domain.setup import Poster, Usual
from occupier.settings import Settings

Read = Callable[..., Settings]
HEAD = 'timezone = "Europe/Paris"\n'


def test_nothing_is_known_of_the_usual_tool_where_nobody_said(read: Read) -> None:
    assert read(HEAD).setup.usual == Usual(Poster.UNKNOWN, None, None, None)


def test_who_posts_usually_is_read(read: Read) -> None:
    written = '[usual]\nby = "service"\naccess = false\nname = "dlvr.it"\npaused = "Routes, Pause, 22h30"\n'
    assert read(HEAD + written).setup.usual == Usual(Poster.SERVICE, False, "dlvr.it", "Routes, Pause, 22h30")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('by = "servise"', "did you mean “service”"),
        ('access = "yes"', r"usual\.access: write true or false"),
        ("paused = true", r"usual\.paused: write a text"),
        ('acces = "x"', "did you mean “access”"),
    ],
)
def test_a_slip_is_answered_with_its_place(line: str, said: str, read: Read) -> None:
    with pytest.raises(SettingsError, match=said):
        read(f"{HEAD}[usual]\n{line}\n")
