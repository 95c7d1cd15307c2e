"""The page of `status`, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from occupier.cli.control import pause_lines
from occupier.cli.feed import starting
from occupier.cli.session import Session
from occupier.cli.standing import Look, look_at
from occupier.cli.status_accounts import account_lines
from occupier.cli.status_waiting import places_left_empty, posts_on_hold, texts_to_post
from occupier.cli.strikes import describe, known_strikes, standing_words
from occupier.domain.agenda import Coming, ComingKind
from occupier.domain.gaps import Gap
from occupier.domain.ports import FeedState
from occupier.domain.stopping import how_to_stop
from occupier.domain.strike import Strike
from occupier.services.review.reviewing import Left, Sealed, Status
from occupier.speech import (
    countdown,
    duration,
    end_moment,
    full_day,
    moment,
    ngettext,
    say,
)
from occupier.speech import gettext as _


def page(session: Session, *, brief: bool = False) -> Iterator[str]:
    """Yield every line of `status`, what is stopped first; a brief one says strikes to come in a line each.

    Raises:
        SettingsError: the settings cannot be used.
        DatabaseError: the journal cannot be read.
    """
    look = look_at(session)
    if look is None:
        yield _("No daemon is running. Start it: {command}").format(command=_starting(session))
        yield from _strike_lines(session, brief=brief)
        return
    found = look.found
    yield from pause_lines(session, session.house(), look.stops)
    yield _running(session, look)
    yield from _strike_lines(session, brief=brief)
    yield from (line for seal in found.seals for line in _plan(session, seal))
    yield from _checked(found)
    yield ""
    yield _("Feeds")
    states = {state.name: state for state in found.feeds}
    for source in session.setup.feeds:
        yield "  " + _feed(source.name, states.get(source.name), found)
    yield _("Accounts")
    is_near = any(not strike.is_over(found.now) for strike in found.strikes)
    for account in found.accounts:
        yield from account_lines(session, account, is_near=is_near)
    yield from places_left_empty(session, look)
    yield from posts_on_hold(session, look)
    yield from texts_to_post(found)
    yield from _gaps(session, found)
    # without an address nobody is sent a summary
    told = [c for c in found.coming if c.kind is not ComingKind.SUMMARY or session.settings.notify]
    yield from _coming(session, told)
    for left in found.left:
        yield from _afterwards(session, left)
    yield say(how_to_stop(session.setup), session.setup.zone)
    if found.head is not None:
        text = _("Head of the log, to be noted elsewhere ({n} records): {head}")
        yield text.format(n=found.head.seq, head=found.head.hash)


def _checked(found: Status) -> Iterator[str]:
    """Say what the daemon's own check came to, while there is a strike that it was for."""
    if found.checked is None or all(strike.is_over(found.now) for strike in found.strikes):
        return
    when, red = countdown(found.checked.at, found.now), found.checked.red
    if red:
        text = ngettext("Last check, {when}: {n} thing to mend, see occupier check.",
                        "Last check, {when}: {n} things to mend, see occupier check.", red)  # fmt: skip
        yield text.format(when=when, n=red)
    else:
        yield _("Last check, {when}: ready.").format(when=when)


def _starting(session: Session) -> str:
    return " ".join(("occupier", *starting(session.setup)))


def _running(session: Session, look: Look) -> str:
    found = look.found
    if not look.running and found.heartbeat is not None:
        text = _("No daemon is running any more; its last sign of life was {when}. Start it: {command}")
        return text.format(when=countdown(found.heartbeat, found.now), command=_starting(session))
    if not look.running:
        return _("No daemon is running. Start it: {command}").format(command=_starting(session))
    if found.heartbeat is None:
        return _("An occupier holds the database, and has given no sign of life yet.")
    when = countdown(found.heartbeat, found.now)
    if found.alive:
        return _("The daemon is running; last sign of life {when}.").format(when=when)
    return _("The daemon holds the database, but its last sign of life was {when}: restart it.").format(when=when)


