"""Whether a row of the log is what its own events tell, step by step. Pure; one row at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from occupier.domain.action import TRANSITIONS, State
from occupier.domain.errors import Sentence
from occupier.domain.ledger import Break, Record
from occupier.domain.times import utc_text

_FROZEN = (State.SENT.value, State.SENDING.value, State.HANDED.value)
"""States in which the text that left, or leaves, is known."""
Row = Mapping[str, Any]
"""A row as it is stored, by the names of its columns: times are texts."""

_LOOKS = ("observed", "announced_elsewhere")
"""The kinds of events that a reading of a timeline writes."""
_POST = ("remote_id", "remote_url", "proof", "sent_at")


@dataclass(frozen=True, slots=True)
class History:
    """An action with all that there is about it. `action` None: something speaks of a row that is not there."""

    action_id: int
    action: Row | None
    records: tuple[Record, ...] = ()
    attempts: tuple[Row, ...] = ()
    observations: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the whole of the record says beforehand: the destroyed registers, and accounts that others took over."""

    destroyed: Collection[int] = ()
    handed: Mapping[int, int] = field(default_factory=dict)

    def same_target(self, one: object, other: object) -> bool:
        """Say whether two targets are one account, as those know who saw it handed over."""
        return self._owner(one) == self._owner(other)

    def _owner(self, target: object) -> object:
        seen = set()
        while isinstance(target, int) and target in self.handed and target not in seen:
            seen.add(target)
            target = self.handed[target]
        return target


def disagreement(history: History, known: Known) -> Break | None:
    """Return the first thing in which a row, its events, its attempts and its readings do not agree."""
    found = next(_disagreements(history, known), None)
    if found is None:
        return None
    seq, what = found
    return Break(what, seq, history.action_id)


Found = tuple[int | None, Sentence]


def _disagreements(history: History, known: Known) -> Iterator[Found]:
    row, records = history.action, history.records
    if row is None:
        yield _first(records), Sentence("something speaks of it, and the log has no such row")
    elif row["purpose"] == "destroyed":
        yield from _destroyed(history, row, known)
    elif not records or records[0].kind != "decided":
        yield _first(records), Sentence("the record of its decision is missing")
    else:
        yield from _replayed(history, row, known)


def _first(records: tuple[Record, ...]) -> int | None:
    return records[0].seq if records else None


def _destroyed(history: History, row: Row, known: Known) -> Iterator[Found]:
    if row["strike_id"] not in known.destroyed:
        yield None, Sentence("it is empty, and no destruction of a register says so")
    if history.records:
        yield history.records[0].seq, Sentence("it was destroyed, and a record still speaks of it")


def _replayed(history: History, row: Row, known: Known) -> Iterator[Found]:
    yield from _decided(history.records[0], row)
    replay = _Replay(row, history.attempts, known)
    for record in history.records:
        yield from ((record.seq, what) for what in replay.take(record))
    last = history.records[-1].seq
    yield from ((last, what) for what in replay.end())
    looks = [_said(record).get("verdict") for record in history.records if record.kind in _LOOKS]
    if looks != [seen["verdict"] for seen in history.observations]:
        yield last, Sentence("the readings of the timeline are not those that were recorded")


def _decided(record: Record, row: Row) -> Iterator[Found]:
    said = _said(record)
    told = {
        "subject": row["subject"],
        "purpose": row["purpose"],
        "usual_hash": text_hash(row["ordinary_text"]),
        "before_hash": text_hash(row["before"]),
        "article_hash": _article(row),
    }
    wrong = next((name for name, value in told.items() if name in said and said[name] != value), None)
    if wrong is not None:
        words = {
            "subject": Sentence("it is about another article than the one that was decided about"),
            "purpose": Sentence("it serves another purpose than the one that was recorded"),
            "before_hash": Sentence("the text that was there before is not the one that was recorded"),
            "usual_hash": Sentence("the text of the usual post is not the one that was recorded"),
            "article_hash": Sentence("its article is not the one that was recorded"),
        }
        yield record.seq, words[wrong]
    if record.at != row["decided_at"]:
        yield record.seq, Sentence("the hour of its decision is not the one that was recorded")


