"""Rounds: what is looked at from time to time, beside feeds and lanes."""

from __future__ import annotations

import threading
from datetime import datetime

from occupier.bootstrap import House
from occupier.daemon.lanes import Lanes
from occupier.services.kiosk.handing import lapse_unread


class Rounds:
    """Asks the services what time has brought."""

    def __init__(self, house: House, lanes: Lanes, stop: threading.Event) -> None:
        self._house = house
        self._lanes = lanes
        self._stop = stop
        self._next_border: datetime | None = None

    def reaches_border(self, now: datetime) -> bool:
        """Say whether a strike begins or ends."""
        return self._next_border is not None and now >= self._next_border

    def mind_borders(self) -> None:
        """Tell of strikes that begin, and close those that end."""
        # an hour that is not believed closes nothing, and is looked at again; claims obey the strike's end anyway
        if not self._house.clocks.is_believed():
            self._next_border = self._house.clock.now()
            return
        hours = self._house.striking.tell_begun(), self._house.striking.close_ended()
        self._next_border = min((hour for hour in hours if hour is not None), default=None)
        self._house.by_hand.lapse()

    def housekeep(self) -> None:
        """Do what time alone changes."""
        self._house.first_posts.mind()
        if self._house.clocks.is_believed():
            self._house.housekeeping.lapse()
            lapse_unread(self._house.store)
            self._house.housekeeping.new_day()
            self._house.summarising.tell_day()
            self._house.housekeeping.tell_destructions()

    def announce(self) -> None:
        """Tell people what has changed, and what is left to them."""
        self._house.announcing.look()
        if not self._house.dry:
            self._house.by_hand.mind()
            self._house.reminding.mind()
        self._house.concluding.mind()

    def measure(self) -> None:
        """Count how posts were answered."""
        for account, target in self._lanes.idle():
            self._house.measuring.measure(account, target)

    def overhear(self) -> None:
        """Notice what others post."""
        for account, target in self._lanes.idle():
            self._house.posting.look_again(account, target)
            self._house.overhearing.listen(account, target)

    def check_on_the_eve(self) -> None:
        """Check for the strikes that are near."""
        self._house.eve.look(lambda: not self._stop.is_set())

    def report(self) -> None:
        """Write the accounts of strikes that are over."""
        if self._house.live.setup().report and not self._house.dry:
            self._house.reporting.work_off()
