"""What stands around every page: where one is, what waits for a person, what is paused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from occupier.domain.action import FOR_A_PERSON
from occupier.domain.by_hand import is_by_hand
from occupier.domain.errors import Sentence
from occupier.domain.ports import Pause, Transaction
from occupier.domain.setup import Setup
from occupier.domain.text import clean
from occupier.domain.times import quarter_before
from occupier.services.lane.by_hand import tasks
from occupier.services.lane.empty_places import SOON, left_empty, stands_empty
from occupier.services.lane.sealing import held_strikes
from occupier.services.review.reviewing import ALIVE_FOR, HEARTBEAT
from occupier.web.render import page
from occupier.web.sessions import house_of


@dataclass(frozen=True, slots=True)
class Stop:
    """A pause, with its account's name; None for all."""

    pause: Pause
    account: str | None


@dataclass(frozen=True, slots=True)
class Around:
    """The house at this moment, for the frame of a page. `to_do` is None where nobody posts by hand."""

    waiting: int
    to_do: int | None
    stops: tuple[Stop, ...]
    held: tuple[Sentence, ...]
    is_alive: bool
    has_strike: bool
    back: str


def show(request: Request, template: str, here: str, **values: Any) -> Response:
    """Render a page in its frame; `here` is its place in the menu."""
    with house_of(request).store.reading() as tx:
        around = _around(request, tx)
    return page(request, template, here=here, around=around, **values)


def _around(request: Request, tx: Transaction) -> Around:
    beat = tx.runtime.get(HEARTBEAT)
    names = {target.id: target.name for target in tx.targets.all()}
    stops = [Stop(_blurred(p), names.get(p.target_id) if p.target_id is not None else None) for p in tx.pauses.all()]
    if house_of(request).store.pause_file.exists() and not any(stop.pause.by == "file" for stop in stops):
        stops.append(Stop(Pause(None, "file", "file", tx.now), None))
    query = f"?{request.url.query}" if request.url.query else ""
    return Around(
        waiting=tx.actions.count_in_state(*FOR_A_PERSON),
        to_do=_to_do(tx, house_of(request).live.setup()),
        stops=tuple(stops),
        held=(*held_strikes(tx), *_empty(tx, names)),
        is_alive=beat is not None and abs(tx.now - datetime.fromisoformat(beat)) < ALIVE_FOR,
        has_strike=any(strike.in_force(tx.now) for strike in tx.strikes.open()),
        back=f"{request.url.path}{query}",
    )


def _empty(tx: Transaction, names: Mapping[int, str]) -> Iterator[Sentence]:
    """Say where a usual post was deleted, and nothing stands in its place yet."""
    for empty in left_empty(tx, SOON):
        article_id = empty.deletion.article_id
        title = clean(tx.articles.get(article_id).title) if article_id else ""
        yield stands_empty(empty, names.get(empty.deletion.target_id, ""), title)


def _to_do(tx: Transaction, setup: Setup) -> int | None:
    if not any(is_by_hand(account) for account in setup.accounts):
        return None
    return sum(not task.is_given_up for task in tasks(tx, setup))


def _blurred(pause: Pause) -> Pause:
    # in a team of two, the exact hour of a pause is a name
    return replace(pause, since=quarter_before(pause.since)) if pause.by == "person" else pause
