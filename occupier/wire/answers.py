"""What became of a call: the one list, for all networks, of what is surely unsent and what is not.

Nothing here looks at what a library made of an answer (facebook-sdk takes a 503 for a success, tweepy raises
TypeError on a malformed error): it looks at the flight, which noted how far the call came and what was answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final, Literal, TypeVar

from occupier.domain.errors import NetworkError
from occupier.domain.outcome import Outcome, Receipt, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Clock, Order
from occupier.wire.dates import http_date
from occupier.wire.flight import Answer, Flight, Stage, flight
from occupier.wire.scrub import excerpt

REFUSING = frozenset({400, 401, 402, 403, 404, 410, 413, 422})
"""Statuses that, with the network's own error body, say that nothing was posted."""
LONGEST_WAIT = timedelta(days=7)
"""A longer wait than this is taken for nonsense."""
READ_SECONDS = 10.0
"""A reading call ends by then."""
THROTTLED: Final = "throttled"
T = TypeVar("T")

Refusal = RefusalKind | Literal["throttled"] | None
"""Why a network said no; None where the body is not its own, or does not mean that nothing happened."""


@dataclass(frozen=True)
class Dialect:
    """How one network says yes and no.

    Attributes:
        name: for sentences: "X", "Facebook", a server's host.
        receipt: finds the new post in the JSON of a 2xx answer; None if there is no id.
        refusal: reads the JSON of a refusing status.
    """

    name: str
    receipt: Callable[[Any], Receipt | None]
    refusal: Callable[[int, Any], Refusal]


@dataclass(frozen=True)
class Calls:
    """How to call one network and understand what it answers; the secrets are those to keep out of every text."""

    dialect: Dialect
    clock: Clock
    secrets: Sequence[str] = field(default=(), repr=False)

    def speaking(self, **changes: Any) -> Calls:
        """Return the same calls in a dialect with other ways to read a receipt or a refusal."""
        return replace(self, dialect=replace(self.dialect, **changes))

    def write(self, order: Order, call: Callable[[], object]) -> Outcome:
        """Make the one call of an order and say what became of it; raises nothing that a network can cause."""
        with flight(order.seconds, may_begin=order.may_begin) as made:
            problem = _problem(call)
        return outcome(made, problem, self.dialect, self.clock.now(), self.secrets)

    def read(self, call: Callable[[], object], understand: Callable[[Any, Flight], T]) -> T:
        """Make a reading call, in a flight of its own, and understand the JSON that came.

        Raises:
            NetworkError: it could not be read; neither the sentence nor the exception's chain holds a secret.
        """
        with flight(READ_SECONDS) as made:
            _problem(call)
        if made.answer is None or not 200 <= made.answer.status < 300:
            raise _unread(made, self.dialect, self.clock.now(), self.secrets)
        try:
            return understand(_json(made.answer), made)
        except (AttributeError, LookupError, TypeError, ValueError):
            # Outside the handler, so that the library's own error, whatever it holds, does not hang on.
            pass
        raise _unread(made, self.dialect, self.clock.now(), self.secrets)


def _problem(call: Callable[[], object]) -> Exception | None:
    try:
        call()
    except Exception as error:  # a malformed answer raises anything at all inside the libraries
        return error
    return None


def outcome(
    made: Flight, problem: Exception | None, dialect: Dialect, now: datetime, secrets: Sequence[str]
) -> Outcome:
    """Say what became of a write, given how its flight ended.

    Before the first byte: `Retryable` with the stage as its reason. A 429: `Retryable`. A refusing status with the
    network's own error: `Refused`. 2xx with an id: `Receipt`. Everything else: `Uncertain`.
    """
    if not made.begun:
        return Retryable(made.stage.value, excerpt=excerpt(_said(problem), secrets))
    answer = made.answer
    if answer is None:
        return Uncertain("timeout" if made.over else "no_answer", excerpt=excerpt(_said(problem), secrets))
    said = excerpt(answer.body, secrets)
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return Retryable(THROTTLED, not_before(answer.headers, now), answer.status, said)
    body = _json(answer)
    if answer.status in REFUSING and body is not None:
        return _refused(answer, dialect.refusal(answer.status, body), now, said)
    receipt = dialect.receipt(body) if 200 <= answer.status < 300 and body is not None else None
    return receipt or Uncertain(_unclear(answer, body), answer.status, said)


def _refused(answer: Answer, refusal: Refusal, now: datetime, said: str) -> Outcome:
    if refusal is None:
        return Uncertain("unclear", answer.status, said)
    if isinstance(refusal, RefusalKind):
        return Refused(refusal, answer.status, said)
    return Retryable(THROTTLED, not_before(answer.headers, now), answer.status, said)


