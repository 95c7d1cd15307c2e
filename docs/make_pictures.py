"""Make the pictures of the documentation: `python docs/make_pictures.py`, by hand. Needs chromium.

The timeline is a rehearsal's; the others are what the evening before looks like, on a sandbox, in both languages.
"""

from __future__ import annotations

import fcntl
import os
import pty
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Sequence
from datetime import timedelta
from io import StringIO
from pathlib import Path

from PIL import Image
from rich.console import Console
from rich.text import Text

from occupier.bootstrap import SystemClock, prepare_process
from occupier.cli.rehearse import MOST
from occupier.rehearsal.rehearsing import empty_sandbox, make_play, own_folder, perform
from occupier.rehearsal.stage import PlainStage, Shown
from occupier.rehearsal.stories import sample
from occupier.sandbox import Sandbox
from occupier.speech import install

FOLDER = Path(__file__).parent
TIMELINE, IMAGES = FOLDER / "timeline.png", FOLDER / "images"
ENOUGH = 9
"""Strike posts on the page when it is taken: three on each network."""
LARGEST = 300_000
COLUMNS, COLOURS = 92, 48
LINE, CHARACTER, MARGIN = 18, 7.85, 16
"""Of a terminal's picture, in pixels."""
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
)
PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>{stylesheet}
body {{ background: #fdfdfb; color: #222; margin: 16px; }}
pre {{ font: 13px/18px "DejaVu Sans Mono", monospace; margin: 0; }}</style><pre>{code}</pre>"""
ZONE, SINCE_YESTERDAY = "Europe/Paris", timedelta(hours=26)
SPOKEN = {
    "fr": {
        "answers": ("fr", "2", ZONE, "", "oui", "non", "service", "dlvr.it", "oui"),
        "x": ("x", "keys", "oui", "", "", "", "1", "keys"),
        "end": ("oui", "", "Routes, bouton Pause", "", "oui"),
        "strike": "24-janvier",
        "mandate": "Assemblée générale du 23 janvier",
        "reason": "contre la réforme des retraites",
        "folder": "~/greve",
    },
    "en": {
        "answers": ("en", "2", ZONE, "", "yes", "no", "service", "dlvr.it", "yes"),
        "x": ("x", "keys", "yes", "", "", "", "1", "keys"),
        "end": ("yes", "", "Routes, Pause button", "", "yes"),
        "strike": "24-january",
        "mandate": "General assembly of 23 January",
        "reason": "against the pension reform",
        "folder": "~/strike",
    },
}


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
            take(f"{self._page}/?lang=fr", TIMELINE, 1280, 900)


class Evening:
    """The evening before, in one language: settings made in a folder, and commands typed in it."""

    def __init__(self, box: Sandbox, folder: Path, language: str) -> None:
        self._box = box
        self._folder = folder
        self._language = language
        self._words = SPOKEN[language]
        self._environ = os.environ | {
            "LANG": "fr_FR.UTF-8" if language == "fr" else "en_GB.UTF-8",
            "TERM": "xterm-256color",
            "COLUMNS": str(COLUMNS),
            "TZ": ZONE,
        }

    def make(self) -> None:
        """Make this language's four pictures."""
        self._take("init", self._typed(["init", "--sandbox", self._box.url], answer=self._language))
        self._prepare()
        self._take("check", self._typed(["check"]))
        self._run(["plan", self._strike, "--output", "plan.html"])
        page = self._folder / "plan.html"
        page.write_text(page.read_text(encoding="utf-8").replace("✊ ", ""), encoding="utf-8")  # many fonts lack it
        take(page.as_uri(), IMAGES / f"{self._language}-plan.png", 820, 1160)
        self._take("status", self._typed(["status"]))

    @property
    def _strike(self) -> str:
        return str(self._words["strike"])

    def _prepare(self) -> None:
        own = self._box.credentials["x"]
        keys = (own["consumer_key"], own["consumer_secret"], own["access_token"], own["access_token_secret"])
        lines = (*self._words["answers"], *self._words["x"], *keys, *self._words["end"])
        self._run(["init", "--piped", "--start-over", "--sandbox", self._box.url], "".join(f"{one}\n" for one in lines))
        period = ("--from", "2027-01-24T09:00", "--to", "2027-01-24T19:00")
        said = ("--mandate", str(self._words["mandate"]), "--reason", str(self._words["reason"]))
        self._run(["strike", "declare", self._strike, *period, *said])
        self._run(["run", "--once"])

    def _run(self, words: Sequence[str], given: str | None = None) -> None:
        line = [sys.executable, "-m", "occupier", *words]
        subprocess.run(line, input=given, text=True, cwd=self._folder, env=self._environ, check=True, timeout=60)

    def _typed(self, words: Sequence[str], answer: str | None = None) -> str:
        """Type a command at a terminal, and perhaps its first answer; return what is on the screen at the end."""
        pid, screen = pty.fork()
        if pid == 0:
            os.chdir(self._folder)
            os.execve(sys.executable, [sys.executable, "-m", "occupier", *words], self._environ)
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
        shown, prompts = b"", 0
        while part := _read(screen):
            shown += part
            if answer is not None and shown.endswith(b"> "):
                prompts += 1
                os.write(screen, f"{answer}\n".encode() if prompts == 1 else b"\x03")
                if prompts > 1:
                    break
        os.close(screen)
        os.waitpid(pid, 0)
        return f"$ occupier {' '.join(words)}\n{shown.decode()}"

    def _take(self, name: str, shown: str) -> None:
        """Take a picture of a screen; where its folder is, is nobody's business."""
        shown = shown.replace(str(self._folder), str(self._words["folder"]))
        shown = shown.replace(self._box.url, "http://127.0.0.1:8017")
        text = Text.from_ansi(shown.replace("\r", "").rstrip())
        console = Console(record=True, width=COLUMNS, file=StringIO())
        console.print(text)
        page = self._folder / f"{name}.html"
        page.write_text(console.export_html(code_format=PAGE), encoding="utf-8")
        height = LINE * _lines(text) + 2 * MARGIN
        take(page.as_uri(), IMAGES / f"{self._language}-{name}.png", int(COLUMNS * CHARACTER) + 2 * MARGIN, height)


def _lines(text: Text) -> int:
    return len(text.wrap(Console(width=COLUMNS, file=StringIO()), COLUMNS))


def _read(screen: int) -> bytes:
    try:
        return os.read(screen, 65536)
    except OSError:  # the other end is closed
        return b""


def take(address: str, picture: Path, width: int, height: int) -> None:
    """Take a picture of a page, in daylight and in few colours."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        sys.exit("chromium is not installed")
    picture.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        size = f"--window-size={width},{height}"
        command = [browser, *QUIET, size, f"--user-data-dir={profile}", f"--screenshot={picture}", address]
        environ = os.environ | {"TZ": ZONE}  # the hours on the page are the browser's, those in posts Paris's
        subprocess.run(command, env=environ, capture_output=True, timeout=60, check=True)
    if picture != TIMELINE:
        Image.open(picture).convert("RGB").quantize(COLOURS).save(picture, optimize=True)
    print(f"{picture.name}: {picture.stat().st_size} bytes")


def make_timeline() -> bool:
    """Rehearse, and take the picture meanwhile; return whether all went well."""
    clock = SystemClock()
    play = make_play(None, None, 5, clock)
    with own_folder(keep=False) as folder, empty_sandbox() as box:
        return perform(box, folder, play, Photographer(box.url), clock)


def make_evening(language: str) -> None:
    """Make the pictures of the evening before in one language."""
    stories, now = sample().stories[:MOST], SystemClock().now()
    with Sandbox() as box, tempfile.TemporaryDirectory() as folder:
        for place, story in enumerate(stories):
            at = now - SINCE_YESTERDAY * (len(stories) - place) / len(stories)
            box.publish(title=story.title, summary=story.summary, link=story.link, published_at=at)
        Evening(box, Path(folder), language).make()


def main() -> int:
    """Make all of them; those named on the command line (timeline, fr, en) alone, if any are."""
    wanted = sys.argv[1:] or ["timeline", "fr", "en"]
    install("fr")
    prepare_process()
    is_good = make_timeline() if "timeline" in wanted else True
    for language in ("fr", "en"):
        if language in wanted:
            make_evening(language)
    pictures = [TIMELINE, *IMAGES.glob("*.png")]
    return 0 if is_good and all(picture.stat().st_size <= LARGEST for picture in pictures) else 1


if __name__ == "__main__":
    sys.exit(main())
