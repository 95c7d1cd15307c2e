"""What waits for a person: « je le vois », « je ne le vois pas », release, drop."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from occupier.domain.action import FOR_A_PERSON
from occupier.web.pages.entries import entries
from occupier.web.pages.frame import show
from occupier.web.sessions import house_of

_SHOWN = 50


def to_check(request: Request) -> Response:
    """Answer the oldest of what waits; those behind come as these go."""
    house = house_of(request)
    with house.store.reading() as tx:
        waiting = tx.actions.in_state(*FOR_A_PERSON)
        records = tx.register.numbered([action.id for action in waiting[:_SHOWN]])
        targets = {target.name: target for target in tx.targets.all()}
    shown = entries(records, house.live.setup().zone)
    return show(request, "check.html", "check", entries=shown, total=len(waiting), targets=targets)
