"""The overview: thirteen questions of a newsroom about one strike, answered in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from occupier.domain.afterwards import SAID_FOR, afterwards
from occupier.domain.browsing import Browsing
from occupier.domain.errors import Sentence
from occupier.domain.fates import Fate, Ground
from occupier.domain.ports import Transaction
from occupier.domain.recount import Recount, Wording
from occupier.domain.strike import Strike
from occupier.domain.ways import NAMES
from occupier.speech.fates import FATES, GROUNDS, shares
from occupier.speech.figures import dollars
from occupier.web.charts import Day, timeline
from occupier.web.counting import Counted, Counting
from occupier.web.pages.entries import entries, web_address
from occupier.web.pages.frame import show
from occupier.web.sessions import house_of

_NEWEST = 4
"""Records shown below the answers."""
_WORDINGS: Mapping[Wording, Sentence] = {
    Wording.AS_DECLARED: Sentence("The messages are those of the declaration, unchanged."),
    Wording.CHANGED: Sentence("The messages were changed after the declaration."),
    Wording.FROM_SETTINGS: Sentence("The declaration named no messages of its own: those of the settings were used."),
}


@dataclass(frozen=True, slots=True)
class Excepted:
    """How many articles a rule or a guard took out, and what they came to."""

    ground: Sentence
    fate: Sentence
    count: int


def overview(request: Request) -> Response:
    """Answer the thirteen questions about the strike that is asked for, the one in force, or the last."""
    house = house_of(request)
    with house.store.reading() as tx:
        strikes = tx.strikes.all()
        strike = _chosen(tx, strikes, request.query_params.get("strike"))
    if strike is None:
        return show(request, "nothing.html", "overview")
    others = [other for other in reversed(strikes) if other.id != strike.id]
    if strike.destroyed_at is not None:
        return show(request, "destroyed.html", "overview", strike=strike, others=others)
    counting: Counting = request.app.state.counting
    counted, zone = counting.of(strike), house.live.setup().zone
    if counted is None and "hx-request" in request.headers:  # the figures that are shown stay, and are asked for again
        return Response(status_code=204)
    if counted is None:
        with house.store.reading() as tx:
            total = sum(tx.register.counts().values())
        return show(request, "counting.html", "overview", strike=strike, total=total)
    recount, day = counted.recount, _day(counted)
    with house.store.reading() as tx:
        newest = tx.register.page(Browsing(strike=strike.name, everything=True, size=_NEWEST)).records
    return show(
        request,
        "overview.html",
        "overview",
        recount=recount,
        strike=strike,
        others=others,
        chart=timeline(day, zone, "the-day"),
        day=day,
        is_live=strike.in_force(recount.at) and request.query_params.get("live") != "no",
        counted=[(fate, FATES[fate], recount.total(fate)) for fate in Fate],
        Fate=Fate,
        WAYS=NAMES,
        shares=list(shares(recount)),
        exceptions=_exceptions(recount),
        slipped=[(one, web_address(one.url)) for one in recount.slipped[:_NEWEST]],
        wording=_WORDINGS[recount.wording],
        cost=dollars(recount.cost_microusd),
        newest=entries(newest, zone),
        steps=afterwards(strike, strikes, house.live.setup(), recount.at) if _is_just_over(recount) else (),
    )


def _chosen(tx: Transaction, strikes: Sequence[Strike], asked: str | None) -> Strike | None:
    """Return the strike to tell of; raises UnknownName for one that never was."""
    if asked:
        return tx.strikes.get(asked)
    in_force = [strike for strike in strikes if strike.in_force(tx.now)]
    begun = [strike for strike in strikes if strike.starts_at <= tx.now]
    to_come = [strike for strike in strikes if not strike.is_over(tx.now)]
    return next((line[-1] for line in (in_force, begun) if line), to_come[0] if to_come else None)


def _day(counted: Counted) -> Day:
    recount, strike = counted.recount, counted.recount.strike
    gaps = tuple((gap.since, gap.until or recount.at) for gap in recount.gaps)
    return Day(strike.acts_from, _drawn_until(recount), recount.at, counted.lanes, gaps)


def _drawn_until(recount: Recount) -> datetime:
    return max(recount.ended_at, recount.strike.acts_from + timedelta(minutes=1))


def _is_just_over(recount: Recount) -> bool:
    return recount.is_over and recount.at - recount.ended_at < SAID_FOR


def _exceptions(recount: Recount) -> list[Excepted]:
    counted: dict[tuple[Ground, Fate], int] = defaultdict(int)
    for exemption in recount.exemptions:
        counted[exemption.ground, exemption.fate] += exemption.count
    return [Excepted(GROUNDS[ground], FATES[fate], count) for (ground, fate), count in counted.items()]
