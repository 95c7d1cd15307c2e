"""The timeline page in a real browser: does its script run under its own policy, and renew it?"""

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from occupier.sandbox import Fault, FaultKind, Sandbox

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def ticking() -> Callable[[], datetime]:
    """Return a clock that moves on by a second whenever it is read."""
    moment = datetime(2026, 1, 24, 9, 0, tzinfo=UTC)

    def tick() -> datetime:
        nonlocal moment
        moment += timedelta(seconds=1)
        return moment

    return tick


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs a headless browser")
def test_a_post_appears_on_a_page_that_is_open_already(tmp_path: Path) -> None:
    with Sandbox(clock=ticking()) as box:
        box.fault("mastodon", Fault(FaultKind.VISIBLE_AFTER, seconds=60))
        headers = {"Authorization": f"Bearer {box.credentials['mastodon']['access_token']}"}
        body = b"status=En+gr%C3%A8ve+<b>tous</b>"
        with urlopen(Request(f"{box.url}/api/v1/statuses", body, headers), timeout=10) as answer:
            assert answer.status == 200
        with urlopen(f"{box.url}/", timeout=10) as page:
            assert "En grève" not in page.read().decode()
        command = [str(CHROMIUM), *QUIET, f"--user-data-dir={tmp_path}", "--virtual-time-budget=40000", "--dump-dom"]
        dom = subprocess.run([*command, f"{box.url}/?lang=fr"], capture_output=True, timeout=90, check=True)
    shown = dom.stdout.decode()
    assert "alive" in shown
    assert "En grève &lt;b&gt;tous&lt;/b&gt;" in shown
    assert 'id="count-mastodon">1<' in shown
