"""What people install is what is written here: the wheel's files, the pinned sets, the promises made."""

import importlib.util
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

import pytest

import occupier

ROOT = Path(__file__).parents[1]
DATA = {".css", ".html", ".js", ".json", ".mo", ".po", ".svg", ".toml", ".txt"}
NAME = re.compile(r"[-_.]+")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = out.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        yield archive


@pytest.fixture(scope="session")
def metadata(wheel: zipfile.ZipFile) -> Message:
    (path,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    return HeaderParser().parsestr(wheel.read(path).decode())


def below(folder: str) -> set[Path]:
    """The files of a folder, without what Python compiles."""
    files = (path for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT) for path in files if "__pycache__" not in path.parts}


def pins(name: str) -> dict[str, str]:
    """Library to exact version, as a pinned set says them."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", text, flags=re.MULTILINE))


def required(specifications: list[str]) -> set[str]:
    """The normalised names that a list of the project file asks for."""
    return {NAME.sub("-", re.split(r"[\[<>=!~; ]", one)[0]).lower() for one in specifications}


def project() -> dict[str, object]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert isinstance(table, dict)
    return table


def test_the_wheel_holds_the_migrations_beside_the_code(wheel: zipfile.ZipFile) -> None:
    migrations = below("migrations")
    assert migrations
    assert {f"occupier/{path.as_posix()}" for path in migrations} <= set(wheel.namelist())


def test_the_wheel_holds_every_module_and_every_data_file(wheel: zipfile.ZipFile) -> None:
    wanted = {path for path in below("occupier") if path.suffix in DATA | {".py", ".typed"}}
    assert {path.as_posix() for path in wanted} <= set(wheel.namelist())


def test_every_translation_is_in_the_wheel_compiled(wheel: zipfile.ZipFile) -> None:
    sources = {path for path in below("occupier/speech/locale") if path.suffix == ".po"}
    assert sources
    assert {path.with_suffix(".mo").as_posix() for path in sources} <= set(wheel.namelist())


def test_the_wheel_says_that_the_package_is_typed(wheel: zipfile.ZipFile) -> None:
    assert "occupier/py.typed" in wheel.namelist()


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel.namelist()} == {"occupier"}
    assert not [name for name in wheel.namelist() if name.endswith((".pyc", ".db")) or "/tests/" in name]


def test_the_wheel_carries_the_version_and_the_licence(wheel: zipfile.ZipFile, metadata: Message) -> None:
    assert metadata["Version"] == occupier.__version__
    assert metadata["License-Expression"] == "AGPL-3.0-or-later"
    assert any(name.endswith("/licenses/LICENSE") for name in wheel.namelist())


def test_the_wheel_names_no_person(metadata: Message) -> None:
    persons = {"Author", "Author-email", "Maintainer", "Maintainer-email"}
    assert not persons & set(metadata.keys())


def test_the_command_is_installed(wheel: zipfile.ZipFile) -> None:
    (path,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "occupier = occupier.cli:main" in wheel.read(path).decode()


@pytest.mark.parametrize("name", ["build", "run", "dev", "dist"])
def test_every_pinned_library_has_a_hash(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    entries = text.replace("\\\n", " ").splitlines()
    assert entries
    form = re.compile(r"[a-z0-9._-]+==\S+( +; [^#]+?)?( +--hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries if not form.fullmatch(entry)] == []


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").iterdir()), ids=lambda path: path.name)
def test_a_requirements_file_names_no_address(path: Path) -> None:
    assert not re.search(r"https?:|file:|//|@|index-url|find-links|trusted-host", path.read_text())


def test_the_sets_agree_on_every_version() -> None:
    everything = pins("dev")
    assert pins("run").items() <= everything.items()
    assert pins("build").items() <= everything.items()


def test_the_pinned_sets_hold_all_that_the_project_file_asks_for() -> None:
    table = project()
    runtime, extras = table["dependencies"], table["optional-dependencies"]
    assert isinstance(runtime, list)
    assert isinstance(extras, dict)
    assert required(runtime) <= pins("run").keys()
    assert required(extras["dev"]) <= pins("dev").keys()


def test_every_dependency_has_a_floor() -> None:
    runtime = project()["dependencies"]
    assert isinstance(runtime, list)
    assert [one for one in runtime if ">=" not in one] == []


def test_a_library_with_majors_is_capped_below_the_next_one() -> None:
    runtime = project()["dependencies"]
    assert isinstance(runtime, list)
    # The zones have no majors: their versions are dates.
    assert [one for one in runtime if ",<" not in one and not one.startswith("tzdata")] == []


@pytest.mark.parametrize("library", ["facebook", "feedparser", "mastodon", "tweepy", "twitter_text"])
def test_a_library_compiles_anew_under_the_warning_filters_of_the_tests(library: str) -> None:
    # Python warns of a file's escapes only while it compiles it, and compiled files hide that: without
    # this test an ignore that is missing would fail on a new machine and nowhere else.
    spec = importlib.util.find_spec(library)
    assert spec is not None
    assert spec.origin is not None
    files = sorted(Path(spec.origin).parent.rglob("*.py"))
    assert all(compile(path.read_bytes(), str(path), "exec") for path in files)


def test_the_libraries_say_nothing_on_the_terminal_when_they_are_imported() -> None:
    libraries = "import apscheduler, babel, feedparser, mastodon, sqlalchemy, tweepy, twitter_text"
    done = subprocess.run([sys.executable, "-I", "-c", libraries], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
