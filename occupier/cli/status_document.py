"""The status for programs: stable names, times in UTC, absent values null."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from occupier.cli.session import Session
from occupier.cli.standing import Look
from occupier.cli.status_waiting import to_type
from occupier.cli.strikes import as_record, iso, known_strikes
from occupier.domain.action import Action
from occupier.domain.ports import FeedState, Pause
from occupier.domain.recount import Slipped
from occupier.domain.times import quarter_before
from occupier.domain.ways import way_of
from occupier.services.eve.eve import LastCheck
from occupier.services.lane.by_hand import Task
from occupier.services.review.reviewing import AccountStatus, Sealed
from occupier.speech import GROUPS, Group, say

_NOTHING_YET: dict[str, Any] = {
    "at": None, "running": False, "heartbeat_at": None, "alive": False, "dry_run": False, "strikes": [], "plans": [],
    "feeds": [], "accounts": [], "pauses": [], "pause_file": False, "waiting": [], "to_do": [], "next": [], "gaps": [],
    "afterwards": [], "check": None, "jobs": {}, "head": None,
}  # fmt: skip
"""Before there is a database: every name is there, so that a program need not ask for it."""


def document(session: Session, look: Look | None) -> dict[str, Any]:
    """Return everything that `status` shows, and a little more; `look` is None where there is no database yet."""
    if look is None:
        strikes = [as_record(s, session.now()) for s in known_strikes(session)]
        return _NOTHING_YET | {"at": iso(session.now()), "strikes": strikes}
    found, names = look.found, {target.id: target.name for target in look.targets.values()}
    return {
        "at": iso(found.now),
        "running": look.running,
        "heartbeat_at": iso(found.heartbeat),
        "alive": look.running and found.alive,
        "dry_run": look.dry,
        "strikes": [as_record(s, found.now) for s in known_strikes(session)],
        "plans": [_plan(sealed) for sealed in found.seals],
        "feeds": [_feed(f) for f in found.feeds],
        "accounts": [_account(a, names) for a in found.accounts],
        "pauses": [_pause(p, names) for p in found.pauses],
        "pause_file": look.pause_file,
        "waiting": [_waiting(a, names) for a in found.waiting],
        "to_do": [_task(task) for task in found.to_do],
        "next": [{"at": iso(c.at), "kind": c.kind.value, "strike": c.strike} for c in found.coming],
        "gaps": [{"feed": g.feed, "from": iso(g.since), "to": iso(g.until)} for g in found.gaps],
        "afterwards": [
            {"strike": left.strike.name, "steps": [say(step, session.setup.zone) for step in left.steps]}
            for left in found.left
        ],
        "check": _check(found.checked),
        "jobs": dict(found.jobs),
        "head": {"seq": found.head.seq, "hash": found.head.hash} if found.head else None,
    }


def _check(last: LastCheck | None) -> Mapping[str, object] | None:
    return {"at": iso(last.at), "ready": last.red == 0, "red": last.red, "amber": last.amber} if last else None


def _plan(sealed: Sealed) -> Mapping[str, object]:
    seal = sealed.seal
    return {"strike": sealed.strike.name, "fingerprint": seal.fingerprint, "sealed_at": iso(seal.sealed_at),
            "held_since": iso(seal.held_since)}  # fmt: skip


def _feed(feed: FeedState) -> Mapping[str, object]:
    return {"name": feed.name, "url": feed.url, "last_ok_at": iso(feed.last_ok_at), "next_at": iso(feed.next_at),
            "baseline_at": iso(feed.baseline_at), "failures": feed.failures}  # fmt: skip


def _account(found: AccountStatus, names: Mapping[int, str]) -> Mapping[str, object]:
    last = found.last_post
    return {
        "name": found.account.name,
        "platform": found.account.platform,
        "verified": found.verified,
        "groups": {group.value: sum(found.counts.get(state, 0) for state in GROUPS[group]) for group in Group},
        "states": {state.value: n for state, n in found.counts.items()},
        "last_post": {"id": str(last.id), "url": last.remote_url, "sent_at": iso(last.sent_at)} if last else None,
        "next_at": iso(found.next_at),
        "spent_today_usd": found.spent_microusd / 1e6,
        "budget_per_day_usd": None if found.account.budget_microusd is None else found.account.budget_microusd / 1e6,
        "pauses": [_pause(p, names) for p in found.pauses],
        "way": way_of(found.account).value,
        "usual_posts": found.elsewhere,
        "last_usual_post": _slipped(found.slipped),
    }


def _slipped(last: Slipped | None) -> Mapping[str, object] | None:
    return {"at": iso(last.at), "url": last.url, "application": last.application} if last else None


def _pause(pause: Pause, names: Mapping[int, str]) -> Mapping[str, object]:
    account = names.get(pause.target_id) if pause.target_id is not None else None
    # in a team of two, the exact hour of a pause is a name
    since = quarter_before(pause.since) if pause.by == "person" else pause.since
    return {"account": account, "by": pause.by, "reason": pause.reason, "since": iso(since)}


def _task(task: Task) -> Mapping[str, object]:
    action = task.action
    return {"id": str(action.id), "account": task.account.name, "title": task.title, "text": task.payload.shown,
            "page": task.page, "handed_at": iso(action.handed_at), "state": action.state.value}  # fmt: skip


def _waiting(action: Action, names: Mapping[int, str]) -> Mapping[str, object]:
    return {
        "id": str(action.id),
        "account": names.get(action.target_id),
        "state": action.state.value,
        "reason": action.reason,
        "decided_at": iso(action.decided_at),
        "commands": list(to_type(action)),
    }
