"""occupier's own command line with the waits of the design divided: `python -m tests.campaigns.hurried 20 run`.

What bounds a call stays: a busy machine is no faster for it. By 1, nothing at all is changed.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from occupier.cli import main
from occupier.cli.session import Session
from occupier.daemon import pace
from occupier.domain.limits import Limits
from occupier.domain.setup import Account
from occupier.services.kiosk import handing, offering
from occupier.services.review import overhearing
from occupier.settings import Settings

QUICKEST = 0.2
"""Seconds between two looks of anything: more often, and a machine with one core does nothing else."""


class Hurried(Session):
    """A command line whose settings wait less."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self._factor = factor

    def read_settings(self) -> Settings:
        """Read the settings, and divide what they wait for."""
        settings = super().read_settings()
        setup = settings.setup
        hurried = tuple(self._account(account) for account in setup.accounts)
        return replace(settings, setup=replace(setup, accounts=hurried, limits=self._limits(setup.limits)))

    def _account(self, account: Account) -> Account:
        interval = account.tool_interval
        return replace(
            account,
            settle_after=account.settle_after / self._factor,
            tool_interval=interval and interval / self._factor,
            usual_within=account.usual_within / self._factor,
        )

    def _limits(self, limits: Limits) -> Limits:
        kept = {"call": limits.call, "claim_age": limits.claim_age, "clock_skew": limits.clock_skew}
        return replace(limits.divided(self._factor), **kept)


def hurry(factor: float) -> None:
    """Let what is no setting wait less too, in this process."""
    for name in ("TICK", "SAFETY", "MEASURE"):
        setattr(pace, name, max(QUICKEST, getattr(pace, name) / factor))
    handing.LOOK_AGAIN /= factor
    offering.LONGEST_BELIEVED /= factor
    overhearing.EVERY /= factor
    overhearing.EVERY_BILLED /= factor


if __name__ == "__main__":
    FACTOR = float(sys.argv[1])
    hurry(FACTOR)
    sys.exit(main(sys.argv[2:], Hurried(FACTOR)))
