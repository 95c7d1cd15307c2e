"""Having done what a person asked of a post: by the daemon, which holds the database, or else by the command."""

from __future__ import annotations

from datetime import datetime, timedelta

from occupier.bootstrap import House
from occupier.cli.session import Session
from occupier.domain.action import OVER, Action, State
from occupier.domain.ports import Target
from occupier.domain.setup import Account
from occupier.services.lane.terms import Step
from occupier.speech import gettext as _
from occupier.storage.lock import holding, is_held

PATIENCE, LOOK = 60.0, 0.25
"""Seconds that an action is waited for, and between two looks."""
UNREACHED = Step(blocked="unreached")
"""The account did not answer to the keys of the settings: nothing was done."""


def have_it_done(session: Session, house: House, account: Account, target: Target, action: Action) -> Step | None:
    """Wait for the daemon, or do it here where none runs; return what stands in the way, if anything does."""
    if is_held(session.settings.database):
        _await(session, house, action)
        return None
    with holding(session.settings.database):
        return _do(session, house, account, target, action)


def in_the_way(now: Action, blocked: Step | None) -> tuple[str, datetime]:
    """Return the reason of how an action stands, or of what blocks it, and when it is tried again (aware)."""
    if blocked is None:
        return str(now.reason), now.due_at
    return str(blocked.blocked or now.reason), blocked.at or now.due_at


def say_who_goes_on(session: Session, command: str) -> None:
    """Say what to type where nobody works off what is still to be done."""
    if not is_held(session.settings.database):
        text = _("No daemon is running: type {command} again then, or start {daemon}.")
        session.say(text.format(command=command, daemon="occupier run"))


def _await(session: Session, house: House, action: Action) -> None:
    until = session.clock.monotonic() + PATIENCE
    while not _is_settled(session, house, action) and session.clock.monotonic() < until:
        session.rest(LOOK)


def _is_settled(session: Session, house: House, action: Action) -> bool:
    now = house.controlling.outcome(action.id)
    waits = now.state in (State.PENDING, State.RETRY, State.UNCERTAIN)
    return now.state in OVER or (waits and now.due_at > session.now() + timedelta(seconds=PATIENCE))


def _do(session: Session, house: House, account: Account, target: Target, action: Action) -> Step | None:
    found = house.identifying.target(account).target
    if found is None or found.id != target.id:
        return UNREACHED
    until = session.clock.monotonic() + PATIENCE
    while True:
        step = house.posting.step(account, found, action.id)
        if not step.again:
            house.reconciling.recover(found)
            house.reconciling.look(account, found)
        now = house.controlling.outcome(action.id)
        wait = ((step.at or now.due_at) - session.now()).total_seconds()
        if now.state in OVER or session.clock.monotonic() + wait > until:
            return step if step.blocked else None
        session.rest(max(wait, 0.0 if step.again else LOOK))