class _Replay:
    """Goes through an action's events as they happened."""

    def __init__(self, row: Row, attempts: tuple[Row, ...], known: Known) -> None:
        self._row, self._attempts, self._known = row, attempts, known
        self._state: str | None = None
        self._reason: object = None
        self._claims = 0
        self._claimed: Mapping[str, Any] = {}
        self._frozen: object = None
        self._post: Mapping[str, Any] = {}
        self._strike_id: int | None = None
        self._gone = False
        self._handed: Mapping[str, Any] = {}
        self._before: object = text_hash(row["before"])

    def take(self, record: Record) -> Iterator[Sentence]:
        said = _said(record)
        if not self._known.same_target(record.target_id, self._row["target_id"]):
            yield Sentence("it is on another account than the one that was recorded")
        self._strike_id = record.strike_id if record.strike_id is not None else self._strike_id
        self._gone = self._gone or record.kind == "gone"
        if record.kind == "read":
            self._handed = {**self._handed, "read_at": record.at}
        if record.kind == "kept":
            self._before = said.get("before_hash")
        if record.kind in ("taken_over", "let_go"):
            self._post, self._before = {"remote_id": said.get("remote_id")}, said.get("before_hash")
            self._frozen = said.get("payload_hash")
        if record.kind == "decided":
            self._state, self._reason = said.get("state"), said.get("reason")
        elif record.kind == "claimed":
            yield from self._claim(record, said)
        elif "to" in said:
            yield from self._move(record, said)

    def _claim(self, record: Record, said: Mapping[str, Any]) -> Iterator[Sentence]:
        yield from self._steps(said.get("from"), State.SENDING.value)
        self._claims, self._claimed, self._reason = self._claims + 1, said, "claimed"
        self._frozen = said.get("payload_hash")
        attempt = self._attempt()
        if said.get("n") != self._claims or attempt is None or attempt["started_at"] != record.at:
            yield Sentence("the attempt that it claims is not there")

    def _move(self, record: Record, said: Mapping[str, Any]) -> Iterator[Sentence]:
        yield from self._steps(said.get("from"), said["to"])
        self._reason = said.get("reason")
        self._frozen = said.get("payload_hash", self._frozen)
        if said["to"] == State.SENT.value:
            self._post = {"sent_at": record.at, **said}
        if said["to"] == State.HANDED.value:
            self._handed = {"handed_at": record.at}
        if record.kind == "settled":
            yield from self._settled(record, said)

    def _steps(self, was: object, to: str) -> Iterator[Sentence]:
        if was != self._state or (to != was and to not in TRANSITIONS.get(_state(was), ())):
            yield Sentence("it cannot have become “{to}” from “{was}”", {"to": to, "was": self._state})
        self._state = to

    def _settled(self, record: Record, said: Mapping[str, Any]) -> Iterator[Sentence]:
        attempt = self._attempt() or {}
        told = {"ended_at": record.at, "outcome": said.get("outcome"), "http_status": said.get("http_status"),
                "excerpt": said.get("excerpt", ""), "not_before": said.get("not_before"),
                "cost_microusd": said.get("cost_microusd", self._claimed.get("cost_microusd"))}  # fmt: skip
        if any(attempt.get(name) != value for name, value in told.items()):
            yield Sentence("what became of its attempt is not what was recorded")

    def _attempt(self) -> Row | None:
        return self._attempts[self._claims - 1] if 0 < self._claims <= len(self._attempts) else None

    def end(self) -> Iterator[Sentence]:
        """Compare the row with where the events end."""
        row = self._row
        if row["state"] != self._state:
            values = {"state": row["state"], "told": self._state}
            yield Sentence("it stands as “{state}”, and its records end with “{told}”: some were removed, or the row"
                           " was changed", values)  # fmt: skip
        if row["reason"] != self._reason:
            yield Sentence("its reason is not the one that was recorded")
        if not self._claims == row["attempts"] == len(self._attempts):
            yield Sentence("its attempts are not those that were recorded")
        if self._strike_id != row["strike_id"]:
            yield Sentence("it is under another strike than the one that was recorded")
        if not self._is_payload():
            yield Sentence("its text is not the one that was recorded")
        if any(row[name] != self._post.get(name) for name in _POST):
            yield Sentence("its post is not the one that was recorded")
        if text_hash(row["before"]) != self._before:
            yield Sentence("the text that was there before is not the one that was recorded")
        if any(row[name] != self._handed.get(name) for name in ("handed_at", "read_at")):
            yield Sentence("when it was handed over, or read, is not what was recorded")
        if self._gone != (row["gone_at"] is not None):
            yield Sentence("whether its post is still there is not what was recorded")

    def _is_payload(self) -> bool:
        text = self._row["payload"]
        if text is None:
            return self._row["payload_hash"] is None and self._state not in _FROZEN
        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
        return bool(digest == self._row["payload_hash"] == self._frozen)


def _state(word: object) -> State:
    return State(word) if word in {state.value for state in State} else State.SENT


def _said(record: Record) -> Mapping[str, Any]:
    said = json.loads(record.data)
    return said if isinstance(said, dict) else {}


def _article(row: Row) -> str | None:
    return _fields_hash(row["title"], row["link"], row["published_at"], row["first_seen_at"])


def text_hash(text: str | None) -> str | None:
    """Return the SHA-256 of a text, by which a record covers it without repeating it; None of none."""
    return None if text is None else hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()


def article_hash(title: str, link: str, published_at: datetime | None, first_seen_at: datetime) -> str:
    """Return the SHA-256 over what the log shows of an article; times aware."""
    return _fields_hash(title, link, utc_text(published_at) if published_at else None, utc_text(first_seen_at))


def _fields_hash(*fields: str | None) -> str:
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode("utf-8", "surrogateescape")).hexdigest()
