"""The parts of the conversation, numbered: whoever answers at night wants to know how much is left."""

from __future__ import annotations

from occupier.speech import gettext as _
from occupier.speech import network_name

MACHINE, HOUR, SITE, USUAL, ACCOUNTS, MEANWHILE, SETTINGS = range(1, 8)


def section(number: int, platform: str = "") -> str:
    """Return a heading; that of an account names its network too."""
    names = {
        MACHINE: _("The machine"),
        HOUR: _("The hour"),
        SITE: _("The site"),
        USUAL: _("The usual tool"),
        ACCOUNTS: _("The accounts"),
        MEANWHILE: _("The usual tool, during the strike"),
        SETTINGS: _("The settings"),
    }
    heading = f"{number}/{len(names)} · {names[number]}"
    return f"{heading} · {network_name(platform)}" if platform else heading