def _unclear(answer: Answer, body: Any) -> str:
    if answer.body is None:
        return "cut_off"
    if 300 <= answer.status < 400:
        return "redirect"
    if answer.status >= 500:
        return "server_error"
    if body is None:
        return "not_json"
    return "no_id" if answer.status < 300 else "unclear"


def _json(answer: Answer) -> Any:
    try:
        return json.loads(answer.body or b"")
    except (ValueError, RecursionError):
        return None


def _said(problem: Exception | None) -> str:
    return f"{type(problem).__name__}: {problem}" if problem else ""


_KINDS = {401: RefusalKind.CREDENTIALS, 402: RefusalKind.MONEY, 403: RefusalKind.PERMISSION}


def _unread(made: Flight, dialect: Dialect, now: datetime, secrets: Sequence[str]) -> NetworkError:
    """Say why a reading failed; a new error, so that no library's exception hangs on to it."""
    answer = made.answer
    if not made.begun or answer is None or answer.body is None:
        return unanswered(made, dialect.name)
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return in_trouble(dialect.name, answer.status)
    kind = dialect.refusal(answer.status, _json(answer)) if answer.status in REFUSING else None
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or kind == THROTTLED:
        error = NetworkError("{network} asks to wait before it is read again.", network=dialect.name)
        error.not_before = not_before(answer.headers, now)
        return error
    known = kind if isinstance(kind, RefusalKind) else _KINDS.get(answer.status)
    said = excerpt(answer.body, secrets) or "…"
    text = (
        "{network} does not accept the keys of this account (HTTP {status}): copy them again, or have them renewed."
        if known is RefusalKind.CREDENTIALS
        else "{network} answers, but not as this network does (HTTP {status}): check its address in the settings."
        if _json(answer) is None
        else "{network} could not be read (HTTP {status}): {excerpt}"
    )
    error = NetworkError(text, network=dialect.name, status=answer.status, excerpt=said)
    error.kind = known.value if known else None
    return error


def unanswered(made: Flight, network: str) -> NetworkError:
    """Say why there is no answer: nobody there, nobody to be trusted, or not in time."""
    if made.begun:
        return NetworkError("{network} did not answer in time, or broke off.", network=network)
    if made.stage is Stage.TLS:
        return NetworkError(
            "{network} could not show who it is (its certificate): check the name, and this machine's clock.",
            network=network,
        )
    return NetworkError(
        "Nothing answers at {network}: check the name, and that this machine is online.", network=network
    )


def in_trouble(network: str, status: int) -> NetworkError:
    """Say that whoever answered cannot serve anybody for now."""
    return NetworkError(
        "{network} has trouble of its own (HTTP {status}): try again in a few minutes.", network=network, status=status
    )


def not_before(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return when the network wants to be asked again (aware), or None where it said nothing usable.

    Understood: Retry-After in seconds or as an HTTP-date (RFC 9110, 10.2.3), `x-rate-limit-reset` in seconds
    since 1970 (X), `X-RateLimit-Reset` in ISO 8601 or epoch (Mastodon and its kin), X's 24-hour limits when they
    are used up, and the minutes of `X-Business-Use-Case-Usage` (Graph API, "Rate limits"). The latest counts.
    Instants are theirs, so they are taken relative to their Date.

    Args:
        headers: with names in lower case.
        now: by our clock, aware.
    """
    theirs = http_date(headers.get("date")) or now
    asked = [_retry_after(headers.get("retry-after"), theirs)]
    asked += [_instant(headers.get(name)) for name in ("x-rate-limit-reset", "x-ratelimit-reset")]
    for scope in ("user", "app"):
        if headers.get(f"x-{scope}-limit-24hour-remaining") == "0":
            asked.append(_instant(headers.get(f"x-{scope}-limit-24hour-reset")))
    asked.append(_regained(headers.get("x-business-use-case-usage"), theirs))
    waits = [instant - theirs for instant in asked if instant is not None]
    usable = [wait for wait in waits if timedelta(0) < wait <= LONGEST_WAIT]
    return now + max(usable) if usable else None


def _retry_after(value: str | None, theirs: datetime) -> datetime | None:
    if value and value.strip().isascii() and value.strip().isdigit():
        seconds = int(value.strip()[:9])
        return theirs + timedelta(seconds=seconds)
    return _instant(value)


def _instant(value: str | None) -> datetime | None:
    text = (value or "").strip()
    try:
        if text.replace(".", "", 1).isdigit():
            return datetime.fromtimestamp(float(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return http_date(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _regained(value: str | None, theirs: datetime) -> datetime | None:
    try:
        usages = [usage for listed in json.loads(value or "{}").values() for usage in listed]
        minutes = max(int(usage["estimated_time_to_regain_access"]) for usage in usages)
        return theirs + timedelta(minutes=minutes)
    except (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError):
        return None
