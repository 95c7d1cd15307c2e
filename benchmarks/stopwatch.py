"""Seconds of this process, and of the wall. Standard library alone: programs of other environments use it too."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
PEERS = ROOT / ".venv-peers" / "bin" / "python"
"""The interpreter of the neighbours' environment: `make .venv-peers/.ready`."""


@contextmanager
def timed(phase: str) -> Iterator[None]:
    """Print, as a line of JSON, what the block took: CPU of the whole process and wall, in seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    took = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps({"phase": phase, **took}), flush=True)


def phases(command: Sequence[str]) -> dict[str, dict[str, float]]:
    """Run a program that uses `timed`; return what its phases took, the median of those of one name."""
    ran = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, list[dict[str, float]]] = {}
    for line in ran.stdout.splitlines():
        told = json.loads(line)
        found.setdefault(told.pop("phase"), []).append(told)
    return {phase: {key: median(one[key] for one in all_) for key in all_[0]} for phase, all_ in found.items()}
