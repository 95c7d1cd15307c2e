"""The machine fails: what is posted then, what is said, and whether it goes on by itself.

    python -m tests.campaigns.machine_fails --runs 60 --seed 7

Each case begins with a daemon that works; then something of the machine goes away, and mostly comes back.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.campaigns.daemons import Daemons, aligned
from tests.campaigns.scene import Finding, Scene
from tests.campaigns.troubles import FACTOR, TROUBLES, NotPossible, Play
from tests.campaigns.world import networks


def play(name: str, act: Play, seed: int) -> Finding:
    """Play one case on a new journal; return what was found."""
    found = Finding(name)
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as notes, networks() as net:
        net.publish("Déjà là avant tout")
        stage = Daemons(Path(folder), net, FACTOR, notes=Path(notes))
        scene = Scene(stage, random.Random(f"{seed}{name}"), found)
        try:
            act(scene)
        except NotPossible as error:
            found.said = f"skipped: {error}"
        finally:
            _clear_up(stage)
        _judge(scene)
    return found


def _judge(scene: Scene) -> None:
    written = scene.stage.traceback()
    if written:
        scene.found.wrong.append("wrote on standard error: " + " ".join(written.split())[-200:])
    told = [h["said"] for h in scene.stage.heard() if h["kind"] in ("bug", "stuck", "template")]
    scene.found.wrong += list(dict.fromkeys(told))[:2]


def _clear_up(stage: Daemons) -> None:
    for pid in stage.started:
        with suppress(ChildProcessError):
            if os.waitpid(pid, os.WNOHANG)[0] == 0:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def campaign(runs: int, seed: int, only: str = "") -> Iterator[Finding]:
    """Play that many cases, all of them once before any comes twice; yield what was found."""
    chance = random.Random(seed)
    cases = [case for case in TROUBLES if only in case[0]] if only else []
    while len(cases) < runs:
        cases += chance.sample(TROUBLES, len(TROUBLES))
    for n, (name, act) in enumerate(cases if only else cases[:runs]):
        found = play(name, act, seed + n)
        print(*found.row(), sep=" · ", file=sys.stderr, flush=True)
        yield found


def table(findings: Sequence[Finding]) -> str:
    """Return the campaign's table."""
    rows = [["the machine", "posted meanwhile", "first sentence", "through after", "verdict"]]
    return aligned(rows + [finding.row() for finding in findings])


def main() -> int:
    """Run the campaign and print its table; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=len(TROUBLES))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="the cases whose name has this in it")
    options = parser.parse_args()
    began = time.monotonic()
    findings = list(campaign(options.runs if not options.only else 0, options.seed, options.only))
    wrong = sum(1 for finding in findings if finding.wrong)
    took = timedelta(seconds=round(time.monotonic() - began))
    title = f"the machine fails · {len(findings)} cases, {wrong} wrong · waits divided by {FACTOR}"
    print(f"{title} · seed {options.seed} · {took} · {datetime.now(UTC):%Y-%m-%d}")
    print(table(findings))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
