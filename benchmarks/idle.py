"""An idle daemon, three accounts and ten feeds asked every minute: ``python -m benchmarks.idle SECONDS``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.stopwatch import ROOT
from occupier.cli.sandbox import sandbox_secrets, sandbox_settings
from occupier.sandbox import Sandbox

SETTLED = 15
"""Seconds after which everything was imported and asked once."""
FEEDS = 10


def idle(seconds: float) -> dict[str, float]:
    """Run one; return its CPU as a share of one core, its resident memory in MB, and its threads."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as box:
        settings = Path(folder) / "settings.toml"
        settings.write_text(_settings(box))
        command = [sys.executable, "-m", "occupier", "--settings", str(settings), "run"]
        daemon = subprocess.Popen(command, cwd=ROOT, env=os.environ | sandbox_secrets(box), stdout=subprocess.DEVNULL)
        time.sleep(SETTLED)
        before = _cpu(daemon.pid)
        time.sleep(seconds)
        share = (_cpu(daemon.pid) - before) / seconds
        status = dict(line.split(":", 1) for line in Path(f"/proc/{daemon.pid}/status").read_text().splitlines())
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)
    return {"cpu": share, "megabytes": int(status["VmRSS"].split()[0]) / 1024, "threads": int(status["Threads"])}


def _settings(box: Sandbox) -> str:
    text = sandbox_settings(box).replace('interval = "5s"', 'interval = "60s"')
    box.publish(title="Déjà là")
    for name in (f"feed-{n}" for n in range(1, FEEDS)):
        box.publish(feed=name, title="Déjà là")
        text += f'[[feeds]]\nname = "{name}"\nurl = "{box.feed_url(name)}"\n'
    return text


def _cpu(pid: int) -> float:
    # its first field may hold blanks: the command's name, in brackets
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    print(json.dumps(idle(float(sys.argv[1]))))
