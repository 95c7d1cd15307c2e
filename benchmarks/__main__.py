"""Measure everything, and print one line for each figure: ``python -m benchmarks [NAME…] [--full]``."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from benchmarks.newsstand import newsstand
from benchmarks.stopwatch import PEERS, ROOT, phases

Figures = dict[str, float]


def polls(*, full: bool) -> Figures:
    """One poll of many feeds: ours, reader's, and a bare loop of the same requests."""
    count = 1000 if full else 200
    with newsstand() as port:
        ours, reader, bare = (
            phases([python, "-m", f"benchmarks.polls_{name}", str(port), str(count), "5"])
            for name, python in (("occupier", sys.executable), ("reader", str(PEERS)), ("bare", sys.executable))
        )
    unchanged = ours["unchanged"]["cpu"]
    return {
        "feeds": count,
        "unchanged, CPU s": unchanged,
        "… × reader's": unchanged / reader["unchanged"]["cpu"],
        "… × a bare loop's, 50 threads": unchanged / bare["fifty threads"]["cpu"],
        "… × a bare loop's, 1 thread": unchanged / bare["one thread"]["cpu"],
        "unchanged, wall s": ours["unchanged"]["wall"],
        "… reader, wall s": reader["unchanged"]["wall"],
        "first reading, CPU s": ours["first"]["cpu"],
        "… × reader's CPU": ours["first"]["cpu"] / reader["first"]["cpu"],
    }


def slow_servers(*, full: bool) -> Figures:
    """200 unchanged feeds on servers that answer after 100 ms."""
    with newsstand(0.1) as port:
        ours, reader = (
            phases([python, "-m", f"benchmarks.polls_{name}", str(port), "200", "5"])
            for name, python in (("occupier", sys.executable), ("reader", str(PEERS)))
        )
    return {"wall s": ours["unchanged"]["wall"], "reader, wall s": reader["unchanged"]["wall"]}


def starting(*, full: bool) -> Figures:
    """Commands, beside a Python that does nothing."""
    found = _told("benchmarks.starting", "1000000" if full else "100000")
    nothing = found["python -c pass"]["cpu"]
    return {f"{name}, × python": took["cpu"] / nothing for name, took in found.items()}


def register(*, full: bool) -> Figures:
    """Pages and an export of the log."""
    found: Figures = _told("benchmarks.register", "1000000" if full else "100000")
    return found | {"export, speed × a bare loop's": found["export, bare loop"] / found["export"]}


def latency(*, full: bool) -> Figures:
    """From an article to its posts."""
    found: Figures = _told("benchmarks.latency", "200" if full else "50")
    return found


def idle(*, full: bool) -> Figures:
    """A daemon with nothing to do."""
    found: Figures = _told("benchmarks.idle", "600" if full else "60")
    return found


def strike_feed(*, full: bool) -> Figures:
    """Answers of a strike feed of 500 entries."""
    return _told("benchmarks.strike_feed", "1000" if full else "200")


def _told(module: str, argument: str) -> dict[str, Any]:
    ran = subprocess.run([sys.executable, "-m", module, argument], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(ran.stdout.splitlines()[-1])
    return found


ALL: dict[str, Callable[..., Figures]] = {
    work.__name__: work for work in (polls, slow_servers, starting, register, latency, idle, strike_feed)
}


def main() -> None:
    """Measure what was asked for; everything by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*ALL, []], help="which figures; all by default")
    parser.add_argument("--full", action="store_true", help="a thousand feeds, a million substitutions")
    options = parser.parse_args()
    for name in options.names or ALL:
        for figure, value in ALL[name](full=options.full).items():
            print(f"{name:>12}  {figure:<32} {value:.4g}", flush=True)


if __name__ == "__main__":
    main()
