"""The unit: a verb on a subject for a target, and the only table of its states."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Where an action stands. `TRANSITIONS` says where it can go."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    RETRY = "retry"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    FAILED = "failed"
    HELD = "held"
    MISSED = "missed"
    LEFT = "left"
    HANDED = "handed"
    """Given to a tool or a person outside: occupier cannot see the end of it."""


TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.PENDING: frozenset({State.SENDING, State.HELD, State.MISSED, State.LEFT, State.FAILED, State.HANDED}),
    State.HELD: frozenset({State.PENDING, State.MISSED, State.LEFT}),
    State.SENDING: frozenset({State.SENT, State.RETRY, State.REFUSED, State.UNCERTAIN, State.HANDED}),
    State.RETRY: frozenset({State.SENDING, State.SENT, State.HELD, State.MISSED, State.LEFT, State.FAILED}),
    State.UNCERTAIN: frozenset({State.SENT, State.RETRY, State.MISSED}),
    State.REFUSED: frozenset({State.RETRY}),
    State.FAILED: frozenset({State.RETRY}),
    State.SENT: frozenset(),
    State.MISSED: frozenset({State.SENT}),
    State.LEFT: frozenset(),
    State.HANDED: frozenset({State.SENT, State.MISSED}),
}

WAITING = frozenset({State.PENDING, State.RETRY})
"""What a lane may claim."""
FOR_A_PERSON = frozenset({State.UNCERTAIN, State.HELD})
"""What a person is asked about."""
GIVEN = frozenset({State.SENT, State.HANDED})
"""What has left: it is there, or a tool or a person outside has it."""
NOT_DONE = frozenset({State.REFUSED, State.FAILED, State.MISSED, State.LEFT})
"""What ended and was not done; some of it is tried again if a person asks."""
OVER = NOT_DONE | {State.SENT}
"""What is waited for no longer: it is done, or it is not."""


class Verb(StrEnum):
    """What is done to the subject."""

    PUBLISH = "publish"
    DELETE = "delete"
    EDIT = "edit"
    PUT = "put"


class Purpose(StrEnum):
    """Why it is done: the limits of a strike bind only what is done for one."""

    STRIKE = "strike"
    ORDINARY = "ordinary"
    REPLACE = "replace"
    """The usual post is taken away, so that the strike post can stand in its place."""
    GIVE_BACK = "give_back"
    """The usual post's own text is posted again, since the strike post could not follow."""
    RETRACT = "retract"
    RESTORE = "restore"
    DESTROYED = "destroyed"
    """What it was for is destroyed with the register of its strike."""

    @property
    def is_bound(self) -> bool:
        """Whether it is done only while its strike is in force, under its sealed plan."""
        return self in (Purpose.STRIKE, Purpose.REPLACE)


class Proof(StrEnum):
    """How it is known that a post is there."""

    RECEIPT = "receipt"
    TIMELINE = "timeline"
    PERSON = "person"


class GoneBy(StrEnum):
    """Who took a post away that was there."""

    OCCUPIER = "occupier"
    OTHERS = "others"
    UNKNOWN = "unknown"


ANNOUNCE = "announce"
"""The slot of an article's announcement: one per article and account, ever."""
_POST, _RETRACT, _RESTORE, _REPLACE, _GIVE_BACK = "post:", "retract:", "restore:", "replace:", "give_back:"
REPLACED, GIVEN_BACK = "replaced", "given_back"
"""The reasons of a deletion that nothing is owed for any more: the strike post is there, or the usual text again."""


def article_subject(article_id: int) -> str:
    """Return the subject that stands for an article."""
    return f"article:{article_id}"


def post_subject(remote_id: str) -> str:
    """Return the subject that stands for a post that is on a network."""
    return f"{_POST}{remote_id}"


def retract_slot(action_id: int, n: int = 1) -> str:
    """Return the slot of the `n`th retraction of what an action published; the later ones follow a vain one."""
    return f"{_RETRACT}{action_id}" if n == 1 else f"{_RETRACT}{action_id}:{n}"


def retracted_by(slot: str) -> int:
    """Return the id of the action whose post is retracted in this slot. Raises ValueError."""
    return int(slot.removeprefix(_RETRACT).partition(":")[0])


