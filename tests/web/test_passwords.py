"""The files of the secrets."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from occupier.domain.errors import FailedError, UsageError
from occupier.web.passwords import Passwords, hashed, new_secret


@pytest.fixture
def passwords(tmp_path: Path) -> Passwords:
    return Passwords(tmp_path / "occupier.db", work=2)


def test_a_secret_costs_a_guesser_what_it_should(tmp_path: Path) -> None:
    passwords = Passwords(tmp_path / "occupier.db")
    passwords.write("read", "a long secret")
    assert passwords.file("read").read_text().startswith("scrypt:32768:8:1:")
    assert passwords.matching("a long secret") is not None


def test_a_file_holds_a_hash_that_its_owner_alone_reads(passwords: Passwords) -> None:
    passwords.write("read", "a long secret")
    file = passwords.file("read")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "long" not in file.read_text()
    assert [found.name for found in file.parent.iterdir()] == [file.name]


def test_a_secret_gives_its_right_and_no_other(passwords: Passwords) -> None:
    assert passwords.matching("a long secret") is None
    passwords.write("read", "a long secret")
    passwords.write("write", "another secret")
    assert [(passwords.matching(s) or ("",))[0] for s in ("a long secret", "another secret", "a third secret")] == [
        "read", "write", "",
    ]  # fmt: skip


def test_one_secret_for_both_gives_the_larger_right(passwords: Passwords) -> None:
    for right in ("read", "write"):
        passwords.write(right, "the same secret")
    found = passwords.matching("the same secret")
    assert found is not None
    assert found[0] == "write"


@pytest.mark.parametrize("secret", ["", "short", "x" * 2000])
def test_a_secret_that_is_too_short_or_endless_is_refused(passwords: Passwords, secret: str) -> None:
    with pytest.raises(UsageError):
        passwords.write("read", secret)
    assert not passwords.is_set("read")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="cannot be written"):
        Passwords(tmp_path / "nowhere" / "occupier.db").write("read", "a long secret")


def test_two_hashes_of_one_secret_differ() -> None:
    assert hashed("a long secret", 2) != hashed("a long secret", 2)


def test_a_secret_that_is_made_is_long_enough(passwords: Passwords) -> None:
    passwords.write("read", new_secret())
    assert passwords.is_set("read")
