"""Commands from their start to their end: ``python -m benchmarks.starting``."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks.ledger import fill
from benchmarks.stopwatch import ROOT

TIMES = 11
_SETTINGS = 'timezone = "Europe/Paris"\n[[feeds]]\nname = "une"\nurl = "https://www.example.org/une.xml"\n'


def run(*arguments: str) -> dict[str, float]:
    """Run a command some times; return the median of its CPU and of its wall, in seconds."""
    cpu, wall = [], []
    for _ in range(TIMES):
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        wall.append(time.perf_counter() - began)
    return {"cpu": median(cpu), "wall": median(wall)}


def starts(count: int) -> dict[str, dict[str, float]]:
    """Return what each command took, on a journal of `count` substitutions."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "settings.toml"
        settings.write_text(_SETTINGS)
        fill(Path(folder) / "occupier.db", count)
        return {
            "python -c pass": run("-c", "pass"),
            "import click": run("-c", "import click"),
            "occupier --help": run("-m", "occupier", "--help"),
            "occupier log --limit 50": run("-m", "occupier", "--settings", str(settings), "log", "--limit", "50"),
        }


if __name__ == "__main__":
    print(json.dumps(starts(int(sys.argv[1]))))
