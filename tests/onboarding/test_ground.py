from pathlib import Path

import pytest

from occupier.onboarding.ground import guessed_zone


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    """A machine whose clock's file leads to a zone."""
    zone = tmp_path / "zoneinfo" / "Indian" / "Reunion"
    zone.parent.mkdir(parents=True)
    zone.write_text("")
    link = tmp_path / "localtime"
    link.symlink_to(zone)
    return link


def test_the_zone_is_that_of_the_machines_clock(clock_file: Path) -> None:
    assert guessed_zone({}, str(clock_file)) == "Indian/Reunion"


def test_a_variable_comes_before_the_machines_clock(clock_file: Path) -> None:
    assert guessed_zone({"TZ": "America/Toronto"}, str(clock_file)) == "America/Toronto"
    assert guessed_zone({"TZ": ":America/Toronto"}, str(clock_file)) == "America/Toronto"


@pytest.mark.parametrize("said", ["UTC", "Etc/UTC", "CET-1CEST", "Mars/Olympus", "../x", ""])
def test_what_is_no_citys_zone_is_not_proposed(said: str, tmp_path: Path) -> None:
    assert guessed_zone({"TZ": said}, str(tmp_path / "none")) == "Europe/Paris"
