"""What is to be done: targets, and the actions on them from decision to review."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from occupier.domain.action import ANNOUNCE, Action, Attempt, GoneBy, Payload, Proof, Purpose, State, Verb
from occupier.domain.limits import Ceilings
from occupier.domain.outcome import Outcome
from occupier.domain.reconcile import RemotePost
from occupier.domain.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Target:
    """An account as its network knows it; `verified_at` None until it said who it is."""

    id: int
    name: str
    platform: str
    host: str
    remote_id: str | None
    limits: Mapping[str, int] = field(default_factory=dict)
    verified_at: datetime | None = None


class Targets(Protocol):
    """Accounts as the networks know them."""

    def ensure(self, name: str, platform: str, host: str, remote_id: str | None) -> Target:
        """Return the target that the settings' account is, known by its identity or, before that, by its name."""

    def verified(self, target_id: int, remote_id: str, limits: Mapping[str, int], at: datetime) -> Target:
        """Note an account's identity; one that was known under another name takes over what waited for it."""

    def all(self) -> list[Target]:
        """Return every target."""


@dataclass(frozen=True, slots=True)
class NewAction:
    """An action to write; nothing is written if its target, subject and slot have one."""

    target_id: int
    article_id: int
    purpose: Purpose
    state: State
    reason: str
    due_at: datetime
    decided_at: datetime
    strike_id: int | None = None
    ordinary_text: str | None = None
    verb: Verb = Verb.PUBLISH
    subject: str | None = None
    """None: the article's."""
    slot: str = ANNOUNCE
    before: str | None = None
    """The text that is there, where the action changes it or takes it away."""
    article_hash: str | None = None
    """Over what the log shows of the article: see `domain.agreement`."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a lane asks for: this action, these bytes, under this strike, within these ceilings."""

    action_id: int
    payload: Payload
    purpose: Purpose
    strike_id: int | None
    pool_index: int | None
    token: str
    guard: timedelta
    call: timedelta
    ceilings: Ceilings
    cost_microusd: int = 0
    budget_microusd: int | None = None
    budget_since: datetime | None = None
    plan: str | None = None
    """The fingerprint of what would run, on the accounts that were meant; None where another account would."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim is committed: the call may be made, by `deadline`."""

    action: Action
    at: datetime
    deadline: datetime
    strike_ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Blocked:
    """The claim was not granted: a stable reason, and when to ask again where that is known.

    Reasons: paused, ceiling, spacing, throttled, budget, strike, plan (not the one that was voted), changed (somebody
    else was there first).
    """

    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """How a settled or reviewed action stands from now on."""

    state: State
    reason: str
    due_at: datetime | None = None
    remote_id: str | None = None
    remote_url: str | None = None
    proof: Proof | None = None
    sent_at: datetime | None = None
    thaw: bool = False
    """Surely unsent so far: the payload may be rendered again."""
    payload: Payload | None = None
    """Frozen before any claim: what a person is asked about is what leaves, to the byte."""
    pool_index: int | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One reading of a timeline about one action: present, absent, elsewhere, or edited by somebody since."""

    action_id: int
    at: datetime
    complete: bool
    verdict: str
    found_remote_id: str | None = None
    cost_microusd: int = 0
    post: RemotePost | None = None
    """That of others, for the record: when, where and with what it was made."""


class Actions(Protocol):
    """The outbox: decide, claim, settle, review."""

    def add(self, new: NewAction) -> Action | None:
        """Write an action and its event; None if there is one already."""

    def get(self, action_id: int) -> Action:
        """Return one action; raises UnknownName."""

    def due(
        self, target_id: int, now: datetime, only: int | None = None, closed: Collection[int] = ()
    ) -> Action | None:
        """Return the oldest pending or retry action whose hour has come; `only` that one, where one is named.

        What is bound to one of the strikes in `closed` is passed over, and a post for which the usual one is being
        taken away.
        """

    def next_undoing(self, target_id: int, now: datetime) -> Action | None:
        """Return the oldest waiting action that takes something back at a person's word, if its hour has come."""

    def next_at(self, target_id: int) -> datetime | None:
        """Return the next hour at which this target has something to send or to look for."""

    def in_state(self, *states: State, target_id: int | None = None) -> list[Action]:
        """Return the actions in these states, oldest first."""

    def count_in_state(self, *states: State) -> int:
        """Return how many actions are in these states."""

    def held_for(self, reason: str, target_id: int | None = None) -> list[Action]:
        """Return the actions on hold for this reason, oldest first."""

    def has_begun(self, target_id: int, strike_id: int) -> bool:
        """Say whether a call was ever claimed for a strike post of this strike on the target."""

    def handed(self, target_id: int, since: datetime) -> list[Action]:
        """Return what a target was handed and nobody knows the end of, oldest first.

        What was given up meanwhile is among it, if it was handed since then: a person may still say what became of it.
        """

    def last_pool_index(self, target_id: int) -> int | None:
        """Return the place in its pool of the target's last claimed strike post."""

    def claim(self, claim: Claim) -> Claimed | Blocked:
        """Commit to one call: reads the clock itself, checks every condition, writes the attempt and the event."""

    def blocked(self, claim: Claim) -> Blocked | None:
        """Say what stands in the way of a claim, without making it; None if it would be granted."""

    def settle(self, action: Action, change: Change, outcome: Outcome) -> bool:
        """Write what became of the call, under the claim's own token; False if the claim is no longer ours."""

    def change(self, action: Action, change: Change, kind: str) -> bool:
        """Move an action that no call is about; False if it is no longer in the state that was read."""

    def attempts(self, action_id: int) -> list[Attempt]:
        """Return the attempts of one action, first to last."""

    def observe(self, observation: Observation) -> None:
        """Write what a reading of the timeline found."""

    def observations(self, action_id: int, since: datetime) -> list[Observation]:
        """Return the readings about one action since then, first to last."""

    def retractions(self, action_id: int) -> list[Action]:
        """Return the actions that were to take away what this one published, first to last."""

    def restorations(self, action_id: int) -> list[Action]:
        """Return the actions that were to put back the post that this one edited, first to last."""

    def edited(self, strike_id: int) -> list[Action]:
        """Return the announcements of a strike that edited a post that was there, or may have, oldest first."""

    def take_over(self, action: Action, post_id: str, before: Snapshot | None, payload: Payload | None) -> bool:
        """Have an announcement made by editing a post that is there; False if it no longer waits.

        Args:
            action: that waits.
            post_id: of the post.
            before: the post as it was read; None before that.
            payload: what stays frozen of its text, as it is to be sent to this post; None where nothing is.
        """

    def let_go(self, action: Action, payload: Payload | None) -> bool:
        """Have an announcement made by a post of its own again, with what stays frozen; False if it no longer waits."""

    def keep(self, action: Action, before: Snapshot) -> bool:
        """Write down, as it is, the post that an action takes away or took the place of; False if that is known."""

    def replacements(self, action: Action) -> list[Action]:
        """Return the actions that were to take the usual post away for this announcement, first to last."""

    def deleted(self, strike_id: int) -> list[Action]:
        """Return the deletions that took usual posts away in a strike, oldest first."""

    def owed(self, target_id: int | None = None) -> list[Action]:
        """Return the deletions of usual posts in whose place nothing stands yet, oldest first."""

    def given_back(self, deletion: Action) -> Action | None:
        """Return the action that posts again what this one took away; None where there is none."""

    def gone(self, action: Action, by: GoneBy, at: datetime) -> bool:
        """Note that an action's post is no longer there, and write the event; False if that is known."""

    def read(self, ids: Collection[int], by: str) -> list[Action]:
        """Note that a tool was seen to read what it was handed, for the first time; return what it had not read.

        `by` is what it calls itself (a user agent), never an address.
        """

    def remote_ids(self, target_id: int, besides: int) -> set[str]:
        """Return the ids of this target's posts that belong to other actions than `besides`."""

    def newest_post(self, target_id: int, since: datetime, until: datetime) -> str | None:
        """Return the id of the target's newest post of `[since, until)` that nobody is known to have taken away."""

    def last_outcomes(self, target_id: int, count: int) -> list[str]:
        """Return the outcomes of the target's last settled attempts, newest first."""

    def last_sent(self, target_id: int) -> Action | None:
        """Return the target's latest post."""

    def spent(self, target_id: int, since: datetime) -> int:
        """Return what writes, uncertain ones too, and reads cost since then, in millionths of a US dollar."""

    def spent_reading(self, target_id: int, since: datetime) -> int:
        """Return what reads alone cost since then, in millionths of a US dollar."""
