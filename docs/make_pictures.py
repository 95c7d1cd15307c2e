"""Make the pictures of the README: `python docs/make_pictures.py`, by hand. Needs chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from occupier.bootstrap import SystemClock, prepare_process
from occupier.rehearsal.rehearsing import empty_sandbox, make_play, own_folder, perform
from occupier.rehearsal.stage import PlainStage, Shown
from occupier.speech import install

PICTURE = Path(__file__).with_name("timeline.png")
ENOUGH = 9
"""Strike posts on the page when it is taken: three on each network."""
LARGEST = 300_000
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--window-size=1280,900",
)


class Photographer(PlainStage):
    """Takes the page's picture once enough strike posts are on it."""

    def __init__(self, page: str) -> None:
        super().__init__(sys.stdout)
        self._page = page
        self._seen = 0

    def show(self, posts: Sequence[Shown]) -> None:
        """Count the strike posts, and take the picture at the right moment."""
        before, self._seen = self._seen, self._seen + sum(post.posted is not None for post in posts)
        if before < ENOUGH <= self._seen:
            take(self._page)


def take(page: str) -> None:
    """Take a picture of a page, in French and in daylight."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("chromium is not installed")
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, *QUIET, f"--user-data-dir={profile}", f"--screenshot={PICTURE}", f"{page}/?lang=fr"]
        environ = os.environ | {"TZ": "Europe/Paris"}  # the hours on the page are the browser's, those in posts Paris's
        subprocess.run(command, env=environ, capture_output=True, timeout=60, check=True)


def main() -> int:
    """Rehearse, and take the picture meanwhile."""
    install("fr")
    prepare_process()
    clock = SystemClock()
    play = make_play(None, None, 5, clock)
    with own_folder(keep=False) as folder, empty_sandbox() as box:
        is_good = perform(box, folder, play, Photographer(box.url), clock)
    size = PICTURE.stat().st_size
    print(f"{PICTURE.name}: {size} bytes")
    return 0 if is_good and size <= LARGEST else 1


if __name__ == "__main__":
    sys.exit(main())
