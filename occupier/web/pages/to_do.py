"""What people post by hand: the finished text to copy, the network's own window, and their word that it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from occupier.domain.by_hand import takes_text
from occupier.domain.text import clean
from occupier.services.lane.by_hand import Task, tasks
from occupier.web.pages.frame import show
from occupier.web.sessions import house_of


@dataclass(frozen=True, slots=True)
class Shown:
    """One text. `page` takes it along but on Facebook, whose window takes the link only; `handed_at` is aware."""

    id: int
    account: str
    network: str
    article_id: int | None
    title: str
    text: str
    page: str | None
    has_text: bool
    is_given_up: bool
    handed_at: datetime | None


def to_do(request: Request) -> Response:
    """Answer what waits to be posted by hand, and what of the last strike may still be said."""
    house = house_of(request)
    with house.store.reading() as tx:
        found = [_shown(task) for task in tasks(tx, house.live.setup())]
    waiting = [shown for shown in found if not shown.is_given_up]
    return show(request, "to_do.html", "to_do", waiting=waiting, given_up=[s for s in found if s.is_given_up])


def _shown(task: Task) -> Shown:
    action, network = task.action, task.account.network
    return Shown(
        id=action.id,
        account=task.account.name,
        network=network,
        article_id=action.article_id,
        title=clean(task.title),
        text=clean(task.payload.shown, lines=True),
        page=task.page,
        has_text=takes_text(task.account),
        is_given_up=task.is_given_up,
        handed_at=action.handed_at,
    )
