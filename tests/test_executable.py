"""The single-file executable holds what its libraries read; and, once it is built, it runs where there is no Python."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from executable import contents

ROOT = Path(__file__).parents[1]
EXECUTABLE = ROOT / "dist" / "occupier"
CODE = {".c", ".h", ".pth", ".pxd", ".py", ".pyc", ".pyi", ".pyx", ".typed", ".so"}
SCRIPTS = {"console_scripts", "distutils.commands", "gui_scripts", "pytest11"}


def installed() -> list[metadata.Distribution]:
    """What a person who installs occupier gets on this machine."""
    pinned = re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements/run.txt").read_text(), flags=re.MULTILINE)
    here = {re.sub(r"[-_.]+", "-", d.name).lower(): d for d in metadata.distributions()}
    return [here[name] for name in pinned if name in here]


def holders_of_data(found: metadata.Distribution) -> set[str]:
    """The packages of a distribution with files that are neither code nor shared libraries."""
    files = [file for file in found.files or () if len(file.parts) > 1 and file.parts[0] not in ("..", "__pycache__")]
    inside = [file for file in files if not file.parts[0].endswith((".dist-info", ".libs"))]
    return {file.parts[0] for file in inside if not CODE & {*file.suffixes}}


def test_every_file_that_a_library_brings_is_taken_along_or_known_to_be_of_no_use() -> None:
    found = {name for one in installed() for name in holders_of_data(one)}
    assert found - {*contents.DATA_OF, *contents.DATA_NOT_READ} == set()
    assert {*contents.DATA_OF} - found == {"occupier"}, "named, but nothing of that is installed"


def test_no_package_is_both_read_and_not_read() -> None:
    assert set(contents.DATA_OF) & set(contents.DATA_NOT_READ) == set()


def test_every_library_that_is_found_by_its_entry_points_brings_them() -> None:
    plugins = {one.name.lower() for one in installed() if {e.group for e in one.entry_points} - SCRIPTS}
    assert plugins - contents.ENTRY_POINTS_NOT_READ == set(contents.METADATA_OF)


@pytest.mark.parametrize("name", contents.MODULES_OF)
def test_every_package_of_modules_that_no_import_names_is_there(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.submodule_search_locations


def test_the_migrations_are_taken_along_as_the_files_that_they_are() -> None:
    (pattern,) = contents.CODE_AS_DATA["occupier"]
    assert pattern == "migrations/**/*.py"
    assert sorted(ROOT.glob(pattern)) == sorted((ROOT / "migrations").rglob("*.py"))


def test_a_parse_asks_the_executable_for_what_its_entrance_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    from executable.entrance import APART
    from occupier.feeds.isolated import command

    monkeypatch.setattr("sys.frozen", True, raising=False)
    assert command()[1:] == APART


# --- once it is built -------------------------------------------------------------------------------------------------


class Machine:
    """A machine with nothing on it but the executable: no Python, no PATH, no variable but those of `environ`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = Path(shutil.copy(EXECUTABLE, folder))
        # no zone of the system either: those that it brings have to do
        self.environ = {"OCCUPIER_LANGUAGE": "en", "PYTHONTZPATH": "", "TMPDIR": str(folder)}

    def type(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run([self.program, *arguments], cwd=self.folder, env=self.environ, text=True,
                              capture_output=True, timeout=120, check=False)  # fmt: skip

    def does(self, *arguments: str) -> str:
        """Run a command that succeeds; return what it said."""
        done = self.type(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextmanager
    def running(self, *arguments: str, until: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
        """Run a command beside, in a group of its own as a terminal would, from the moment it says something."""
        process = subprocess.Popen(
            [self.program, *arguments], cwd=self.folder, env=self.environ, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )  # fmt: skip
        assert process.stdout is not None
        said: list[str] = []
        try:
            for line in process.stdout:
                said.append(line)
                if until in line:
                    break
            else:
                pytest.fail("".join(said))
            yield process, said
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()


@dataclass
class Box:
    """The executable's sandbox, in a process of its own."""

    url: str
    token: str

    def publish(self, **values: str) -> None:
        headers = {"X-Sandbox-Token": self.token, "Content-Type": "application/json"}
        urlopen(Request(f"{self.url}/control/publish", json.dumps(values).encode(), headers), timeout=30).close()

    def posts(self) -> list[dict[str, str]]:
        with urlopen(Request(f"{self.url}/control/posts", headers={"X-Sandbox-Token": self.token}), timeout=30) as told:
            found: list[dict[str, str]] = json.load(told)["posts"]
        return found


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    if not EXECUTABLE.exists():
        if os.environ.get("EXECUTABLE_TESTS"):
            pytest.fail("make dist builds the executable")
        pytest.skip("make dist builds the executable")
    return Machine(tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="module")
def box(machine: Machine) -> Iterator[Box]:
    """A sandbox, with settings that lead to it."""
    with machine.running("sandbox", "--port", "0", until="curl") as (_process, said):
        text = "".join(said)
        (machine.folder / "settings.toml").write_text("timezone" + text.split("\ntimezone")[1].split("\nTheir")[0])
        machine.environ |= dict(re.findall(r"export (\w+)='([^']*)'", text))
        token = re.search(r"X-Sandbox-Token: (\S+)'", text)
        url = re.search(r"http://127\.0\.0\.1:\d+", text)
        assert token is not None
        assert url is not None
        yield Box(url[0], token[1])


@pytest.mark.campaign
def test_the_executable_speaks_both_languages_from_nowhere(machine: Machine) -> None:
    assert machine.does("--version").startswith("occupier ")
    assert "Watch the feeds and post" in machine.does("--help")
    machine.environ["OCCUPIER_LANGUAGE"] = "fr"
    assert "Montrer d’où vient une erreur imprévue." in machine.does("run", "--help")
    machine.environ["OCCUPIER_LANGUAGE"] = "en"


@pytest.mark.campaign
def test_the_executable_rehearses_the_whole_occupation(machine: Machine) -> None:
    assert "Nothing leaves it" in machine.does("rehearse", "--last", "1")


@pytest.mark.campaign
def test_the_executable_posts_a_strike_and_tells_of_it(machine: Machine, box: Box) -> None:
    machine.does("strike", "declare", "x", "--from", "now", "--to", "+8h", "--mandate", "AG", "--reason", "contre")
    machine.does("run", "--once")
    # a document so large is parsed in a process of its own
    box.publish(title="Les cheminots votent", summary="a " * 200_000)
    machine.does("run", "--once")
    posted = [post for post in box.posts() if "Les cheminots votent" in json.dumps(post, ensure_ascii=False)]
    assert {post["platform"] for post in posted} == {"mastodon", "x", "facebook"}
    assert len(json.loads(machine.does("log", "--json"))) == 3
    for ending, beginning in ((".pdf", b"%PDF-"), (".html", b"<!"), (".md", b"#")):
        machine.does("report", "x", "--output", f"report{ending}")
        assert (machine.folder / f"report{ending}").read_bytes().startswith(beginning)
    machine.does("log", "verify")


@pytest.mark.campaign
def test_the_daemon_of_the_executable_serves_its_page_and_ends_at_one_stroke(machine: Machine, box: Box) -> None:
    others = set(machine.folder.glob("_MEI*"))
    with machine.running("run", "--serve", "--port", "0", "--health", "0", until="monitoring") as (process, said):
        page, health = (re.search(pattern, "".join(said)) for pattern in (r"page: (\S+)", r"(\S+)/metrics"))
        assert page is not None
        assert health is not None
        front, figures = page[1], f"{health[1]}/metrics"
        pages = {front: "<!doctype html>", f"{front}static/page.css": "{", f"{front}static/htmx.min.js": "htmx"}
        for address, wanted in {**pages, figures: "occupier_posts"}.items():
            with urlopen(address, timeout=30) as answer:
                assert wanted in answer.read().decode().lower()
        # as a terminal does: to the half that unpacks and to the half that works
        os.killpg(process.pid, signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
        assert (process.returncode, "Stopped." in rest, "Traceback" in rest) == (130, True, False), rest
    assert set(machine.folder.glob("_MEI*")) == others, "what was unpacked is taken away again"


@pytest.mark.campaign
def test_the_executable_finds_the_plugins_of_its_libraries(machine: Machine, box: Box) -> None:
    settings = machine.folder / "notify.toml"
    settings.write_text('notify = [{ env = "N" }]\n' + (machine.folder / "settings.toml").read_text())
    machine.environ["N"] = "json://127.0.0.1:9/"
    refused = machine.type("notify", "test", "--settings", "notify.toml")
    assert "(JSON) did not take the message" in refused.stdout + refused.stderr
    keyring = re.sub(r"access_token = \{ env = .SANDBOX_MASTODON_TOKEN. \}", 'access_token = { keyring = "m" }',
                     (machine.folder / "settings.toml").read_text())  # fmt: skip
    (machine.folder / "keyring.toml").write_text(keyring)
    locked = machine.type("run", "--once", "--settings", "keyring.toml")
    assert locked.returncode == 2
    assert "keyring" in locked.stdout + locked.stderr


@pytest.mark.campaign
def test_the_service_starts_the_executable_itself(machine: Machine, box: Box) -> None:
    assert f'ExecStart="{machine.program}" "run" "--settings"' in machine.does("service", "install", "--show")
