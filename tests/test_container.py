"""The container's files, as far as they can be held without a container: they name what is there, and lint clean."""

from __future__ import annotations

import fnmatch
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from occupier.cli.commands import occupier
from occupier.cli.run import HEALTH_PORT, run

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICE: dict[str, Any] = COMPOSE["services"]["occupier"]


def instructions() -> list[tuple[str, str]]:
    """Every instruction of the Dockerfile with its arguments, comments out and lines joined."""
    text = "\n".join(line for line in DOCKERFILE.splitlines() if not line.startswith("#"))
    lines = text.replace("\\\n", " ").splitlines()
    return [(line.split(None, 1)[0], " ".join(line.split(None, 1)[1].split())) for line in lines if line.strip()]


def of(name: str) -> list[str]:
    return [arguments for instruction, arguments in instructions() if instruction == name]


def copied() -> set[str]:
    """What is taken from the folder that the image is built in."""
    return {path for line in of("COPY") if not line.startswith("--from") for path in line.split()[:-1]}


def test_the_linter_finds_nothing() -> None:
    hadolint = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
    assert hadolint is not None
    done = subprocess.run([hadolint, str(ROOT / "Dockerfile")], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


def test_everything_that_is_copied_is_there() -> None:
    assert copied()
    assert [path for path in copied() if not (ROOT / path).exists()] == []


def test_nothing_reaches_the_image_but_what_is_copied() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {line[1:] for line in rules if line.startswith("!")} == copied()


@pytest.mark.parametrize("path", ["occupier.db", "occupier/x.db-wal", "occupier/__pycache__"])
def test_databases_and_leftovers_are_kept_out_of_the_folders_that_are_copied(path: str) -> None:
    last = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line.removeprefix("**/") for line in last if line.startswith("**/")]
    assert any(fnmatch.fnmatch(Path(path).name, rule) for rule in rules)


def test_every_library_is_checked_against_its_hash() -> None:
    installs = [run for line in of("RUN") for run in line.split("&&") if "pip" in run and " install " in run]
    fetching = [run for run in installs if "--no-index" not in run]
    assert len(fetching) == 2
    assert all("--require-hashes" in run and "--only-binary :all:" in run for run in fetching)


def test_the_tools_that_build_stay_behind() -> None:
    last_stage = DOCKERFILE.rpartition("\nFROM ")[2]
    assert "COPY --from=build /opt/occupier /opt/occupier" in last_stage
    assert "/opt/tools" not in last_stage
    assert "pip uninstall" in last_stage


def test_nobody_in_it_is_an_administrator() -> None:
    (user,) = of("USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert [name for name, _ in instructions()].index("USER") < [name for name, _ in instructions()].index("ENTRYPOINT")


@pytest.mark.parametrize("command", [json.loads(of("CMD")[0]), SERVICE["command"]])
def test_what_it_starts_is_a_command_that_exists(command: list[str]) -> None:
    assert json.loads(of("ENTRYPOINT")[0]) == ["occupier"]
    assert command[0] in occupier.commands
    assert {"--health"} <= set(command[1:]) <= {name for parameter in run.params for name in parameter.opts}


def test_health_is_asked_where_the_daemon_answers() -> None:
    (line,) = of("HEALTHCHECK")
    interpreter, option, code = json.loads(line.partition(" CMD ")[2])
    assert (interpreter, option) == ("python", "-c")
    assert f"'127.0.0.1', {HEALTH_PORT}," in code
    assert "'/healthz'" in code
    compile(code, "healthcheck", "exec")


def test_the_data_outlives_the_container_and_all_the_rest_is_read_only() -> None:
    assert of("VOLUME") == ["/data"]
    assert SERVICE["volumes"] == ["data:/data"]
    assert "data" in COMPOSE["volumes"]
    assert SERVICE["read_only"] is True
    assert [place.partition(":")[0] for place in SERVICE["tmpfs"]] == ["/tmp"]
    assert "OCCUPIER_SETTINGS=/data/settings.toml" in " ".join(of("ENV"))


def test_it_comes_back_by_itself_and_is_given_time_to_end() -> None:
    assert SERVICE["restart"] == "unless-stopped"
    assert int(SERVICE["stop_grace_period"].removesuffix("s")) > 25
