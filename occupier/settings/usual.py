"""The usual tool: who posts when nobody is on strike, and whether it was paused."""

from __future__ import annotations

from occupier.domain.setup import Poster, Usual
from occupier.settings.table import Table


def read_usual(table: Table) -> Usual:
    """Read `[usual]`; nothing is known of the tool where there is none. Raises SettingsError."""
    access, name, paused = table.optional("access"), table.optional("name"), table.optional("paused")
    usual = Usual(
        by=Poster(table.get("by", "unknown").one_of(Poster)),
        access=access.boolean() if access else None,
        name=name.text() if name else None,
        paused=paused.text() if paused else None,
    )
    table.done()
    return usual
