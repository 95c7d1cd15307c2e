"""Somebody in front of a browser, who minds what its console says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Dialog, Error, Locator, Page


@dataclass
class Tabs:
    """A browser with two tabs, one of them without scripts: to open one costs more than to read five pages in it."""

    browser: Browser
    _pages: dict[bool, Page] = field(default_factory=dict)

    def page(self, scripts: bool) -> Page:
        if scripts not in self._pages:
            context = self.browser.new_context(java_script_enabled=scripts, viewport={"width": 390, "height": 844})
            self._pages[scripts] = context.new_page()
        return self._pages[scripts]


class Reader:
    """Somebody at a tab. `complaints` are errors of scripts and of the policy that the browser reported."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear the complaints."""
        self.page.on("pageerror", self._hear_error)
        self.page.on("console", self._hear_console)
        self.page.on("dialog", self._hear_dialog)
        try:
            yield
        finally:
            self.page.remove_listener("pageerror", self._hear_error)
            self.page.remove_listener("console", self._hear_console)
            self.page.remove_listener("dialog", self._hear_dialog)

    def _hear_error(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _hear_console(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.complaints.append(said.text)

    def _hear_dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")

    def open(self, path: str) -> int:
        """Go there; return the status."""
        answer = self.page.goto(urljoin(self.address, path))
        assert answer is not None
        return answer.status

    def ask(self, path: str) -> int:
        """Ask for it as this reader, without showing it; return the status."""
        return self.page.request.get(urljoin(self.address, path)).status

    def press(self, button: Locator) -> None:
        """Press a button that sends a form, and wait until that was answered and the next page is there."""
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            button.click()
        self.page.wait_for_load_state()

    def links(self, kind: str = "a[href]:not([download])") -> set[str]:
        """Return where the links of this page lead inside the site, without their fragments."""
        found = self.page.locator(kind).evaluate_all("all => all.map(one => one.href)")
        ours = (urlsplit(link)._replace(fragment="").geturl() for link in found)
        return {link.removeprefix(self.address) for link in ours if link.startswith(f"{self.address}/")}

    @property
    def text(self) -> str:
        return self.page.locator("main").inner_text()

    @property
    def is_page(self) -> bool:
        """Whether there is a page, and not a document for programs."""
        return "html" in self.page.evaluate("document.contentType")

    @property
    def language(self) -> str | None:
        return self.page.locator("html").get_attribute("lang")


@contextmanager
def reading(tabs: Tabs, port: int, language: str | None = None, *, scripts: bool = True) -> Iterator[Reader]:
    """Sit down, as somebody new, at a tab on the page of this port; in this language instead of the page's own."""
    page = tabs.page(scripts)
    page.context.clear_cookies()
    reader = Reader(page, f"http://127.0.0.1:{port}")
    with reader.listening():
        if language is not None:
            reader.open(f"/login?lang={language}")
        yield reader
        page.goto("about:blank")