def restore_slot(action_id: int, n: int = 1) -> str:
    """Return the slot of the `n`th restoration of the post that an action edited; the later ones follow a vain one."""
    return f"{_RESTORE}{action_id}" if n == 1 else f"{_RESTORE}{action_id}:{n}"


def restored_by(slot: str) -> int:
    """Return the id of the action whose edit is undone in this slot. Raises ValueError."""
    return int(slot.removeprefix(_RESTORE).partition(":")[0])


def replace_slot(action_id: int, n: int = 1) -> str:
    """Return the slot of the `n`th deletion that makes room for what an action announces."""
    return f"{_REPLACE}{action_id}" if n == 1 else f"{_REPLACE}{action_id}:{n}"


def replaced_by(slot: str) -> int:
    """Return the id of the action for which a post is taken away in this slot. Raises ValueError."""
    return int(slot.removeprefix(_REPLACE).partition(":")[0])


def give_back_slot(deletion_id: int) -> str:
    """Return the slot in which what a deletion took away is posted again."""
    return f"{_GIVE_BACK}{deletion_id}"


def given_back_for(slot: str) -> int:
    """Return the id of the deletion whose post is given back in this slot. Raises ValueError."""
    return int(slot.removeprefix(_GIVE_BACK))


@dataclass(frozen=True, slots=True)
class Payload:
    """What is sent, to the byte: frozen at the first claim. `link` is ASCII, or None when the text goes without."""

    text: str
    link: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return the canonical JSON: sorted keys, no blanks, nothing escaped that need not be."""
        value = {"text": self.text, "link": self.link, "options": dict(self.options)}
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Payload:
        """Read what `to_json` wrote."""
        value = json.loads(text)
        return cls(value["text"], value["link"], value["options"])

    @property
    def shown(self) -> str:
        """What readers see: a link that travels beside the text (Facebook) stands below it."""
        return self.text if self.link is None or self.link in self.text else f"{self.text}\n{self.link}"

    @property
    def hash(self) -> str:
        """The SHA-256 of the canonical JSON, in hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Action:
    """One outgoing action as the journal knows it; times are aware and in UTC."""

    id: int
    target_id: int
    verb: Verb
    subject: str
    slot: str
    purpose: Purpose
    state: State
    due_at: datetime
    decided_at: datetime
    reason: str | None = None
    article_id: int | None = None
    strike_id: int | None = None
    ordinary_text: str | None = None
    payload: Payload | None = None
    pool_index: int | None = None
    claim_token: str | None = None
    claimed_at: datetime | None = None
    deadline: datetime | None = None
    attempts: int = 0
    remote_id: str | None = None
    remote_url: str | None = None
    proof: Proof | None = None
    sent_at: datetime | None = None
    before: str | None = None
    gone_at: datetime | None = None
    gone_by: GoneBy | None = None
    handed_at: datetime | None = None
    read_at: datetime | None = None
    """When the tool that it was handed to was first seen to read it."""

    @property
    def post_id(self) -> str | None:
        """The network's id of the post that it is done to; None for what is done to no post.

        An announcement that is made by editing the usual tool's post keeps the article as its subject.
        """
        if self.subject.startswith(_POST):
            return self.subject.removeprefix(_POST)
        return self.remote_id if self.verb is Verb.EDIT else None

    @property
    def replaced(self) -> str | None:
        """How the usual post gave way to this one: `edited` or `deleted`; None where it did not."""
        if self.before is None or self.purpose is not Purpose.STRIKE:
            return None
        return "edited" if self.verb is Verb.EDIT else "deleted"

    @property
    def undoes(self) -> bool:
        """Whether it undoes what another action did, most often at a person's word: no strike's limits bind it."""
        return self.purpose in (Purpose.RETRACT, Purpose.RESTORE, Purpose.GIVE_BACK)

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of these bytes on this action, and for nothing else."""
        payload = self.payload.hash if self.payload else ""
        return hashlib.sha256(f"{self.id}:{self.subject}:{self.slot}:{payload}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to a network about one action."""

    action_id: int
    n: int
    token: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: str | None = None
    http_status: int | None = None
    not_before: datetime | None = None
    cost_microusd: int = 0
    excerpt: str = ""
