"""Somebody in front of a browser, who minds what its console says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page


class Reader:
    """A tab. `complaints` are errors of scripts and of the policy that the browser reported."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))

    def open(self, path: str) -> int:
        """Go there; return the status."""
        answer = self.page.goto(urljoin(self.address, path))
        assert answer is not None
        return answer.status

    def press(self, button: Locator) -> None:
        """Press a button that sends a form, and wait until that was answered and the next page is there."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            button.click()
        self.page.wait_for_load_state()

    def links(self) -> set[str]:
        """Return where the links of this page lead inside the site, without their fragments."""
        found = self.page.locator("a[href]").evaluate_all("all => all.map(one => one.href)")
        ours = (urlsplit(link)._replace(fragment="").geturl() for link in found)
        return {link.removeprefix(self.address) for link in ours if link.startswith(f"{self.address}/")}

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    @property
    def language(self) -> str | None:
        return self.page.locator("html").get_attribute("lang")


@contextmanager
def reading(browser: Browser, port: int, language: str = "fr", *, scripts: bool = True) -> Iterator[Reader]:
    """Open a tab on the page of this port, in this language."""
    with browser.new_context(java_script_enabled=scripts, viewport={"width": 390, "height": 844}) as context:
        reader = Reader(context.new_page(), f"http://127.0.0.1:{port}")
        reader.open(f"/login?lang={language}")
        yield reader
