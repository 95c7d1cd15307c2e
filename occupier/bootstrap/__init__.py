"""The composition root: the only place that names concrete adapters."""

from occupier.bootstrap.adapters import (
    make_delivery,
    make_feed_reader,
    make_network,
    make_press,
    make_steps,
    make_strike_feed,
    make_templates,
)
from occupier.bootstrap.desks import make_checking, make_offering, make_planning, make_previewing, make_texting
from occupier.bootstrap.here import Here
from occupier.bootstrap.house import House, Live, Silent, open_house
from occupier.bootstrap.process import SystemClock, dry_run_database, prepare_process, rehearsal_database

__all__ = [
    "Here",
    "House",
    "Live",
    "Silent",
    "SystemClock",
    "dry_run_database",
    "make_checking",
    "make_delivery",
    "make_feed_reader",
    "make_network",
    "make_offering",
    "make_planning",
    "make_press",
    "make_previewing",
    "make_steps",
    "make_strike_feed",
    "make_templates",
    "make_texting",
    "open_house",
    "prepare_process",
    "rehearsal_database",
]
