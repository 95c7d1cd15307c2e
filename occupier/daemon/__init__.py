"""The daemon: APScheduler's jobs and the signals. No rule lives here; state lives in the journal, not in jobs."""

from occupier.daemon.daemon import Daemon
from occupier.daemon.polls import POLLERS
from occupier.daemon.reloading import RELOAD, RELOADED

__all__ = ["POLLERS", "RELOAD", "RELOADED", "Daemon"]
