from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from occupier.domain.errors import DatabaseError, HeldElsewhere
from occupier.storage.lock import holding, is_held, lock_path

ROOT = Path(__file__).parents[2]
CHILD = """
import sys
from pathlib import Path
from occupier.storage.lock import holding
with holding(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_holder_is_refused_in_a_sentence(path: Path) -> None:
    with holding(path):
        assert is_held(path)
        with pytest.raises(HeldElsewhere, match="Another occupier is running"), holding(path):
            raise AssertionError
    assert not is_held(path)


def test_asking_whether_it_is_held_neither_makes_nor_keeps_anything(path: Path) -> None:
    assert not is_held(path)
    assert not lock_path(path).exists()
    with holding(path):
        pass
    assert not is_held(path)
    with holding(path):
        assert lock_path(path).stat().st_mode & 0o777 == 0o600


def test_a_kill_9_frees_it(path: Path) -> None:
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(path)], stdin=-1, stdout=-1, cwd=ROOT)
    assert child.stdout is not None
    assert child.stdin is not None
    assert child.stdout.readline() == b"held\n"
    with pytest.raises(HeldElsewhere), holding(path):
        raise AssertionError
    os.kill(child.pid, signal.SIGSTOP)  # a pause of the process does not free it
    assert is_held(path)
    os.kill(child.pid, signal.SIGKILL)
    child.wait(timeout=30)
    child.stdin.close()
    child.stdout.close()
    with holding(path):
        pass


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="cannot be opened"), holding(tmp_path / "missing" / "occupier.db"):
        raise AssertionError
