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
from occupier.sandbox import Sandbox

SETTLED = 15
"""Seconds after which everything was imported and asked once."""

_SETTINGS = """
timezone = "Europe/Paris"
[[accounts]]
name = "mastodon"
platform = "mastodon"
server = "{url}"
access_token = {{ env = "MASTODON" }}
[[accounts]]
name = "x"
platform = "x"
api_url = "{url}/x"
consumer_key = {{ env = "X_CONSUMER_KEY" }}
consumer_secret = {{ env = "X_CONSUMER_SECRET" }}
access_token = {{ env = "X_ACCESS_TOKEN" }}
access_token_secret = {{ env = "X_ACCESS_TOKEN_SECRET" }}
[[accounts]]
name = "facebook"
platform = "facebook"
api_url = "{url}/graph"
page_id = "{page}"
access_token = {{ env = "FACEBOOK" }}
"""


def idle(seconds: float) -> dict[str, float]:
    """Run one; return its CPU as a share of one core, its resident memory in MB, and its threads."""
    with tempfile.TemporaryDirectory() as folder, Sandbox() as box:
        secrets = box.credentials
        environ = {"MASTODON": secrets["mastodon"]["access_token"], "FACEBOOK": secrets["facebook"]["access_token"]}
        environ |= {f"X_{key.upper()}": value for key, value in secrets["x"].items()}
        text = _SETTINGS.format(url=box.url, page=secrets["facebook"]["page_id"])
        for n in range(10):
            box.publish(feed=f"feed-{n}", title="Déjà là")
            text += f'[[feeds]]\nname = "feed-{n}"\nurl = "{box.feed_url(f"feed-{n}")}"\n'
        settings = Path(folder) / "settings.toml"
        settings.write_text(text)
        command = [sys.executable, "-m", "occupier", "--settings", str(settings), "run"]
        daemon = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ, stdout=subprocess.DEVNULL)
        time.sleep(SETTLED)
        before = _cpu(daemon.pid)
        time.sleep(seconds)
        share = (_cpu(daemon.pid) - before) / seconds
        status = dict(line.split(":", 1) for line in Path(f"/proc/{daemon.pid}/status").read_text().splitlines())
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)
    return {"cpu": share, "megabytes": int(status["VmRSS"].split()[0]) / 1024, "threads": int(status["Threads"])}


def _cpu(pid: int) -> float:
    # its first field may hold blanks: the command's name, in brackets
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    print(json.dumps(idle(float(sys.argv[1]))))
