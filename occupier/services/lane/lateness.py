"""Lateness: how long after an article the usual tool posts it on an account. Strike posts wait for it that long.

A tool that nobody stopped, and that is slower than occupier, would post beside what is out already. How long it takes
is a setting where somebody knows; else its first post that comes late tells, and holds until it is not heard any more.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from occupier.domain.action import Action
from occupier.domain.ports import Transaction
from occupier.domain.reconcile import RemotePost
from occupier.domain.setup import Account, Setup, Takeover

SILENCES = 3
"""After so many articles in a row for which it was waited in vain, the tool counts as stopped."""


def waits_until(tx: Transaction, account: Account, action: Action, setup: Setup) -> datetime | None:
    """Return until when the usual post about an action's article may still come; None if nobody expects one."""
    if account.takeover is Takeover.REPLACE or action.article_id is None:
        return None
    if any(seen.verdict == "elsewhere" for seen in tx.actions.observations(action.id, action.decided_at)):
        return None  # it was seen already
    until = tx.articles.get(action.article_id).first_seen_at + _wait(tx, account, action, setup)
    return until if until > tx.now else None


def _wait(tx: Transaction, account: Account, action: Action, setup: Setup) -> timedelta:
    late, _ = _known(tx, action)
    if late <= account.usual_within:  # no later than somebody said that it would be
        return account.usual_within
    # its next post may take longer than this one did; what waits for longer than half of its time would never leave
    return min(max(2 * late, setup.limits.usual_patience), setup.freshness / 2)


def note_heard(tx: Transaction, action: Action, post: RemotePost) -> None:
    """Write that a post of others announces an action's article: the longest that one took holds."""
    if action.article_id is None or action.strike_id is None:
        return
    late = post.created_at - tx.articles.get(action.article_id).first_seen_at
    longest, _ = _known(tx, action)
    if late > timedelta(0) or longest > timedelta(0):
        _write(tx, action, max(late, longest), set())


def note_unheard(tx: Transaction, action: Action) -> None:
    """Write that the usual post about an action's article did not come, though it was waited for."""
    late, silent = _known(tx, action)
    silent |= {action.id}
    if late > timedelta(0):
        _write(tx, action, late if len(silent) < SILENCES else timedelta(0), silent)


def _known(tx: Transaction, action: Action) -> tuple[timedelta, set[int]]:
    """Return the longest that the tool took, and the actions that waited for it in vain since it was heard."""
    seconds, silent = json.loads(tx.runtime.get(_key(action)) or "[0, []]")
    return timedelta(seconds=seconds), set(silent)


def _write(tx: Transaction, action: Action, late: timedelta, silent: set[int]) -> None:
    tx.runtime.set(_key(action), json.dumps([late.total_seconds(), sorted(silent)]) if late else None)


def _key(action: Action) -> str:
    return f"late:{action.strike_id}:{action.target_id}"
