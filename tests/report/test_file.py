"""A file is whole, or as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from occupier.domain.errors import FailedError, UsageError
from occupier.report.file import save


def broken() -> Iterator[bytes]:
    yield b"half"
    raise RuntimeError


def test_a_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    save([b"a", b"b"], tmp_path / "r.html")
    assert (tmp_path / "r.html").read_bytes() == b"ab"
    assert (tmp_path / "r.html").stat().st_mode & 0o777 == 0o600


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "r.html").write_text("old")
    with pytest.raises(UsageError, match="--force"):
        save([b"new"], tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text() == "old"


def test_half_a_file_is_never_left(tmp_path: Path) -> None:
    (tmp_path / "r.html").write_text("old")
    with pytest.raises(RuntimeError):
        save(broken(), tmp_path / "r.html", overwrite=True)
    assert [p.name for p in tmp_path.iterdir()] == ["r.html"]
    assert (tmp_path / "r.html").read_text() == "old"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="cannot be written"):
        save([b"a"], tmp_path / "no" / "r.html")
