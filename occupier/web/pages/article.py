"""One article: what each account did with it, step by step, and what proves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from occupier.domain.action import Attempt, GoneBy, State
from occupier.domain.errors import Sentence
from occupier.domain.ports import Event, Observation, Transaction
from occupier.domain.text import clean
from occupier.domain.times import quarter_before
from occupier.speech import reason_words, state_words
from occupier.speech.figures import dollars
from occupier.web.pages.entries import Entry, Record, entry, web_address
from occupier.web.pages.frame import show
from occupier.web.sessions import house_of

_BY_A_PERSON = {"resolved", "released", "dropped", "done"}
_STEPS: Mapping[str, Sentence] = {
    "decided": Sentence("a decision was made"),
    "claimed": Sentence("sending began"),
    "settled": Sentence("the network answered, or did not"),
    "observed": Sentence("the account was looked at"),
    "announced_elsewhere": Sentence("another post announces the article on the account"),
    "found": Sentence("found on the account"),
    "not_found": Sentence("looked for on the account and not found"),
    "looking": Sentence("still being looked for"),
    "taken_over": Sentence("to be made of the usual post"),
    "let_go": Sentence("to be a post of its own"),
    "kept": Sentence("the usual post was written down as it was"),
    "frozen": Sentence("the text that follows was written"),
    "closed": Sentence("something stands in its place"),
    "resolved": Sentence("a person answered"),
    "done": Sentence("a person answered"),
    "released": Sentence("a person released it"),
    "dropped": Sentence("a person decided to leave it unposted"),
    "gone": Sentence("no longer there"),
}
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """One event. `is_about`: the hour of a person's answer, rounded to a quarter: an exact one would be a name.

    `post_url`: of a post by others that it tells of.
    """

    at: datetime
    is_about: bool
    what: Sentence | None
    state: str
    why: str
    post_url: str | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One attempt, with its cost, if it had one; `at` and `is_about` as of a step."""

    attempt: Attempt
    at: datetime
    is_about: bool
    excerpt: str
    cost: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of the account; `at` and `is_about` as of a step."""

    observation: Observation
    at: datetime
    is_about: bool


@dataclass(frozen=True, slots=True)
class Told:
    """All that there is about the article on one account."""

    entry: Entry
    steps: tuple[Step, ...]
    calls: tuple[Call, ...]
    looks: tuple[Look, ...]


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
    action_id, shown = int(record["id"]), entry(record, zone)
    return Told(
        shown,
        tuple(_steps(tx.register.history(action_id), shown, record, zone)),
        tuple(_call(attempt, is_about=shown.is_retraction) for attempt in tx.actions.attempts(action_id)),
        tuple(_look(look, is_about=shown.is_retraction) for look in tx.actions.observations(action_id, _BEGINNING)),
    )


def _steps(events: list[Event], shown: Entry, record: Record, zone: ZoneInfo) -> Iterator[Step]:
    for event in events:
        state, reason = event.data.get("to", event.data.get("state")), event.data.get("reason")
        # all of a retraction follows at once when a person asks for it
        is_about = shown.is_retraction or event.kind in _BY_A_PERSON or event.data.get("by") == GoneBy.OCCUPIER
        yield Step(
            at=quarter_before(event.at) if is_about else event.at,
            is_about=is_about,
            what=_STEPS.get(event.kind),
            state=_stands(str(state), record, reason, zone) if state else "",
            why=_why(event, shown.platform) if state != State.REFUSED else "",
            post_url=web_address(str(event.data["url"])) if event.data.get("url") else None,
        )


def _why(event: Event, platform: str) -> str:
    """Say why, or of a post by others with what it was made."""
    reason = event.data.get("reason")
    return reason_words(str(reason), platform) if reason else clean(str(event.data.get("application") or ""))


def _stands(state: str, record: Record, reason: object, zone: ZoneInfo) -> str:
    return state_words(
        state,
        zone=zone,
        platform=record["platform"],
        reason=str(reason) if reason else None,
        verb=record["verb"],
        purpose=record["kind"],
    )


def _call(attempt: Attempt, *, is_about: bool) -> Call:
    at = quarter_before(attempt.started_at) if is_about else attempt.started_at
    cost = dollars(attempt.cost_microusd) if attempt.cost_microusd else None
    return Call(attempt, at, is_about, clean(attempt.excerpt), cost)


def _look(look: Observation, *, is_about: bool) -> Look:
    return Look(look, quarter_before(look.at) if is_about else look.at, is_about)
