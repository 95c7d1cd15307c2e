"""How often the daemon looks at what."""

from __future__ import annotations

from datetime import timedelta

TICK = 1.0
"""Seconds between two looks at what people and other processes asked for."""
BEAT = timedelta(seconds=5)
"""Between two signs of life."""
SAFETY = 30.0
"""Seconds after which a lane looks again even if nothing woke it."""
STUCK = timedelta(seconds=90)
"""A job that runs longer than any call may last is announced."""
MEASURE = 60.0
"""Seconds between two looks at which figures are due."""
EVE = 60.0
"""Seconds between two looks at whether a strike is to be checked for."""
SILENCE = 300.0
"""Seconds between two looks at which feeds show nothing new."""
