"""One article: what each account did with it, step by step, and what proves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from occupier.domain.action import Attempt, State
from occupier.domain.errors import Sentence
from occupier.domain.ports import Event, Observation, Transaction
from occupier.domain.recount import quarter_before
from occupier.domain.text import clean
from occupier.speech import reason_words, state_words
from occupier.web.pages.entries import Entry, Record, entry, web_address
from occupier.web.pages.frame import show
from occupier.web.phrases import dollars
from occupier.web.sessions import house_of

_BY_A_PERSON = {"resolved", "released", "dropped"}
_STEPS: Mapping[str, Sentence] = {
    "decided": Sentence("a decision was made"),
    "claimed": Sentence("sending began"),
    "settled": Sentence("the network answered, or did not"),
    "observed": Sentence("the account was looked at"),
    "announced_elsewhere": Sentence("another post announces the article on the account"),
    "found": Sentence("found on the account"),
    "not_found": Sentence("looked for on the account and not found"),
    "looking": Sentence("still being looked for"),
    "resolved": Sentence("a person answered"),
    "released": Sentence("a person released it"),
    "dropped": Sentence("a person decided to leave it unposted"),
    "gone": Sentence("no longer there"),
}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """One event. `is_about`: the hour of a person's answer, rounded to a quarter: an exact one would be a name."""

    at: datetime
    is_about: bool
    what: Sentence | None
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt, with its cost, if it had one."""

    attempt: Attempt
    excerpt: str
    cost: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """All that there is about the article on one account."""

    entry: Entry
    steps: tuple[Step, ...]
    calls: tuple[Call, ...]
    looks: tuple[Observation, ...]


def article(request: Request) -> Response:
    """Answer everything about one article."""
    house, article_id = house_of(request), request.path_params["id"]
    zone = house.live.setup().zone
    with house.store.reading() as tx:
        found = tx.articles.get(article_id)
        told = [_told(tx, record, zone) for record in tx.register.of_article(article_id)]
        feeds = tx.feeds.names(found.feeds)
    return show(
        request,
        "article.html",
        "register",
        article=found,
        title=clean(found.title),
        summary=clean(found.summary),
        url=web_address(found.link),
        feeds=feeds,
        told=told,
    )


def _told(tx: Transaction, record: Record, zone: ZoneInfo) -> Told:
    action_id, platform = int(record["id"]), record["platform"]
    return Told(
        entry(record, zone),
        tuple(_steps(tx.register.history(action_id), platform, zone)),
        tuple(_call(attempt) for attempt in tx.actions.attempts(action_id)),
        tuple(tx.actions.observations(action_id, _BEGINNING)),
    )


def _steps(events: list[Event], platform: str, zone: ZoneInfo) -> Iterator[Step]:
    for event in events:
        state, reason = event.data.get("to", event.data.get("state")), event.data.get("reason")
        is_about = event.kind in _BY_A_PERSON
        yield Step(
            at=quarter_before(event.at) if is_about else event.at,
            is_about=is_about,
            what=_STEPS.get(event.kind),
            state=_stands(str(state), platform, reason, zone) if state else "",
            why=reason_words(str(reason), platform) if reason and state != State.REFUSED else "",
        )


def _stands(state: str, platform: str, reason: object, zone: ZoneInfo) -> str:
    return state_words(state, zone=zone, platform=platform, reason=str(reason) if reason else None)


def _call(attempt: Attempt) -> Call:
    return Call(attempt, clean(attempt.excerpt), dollars(attempt.cost_microusd) if attempt.cost_microusd else None)
