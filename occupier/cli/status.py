"""`status`: how things stand, at one instant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from occupier.bootstrap import House
from occupier.cli.control import pause_lines
from occupier.cli.session import Session
from occupier.cli.spoken import command, json_flag
from occupier.cli.strikes import as_record, describe, iso, known_strikes, standing_words
from occupier.domain.action import Action, State
from occupier.domain.errors import Sentence
from occupier.domain.ports import FeedState, Pause
from occupier.services.reviewing import AccountStatus, Status
from occupier.speech import (
    GROUPS,
    Group,
    clean_line,
    countdown,
    group_words,
    language,
    moment,
    network_name,
    ngettext,
    reason_words,
    state_words,
)
from occupier.speech import gettext as _
from occupier.storage.lock import is_held
from occupier.storage.migrate import Standing, standing


@command(
    Sentence(
        "Show how things stand: who runs, the strike in force or the next one, each feed and account, what is stopped"
        " and why, and what waits for a person, with the command to type."
    ),
    json_flag(),
)
def status(session: Session) -> None:
    """Read the journal and show it."""
    if standing(session.settings.database) is Standing.MISSING:
        _nothing_yet(session)
        return
    house = session.house()
    found = house.reviewing.status()
    running = is_held(session.settings.database)
    if session.as_json:
        session.show_json(_document(session, house, found, running))
        return
    for line in _lines(session, house, found, running):
        session.say(line)


def _nothing_yet(session: Session) -> None:
    strikes = known_strikes(session)
    if session.as_json:
        session.show_json({
            "at": iso(session.now()), "running": False, "heartbeat_at": None, "alive": False, "dry_run": False,
            "strikes": [as_record(s, session.now()) for s in strikes],
            "feeds": [], "accounts": [], "pauses": [], "waiting": [], "head": None,
        })  # fmt: skip
        return
    session.say(_("No daemon is running. Start it: {command}").format(command="occupier run"))
    for line in _strike_lines(session, strikes):
        session.say(line)


def _lines(session: Session, house: House, found: Status, running: bool) -> Iterator[str]:
    yield _running(session, found, running)
    yield from _strike_lines(session, known_strikes(session))
    stops = [p for p in found.pauses if p.target_id is None]
    if house.store.pause_file.exists() and not any(p.by == "file" for p in stops):
        stops.append(Pause(None, "file", "file", found.now))
    yield from pause_lines(session, house, stops)
    yield ""
    yield _("Feeds")
    for source in session.setup.feeds:
        yield "  " + _feed(source.name, next((f for f in found.feeds if f.name == source.name), None), found)
    yield _("Accounts")
    for account in found.accounts:
        yield from _account(session, house, account)
    yield from _waiting(session, house, found.waiting)
    if found.head is not None:
        text = _("Head of the log, to be noted elsewhere ({n} records): {head}")
        yield text.format(n=found.head.seq, head=found.head.hash)


def _running(session: Session, found: Status, running: bool) -> str:
    if not running and found.heartbeat is not None:
        text = _("No daemon is running any more; its last sign of life was {when}. Start it: {command}")
        return text.format(when=countdown(found.heartbeat, found.now), command="occupier run")
    if not running:
        return _("No daemon is running. Start it: {command}").format(command="occupier run")
    if found.heartbeat is None:
        return _("An occupier holds the database, and has given no sign of life yet.")
    when = countdown(found.heartbeat, found.now)
    if found.alive:
        return _("The daemon is running; last sign of life {when}.").format(when=when)
    return _("The daemon holds the database, but its last sign of life was {when}: restart it.").format(when=when)


def _strike_lines(session: Session, strikes: list[Any]) -> Iterator[str]:
    now = session.now()
    current = [s for s in strikes if not s.is_over(now)]
    if not current:
        yield _("No strike is declared: no strike post is sent.")
    for strike in current:
        yield _("Strike “{name}”: {stands}").format(name=strike.name, stands=standing_words(strike, now))
        for line in describe(strike, session.setup, now):
            yield f"  {line}"


def _feed(name: str, state: FeedState | None, found: Status) -> str:
    if state is None or (state.last_ok_at is None and not state.failures):
        return _("{feed}: not read yet").format(feed=name)
    when = countdown(state.last_ok_at, found.now) if state.last_ok_at else _("never")
    if state.failures:
        one, many = "{feed}: {n} failure in a row; last read {when}", "{feed}: {n} failures in a row; last read {when}"
        text = ngettext(one, many, state.failures)
        return text.format(feed=name, n=state.failures, when=when)
    return _("{feed}: last read {when}").format(feed=name, when=when)


def _account(session: Session, house: House, found: AccountStatus) -> Iterator[str]:
    name, network = found.account.name, network_name(found.account.platform)
    known = _("its network has confirmed it") if found.verified else _("not confirmed by its network yet")
    yield "  " + _("{account} ({network}): {known}").format(account=name, network=network, known=known)
    counts = (f"{group_words(group)} {_count(found, group)}" for group in Group)
    yield "    " + " · ".join(counts)
    if found.last_post is not None and found.last_post.sent_at is not None:
        when = moment(found.last_post.sent_at, session.setup.zone, session.now())
        address = clean_line(found.last_post.remote_url or found.last_post.remote_id or "")
        yield "    " + _("last post {when}: {address}").format(when=when, address=address)
    if found.account.budget_microusd is not None:
        spent, budget = dollars(found.spent_microusd), dollars(found.account.budget_microusd)
        yield "    " + _("spent today: ${spent} of ${budget}").format(spent=spent, budget=budget)
    for line in pause_lines(session, house, found.pauses):
        yield f"    {line}"


def dollars(microusd: int, digits: int = 2) -> str:
    """Return millionths of a dollar in dollars, as the language writes numbers."""
    amount = f"{microusd / 1e6:.{digits}f}"
    return amount.replace(".", ",") if language() == "fr" else amount


def _count(found: AccountStatus, group: Group) -> int:
    return sum(found.counts.get(state, 0) for state in GROUPS[group])


def _waiting(session: Session, house: House, waiting: tuple[Action, ...]) -> Iterator[str]:
    if not waiting:
        yield _("Nothing waits for a person.")
        return
    yield ngettext("{n} post waits for a person:", "{n} posts wait for a person:", len(waiting)).format(n=len(waiting))
    with house.store.reading() as tx:
        targets = {t.id: t for t in tx.targets.all()}
        titles = {a.id: tx.articles.get(a.article_id).title for a in waiting if a.article_id}
    for action in waiting:
        target = targets[action.target_id]
        words = state_words(action.state, zone=session.setup.zone, verb=action.verb)
        why = reason_words(action.reason, target.platform) if action.reason else ""
        yield f"  {action.id}  {target.name}  {words}  {clean_line(titles.get(action.id, ''))}"
        yield f"     {why}"
        yield f"     {_command(action)}"


def _command(action: Action) -> str:
    if action.state is State.UNCERTAIN:
        return _("occupier resolve {id} --published ADDRESS, or --not-published").format(id=action.id)
    return _("occupier release {id}, or occupier drop {id}").format(id=action.id)


def _document(session: Session, house: House, found: Status, running: bool) -> dict[str, Any]:
    with house.store.reading() as tx:
        names = {t.id: t.name for t in tx.targets.all()}
        dry = tx.runtime.get("dry_run") == "yes"
    return {
        "at": iso(found.now),
        "running": running,
        "heartbeat_at": iso(found.heartbeat),
        "alive": running and found.alive,
        "dry_run": dry,
        "strikes": [as_record(s, found.now) for s in known_strikes(session)],
        "feeds": [_feed_record(f) for f in found.feeds],
        "accounts": [_account_record(a, names) for a in found.accounts],
        "pauses": [_pause_record(p, names) for p in found.pauses],
        "pause_file": house.store.pause_file.exists(),
        "waiting": [_waiting_record(a, names) for a in found.waiting],
        "jobs": dict(found.jobs),
        "head": {"seq": found.head.seq, "hash": found.head.hash} if found.head else None,
    }


def _feed_record(feed: FeedState) -> Mapping[str, object]:
    return {"name": feed.name, "url": feed.url, "last_ok_at": iso(feed.last_ok_at), "next_at": iso(feed.next_at),
            "baseline_at": iso(feed.baseline_at), "failures": feed.failures}  # fmt: skip


def _account_record(found: AccountStatus, names: Mapping[int, str]) -> Mapping[str, object]:
    last = found.last_post
    return {
        "name": found.account.name,
        "platform": found.account.platform,
        "verified": found.verified,
        "groups": {group.value: _count(found, group) for group in Group},
        "states": {state.value: n for state, n in found.counts.items()},
        "last_post": {"id": str(last.id), "url": last.remote_url, "sent_at": iso(last.sent_at)} if last else None,
        "next_at": iso(found.next_at),
        "spent_today_usd": found.spent_microusd / 1e6,
        "budget_per_day_usd": None if found.account.budget_microusd is None else found.account.budget_microusd / 1e6,
        "pauses": [_pause_record(p, names) for p in found.pauses],
    }


def _pause_record(pause: Pause, names: Mapping[int, str]) -> Mapping[str, object]:
    account = names.get(pause.target_id) if pause.target_id is not None else None
    return {"account": account, "by": pause.by, "reason": pause.reason, "since": iso(pause.since)}


def _waiting_record(action: Action, names: Mapping[int, str]) -> Mapping[str, object]:
    return {"id": str(action.id), "account": names.get(action.target_id), "state": action.state.value,
            "reason": action.reason, "decided_at": iso(action.decided_at)}  # fmt: skip