def _strike_lines(session: Session, *, brief: bool = False) -> Iterator[str]:
    now, strikes = session.now(), known_strikes(session)
    current = [s for s in strikes if not s.is_over(now)]
    if not current:
        yield _none_declared(session, strikes)
    for strike in current:
        yield _("Strike “{name}”: {stands}").format(name=strike.name, stands=standing_words(strike, now))
        if strike.in_force(now) or not brief:
            yield from (f"  {line}" for line in describe(strike, session.setup, now))


def _none_declared(session: Session, strikes: Sequence[Strike]) -> str:
    """Say that no strike is to come, and since when the last one is over."""
    last = max(strikes, key=lambda strike: strike.ended_at, default=None)
    if last is None:
        return _("No strike is declared: no strike post is sent.")
    text = _("The strike “{name}” is over since {end}, and no other one is declared: no strike post is sent.")
    return text.format(name=last.name, end=end_moment(last.ended_at, session.setup.zone, session.now()))


def _plan(session: Session, sealed: Sealed) -> Iterator[str]:
    at, seal = moment(sealed.seal.sealed_at, session.setup.zone), sealed.seal.short
    yield _("Plan of “{name}”: sealed as {seal}, {at}.").format(name=sealed.strike.name, seal=seal, at=at)
    if sealed.held is not None:
        yield say(sealed.held, session.setup.zone)


def _feed(name: str, state: FeedState | None, found: Status) -> str:
    if state is None or (state.last_ok_at is None and not state.failures):
        return _("{feed}: not read yet").format(feed=name)
    when = countdown(state.last_ok_at, found.now) if state.last_ok_at else _("never")
    if state.failures:
        one, many = "{feed}: {n} failure in a row; last read {when}", "{feed}: {n} failures in a row; last read {when}"
        text = ngettext(one, many, state.failures)
        return text.format(feed=name, n=state.failures, when=when)
    return _("{feed}: last read {when}").format(feed=name, when=when)


def _gaps(session: Session, found: Status) -> Iterator[str]:
    if not any(feed.last_ok_at for feed in found.feeds):
        return
    if not found.gaps:
        yield _("The feeds have been watched without a gap.")
        return
    yield _("Nobody looked at a feed then (what appeared meanwhile may be missing):")
    for gap in found.gaps:
        yield f"  {_gap(session, gap, found)}"


def _gap(session: Session, gap: Gap, found: Status) -> str:
    since = moment(gap.since, session.setup.zone)
    if gap.until is None:
        return _("{feed}: since {at}, and still").format(feed=gap.feed, at=since)
    text = _("{feed}: from {start}, for {length}")
    return text.format(feed=gap.feed, start=since, length=duration(gap.until - gap.since))


def _coming(session: Session, coming: Sequence[Coming]) -> Iterator[str]:
    if not coming:
        return
    yield _("To come")
    words = {
        ComingKind.BEGINS: _("the strike “{name}” begins"),
        ComingKind.ENDS: _("the strike “{name}” ends and is closed for ever: nothing is sent after it"),
        ComingKind.SUMMARY: _("the day's summary of the strike “{name}” is sent"),
        ComingKind.DESTRUCTION: _("the log of the strike “{name}” is to be destroyed, by a person"),
    }
    for event in coming:
        yield f"  {_hour(session, event)} – {words[event.kind].format(name=event.strike)}"


def _hour(session: Session, event: Coming) -> str:
    zone, now = session.setup.zone, session.now()
    if event.kind is ComingKind.DESTRUCTION:
        return full_day(event.at.astimezone(zone).date())
    said = end_moment if event.kind is ComingKind.ENDS else moment
    return said(event.at, zone, now)


def _afterwards(session: Session, left: Left) -> Iterator[str]:
    yield _("After the strike “{name}”, for people to do:").format(name=left.strike.name)
    for step in left.steps:
        yield f"  – {say(step, session.setup.zone)}"
