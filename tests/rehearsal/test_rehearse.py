"""A whole rehearsal in a process of its own, as it is typed: piped, without an account, without a secret."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from occupier.sandbox import Sandbox
from occupier.settings import load_text

pytestmark = pytest.mark.campaign  # a scene in processes of its own, seconds each
ROOT = Path(__file__).parents[2]
CANARY = "canary-0123456789"
SETTINGS_READ_AT = datetime(2027, 1, 24, 9, 0, tzinfo=UTC)
QUICK = """
import sys
from datetime import timedelta
from occupier.cli.rehearse import play
from occupier.cli.session import Session
from occupier.rehearsal.programme import Pace
from occupier.speech import install
install("fr")
session = Session()
session.settings_option = sys.argv[1] or None
sys.exit(play(session, 2, None, pace=Pace(lead=timedelta(seconds=4), strike=timedelta(seconds=8))))
"""
SETTINGS = """
timezone = "Europe/Paris"
[[feeds]]
name = "journal"
url = "{url}"
[[accounts]]
name = "page-du-journal"
platform = "facebook"
page_id = "1234567890"
access_token = {{ env = "PAGE_TOKEN" }}
[[accounts]]
name = "toots"
platform = "mastodon"
server = "https://mastodon.example"
access_token = {{ env = "NOT_SET_ANYWHERE" }}
[messages]
strike = ["Grève {{{{ strike.reason }}}} ({{{{ strike.who }}}}, {{{{ strike.end }}}}) : {{{{ title }}}} {{{{ link }}}}"]
"""


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with secrets in it, and an empty folder for what is temporary."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "COVERAGE_PROCESS_START") if name in os.environ}
    secrets = dict.fromkeys(("PAGE_TOKEN", "MASTODON_TOKEN", "X_ACCESS_TOKEN", "REHEARSAL_0_ACCESS_TOKEN"), CANARY)
    return {**kept, **secrets, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), "LANG": "fr_FR.UTF-8"}


def run(environ: Mapping[str, str], folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, timeout=90, check=False)


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_a_rehearsal_needs_nothing_reads_no_secret_and_leaves_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("this is not TOML, and nobody reads it")
    ended = run(environ, tmp_path, "-c", QUICK, "")
    out = plain(ended.stdout)
    assert ended.returncode == 0, out + ended.stderr
    assert "6 messages de grève :\n    mastodon : 2\n    x : 2\n    page-facebook : 2\n" in out
    assert "Posts habituels : 9" in out
    assert "lien de leur article : 6 sur 6" in out
    assert "Messages de grève après la fin : 0" in out
    assert "rien ne manque" in out
    assert out.count("serait parti :") == 6
    assert len(re.findall(r"^  \d\d:\d\d:\d\d  ", out, re.MULTILINE)) == 15
    assert re.search(r"http://127\.0\.0\.1:\d+/\n", out)
    assert CANARY not in ended.stdout + ended.stderr
    assert not list((tmp_path / "temporary").iterdir())


def test_one_s_own_articles_and_words_are_rehearsed_without_one_s_secrets(
    environ: dict[str, str], tmp_path: Path
) -> None:
    with Sandbox() as site:
        for number in range(3):
            site.publish("journal", title=f"Le titre {number}", link=f"https://journal.example.com/{number}")
        (tmp_path / "mine.toml").write_text(SETTINGS.format(url=site.feed_url("journal")))
        ended = run(environ, tmp_path, "-c", QUICK, "mine.toml")
        assert site.posts() == []
    out = plain(ended.stdout)
    assert ended.returncode == 0, out + ended.stderr
    assert "4 messages de grève :\n    page-du-journal : 2\n    toots : 2\n" in out
    assert re.search(r"est parti : Grève .* : Le titre 2 https://journal\.example\.com/2$", out, re.MULTILINE)
    assert "une rédaction inventée en ajoute" in out
    assert CANARY not in ended.stdout + ended.stderr
    assert not (tmp_path / "occupier.db").exists()
    assert not list((tmp_path / "temporary").iterdir())


@pytest.fixture
def typed(environ: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "occupier", "rehearse", "--keep"]
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_rehearsal_that_is_interrupted_leaves_nothing(
    typed: subprocess.Popen[str], tmp_path: Path, number: signal.Signals
) -> None:
    assert typed.stdout is not None
    while "est déclarée" not in typed.stdout.readline():
        assert typed.poll() is None
    typed.send_signal(number)
    typed.communicate(timeout=60)
    assert typed.returncode == 130
    assert not list((tmp_path / "temporary").iterdir())


def test_a_feed_that_is_not_there_is_said_in_a_sentence(environ: dict[str, str], tmp_path: Path) -> None:
    with Sandbox() as site:
        ended = run(environ, tmp_path, "-m", "occupier", "rehearse", "--feed", f"{site.url}/articles/7")
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert site.url in ended.stderr


def test_settings_that_are_typed_and_not_there_are_refused(environ: dict[str, str], tmp_path: Path) -> None:
    ended = run(environ, tmp_path, "-m", "occupier", "rehearse", "--settings", "nowhere.toml")
    assert ended.returncode == 2
    assert "nowhere.toml" in ended.stderr


def test_the_sandbox_prints_settings_that_lead_to_it(environ: dict[str, str], tmp_path: Path) -> None:
    command = [sys.executable, "-u", "-m", "occupier", "sandbox", "--port", "0"]
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or not lines[-1].startswith("curl "):
            lines.append(process.stdout.readline())
            assert lines[-1], "it ended"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    printed = "".join(lines)
    toml = printed[printed.index("timezone") : printed.index("export ")].rpartition("}")
    exported = dict(re.findall(r"^export (\w+)='(.+)'$", printed, re.MULTILINE))
    settings = load_text("".join(toml[:2]), tmp_path, exported, SETTINGS_READ_AT)
    assert [account.name for account in settings.setup.accounts] == ["mastodon", "x", "page-facebook"]
    assert all(settings.secrets(account.name) for account in settings.setup.accounts)
