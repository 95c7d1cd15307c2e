"""What people post by hand, in a browser: copied with scripts, selectable without, on a phone, for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from occupier.domain.action import State
from tests.browser.reader import Tabs, reading
from tests.browser.test_walk import BRIEFLY, check, complaints
from tests.web.newsdesk import Door, Newsdesk
from tests.web.test_to_do import employ, handed


@pytest.fixture
def desk(tmp_path: Path, door: Door) -> Iterator[Newsdesk]:
    made = Newsdesk(tmp_path, door)
    employ(made, "x")
    yield made
    made.close()


def test_with_scripts_the_text_is_copied_to_the_letter(tabs: Tabs, desk: Newsdesk) -> None:
    action = handed(desk)
    assert action.payload
    with desk.open() as visitor, reading(tabs, visitor.port) as reader:
        reader.open("/to-do")
        reader.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        reader.page.get_by_role("button", name="Copier").click()
        reader.page.get_by_role("button", name="Copié").wait_for()
        assert reader.page.evaluate("navigator.clipboard.readText()") == action.payload.shown
        check(reader, "/to-do")


def test_without_scripts_there_is_a_box_to_copy_from_and_no_button_that_does_nothing(
    tabs: Tabs, desk: Newsdesk
) -> None:
    action = handed(desk)
    assert action.payload
    with desk.open() as visitor, reading(tabs, visitor.port, scripts=False) as reader:
        reader.open("/to-do")
        assert not reader.page.locator("button.copy").is_visible()
        assert reader.page.locator("textarea").input_value() == action.payload.shown
        reader.press(reader.page.get_by_role("button", name="C’est fait"))
        assert "Rien n’est à publier à la main." in reader.text
    assert desk.journal.get(action).state is State.SENT


def test_nothing_stands_in_the_way_of_anybody(tabs: Tabs, desk: Newsdesk) -> None:
    handed(desk)
    with desk.open() as visitor, reading(tabs, visitor.port) as reader:
        reader.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        reader.open("/to-do")
        assert complaints("/to-do", Axe().run(reader.page, options=BRIEFLY).response) == []
