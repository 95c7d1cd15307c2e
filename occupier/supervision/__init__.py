"""Supervision: what keeps the daemon up on a machine, and what it tells that supervisor."""

from occupier.supervision.signs import ready, stopping, working
from occupier.supervision.units import Unit, launchd_unit, systemd_unit

__all__ = ["Unit", "launchd_unit", "ready", "stopping", "systemd_unit", "working"]
