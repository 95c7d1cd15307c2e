"""Services that stand apart from the house: they need no journal, or one of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from occupier.bootstrap.adapters import make_feed_reader, make_network, make_press, make_templates
from occupier.bootstrap.here import Here
from occupier.domain.ports import Clock, Network
from occupier.domain.setup import Setup
from occupier.settings import Settings
from occupier.storage.store import SqlStore

if TYPE_CHECKING:
    from occupier.services.eve.checking import Checking
    from occupier.services.eve.planning import Planning
    from occupier.services.eve.previewing import Previewing
    from occupier.services.eve.texting import Texting
    from occupier.services.kiosk.offering import Offering


def make_offering(settings: Settings, clock: Clock, setup: Callable[[], Setup]) -> tuple[Offering, SqlStore]:
    """Return what answers the readers of strike feeds, and the journal of its own by which it hears of changes."""
    from occupier.services.kiosk.offering import Offering

    store = SqlStore(settings.database, clock)
    return Offering(store, make_press(), clock, setup, store.pause_file), store


def make_previewing(settings: Settings, clock: Clock) -> Previewing:
    """Return the preview, which needs neither a secret nor the journal."""
    return _previewing(settings, clock, _voices(settings, clock))


def make_texting(settings: Settings) -> Texting:
    """Return what writes texts for the usual tool's own field."""
    from occupier.platforms.lengths import RULERS
    from occupier.services.eve.texting import Texting

    return Texting(make_templates(), {name: ruler() for name, ruler in RULERS.items()}, lambda: settings.setup)


def make_planning(settings: Settings, clock: Clock) -> Planning:
    """Return what makes plans, which reads the feeds and no secret."""
    from occupier.services.eve.planning import Planning

    voices = _voices(settings, clock)
    return Planning(_previewing(settings, clock, voices), make_templates(), voices, lambda: settings.setup)


def make_checking(settings: Settings, clock: Clock, store: SqlStore | None, **how: Any) -> Checking:
    """Return the check, on adapters of its own; `store` is None where there is no journal. `how`: see `Checking`."""
    from occupier.machine import ThisMachine
    from occupier.services.eve.checking import Checking, World

    there = [a.name for a in settings.setup.accounts if not settings.missing(a.name)]
    networks = {name: make_network(settings, name, clock) for name in there}
    voices = _voices(settings, clock)
    previewing, here = _previewing(settings, clock, voices), Here(settings, store)
    world = World(previewing, *make_feed_reader(clock), networks, voices, ThisMachine(), here, store, clock)
    return Checking(world, lambda: settings.setup, **how)


def _voices(settings: Settings, clock: Clock) -> dict[str, Network]:
    """Return adapters that know how their networks write and count, and no secret: they call nobody."""
    return {a.name: make_network(settings, a.name, clock, dry=True) for a in settings.setup.accounts}


def _previewing(settings: Settings, clock: Clock, voices: Mapping[str, Network]) -> Previewing:
    from occupier.services.eve.previewing import Previewing

    return Previewing(*make_feed_reader(clock), make_templates(), voices, lambda: settings.setup)
