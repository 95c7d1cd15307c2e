"""How things stand: one look at the journal, and the one line that the menu and a watch show of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from occupier.cli.session import Session
from occupier.cli.strikes import known_strikes, standing_words
from occupier.domain.afterwards import SAID_FOR
from occupier.domain.ports import Pause, Target
from occupier.domain.strike import Strike
from occupier.services.review.reviewing import Status
from occupier.speech import gettext as _
from occupier.speech import ngettext, short_time
from occupier.storage.lock import is_held


@dataclass(frozen=True)
class Look:
    """One look at the journal, and at what is beside it."""

    found: Status
    running: bool
    dry: bool
    pause_file: bool
    targets: Mapping[int, Target]
    titles: Mapping[int, str]
    """Of the articles of what waits for a person, by the action's id."""

    @property
    def stops(self) -> list[Pause]:
        """What stops every account; the file counts from the moment it is there."""
        stops = [p for p in self.found.pauses if p.target_id is None]
        if self.pause_file and not any(p.by == "file" for p in stops):
            stops.append(Pause(None, "file", "file", self.found.now))
        return stops


def look_at(session: Session) -> Look | None:
    """Read the journal once; None where there is no database yet. Raises SettingsError, DatabaseError."""
    if not session.has_journal:
        return None
    house = session.house()
    found = house.reviewing.status()
    with house.store.reading() as tx:
        targets = {t.id: t for t in tx.targets.all()}
        wanted = (*found.waiting, *(one.deletion for one in found.empty))
        titles = {a.id: tx.articles.get(a.article_id).title for a in wanted if a.article_id}
        dry = tx.runtime.get("dry_run") == "yes"
    running = is_held(session.settings.database)
    return Look(found, running, dry, house.store.pause_file.exists(), targets, titles)


def in_one_line(session: Session) -> str:
    """Say in one line: the strike in force or the countdown, who runs, what is stopped, what waits for a person."""
    look = look_at(session)
    parts = [_strike_part(known_strikes(session), session)]
    parts.append(_("the daemon runs") if look and look.running and look.found.alive else _("no daemon runs"))
    return " · ".join([*parts, *(_particulars(session, look) if look else ())])


def _strike_part(strikes: list[Strike], session: Session) -> str:
    now = session.now()
    to_come = [s for s in strikes if not s.is_over(now)]
    just_over = [s for s in reversed(strikes) if s.is_over(now) and now - s.ended_at < SAID_FOR]
    current = next((s for s in to_come if s.in_force(now)), next(iter([*to_come, *just_over]), None))
    if current is None:
        return _("no strike is declared")
    return _("strike “{name}”: {stands}").format(name=current.name, stands=standing_words(current, now))


def _particulars(session: Session, look: Look) -> Iterator[str]:
    if look.stops:
        yield _("EVERYTHING IS PAUSED")
    stopped = {look.targets[p.target_id].name for p in look.found.pauses if p.target_id in look.targets and p.target_id}
    if stopped:
        yield _("stopped: {accounts}").format(accounts=", ".join(sorted(stopped)))
    failing = [f.name for f in look.found.feeds if f.failures]
    if failing:
        yield _("cannot be read: {feeds}").format(feeds=", ".join(failing))
    n = len(look.found.waiting)
    waiting = ngettext("{n} post waits for a person", "{n} posts wait for a person", n).format(n=n)
    yield waiting if n else _("nothing waits for a person")
    last = max((a.last_post.sent_at for a in look.found.accounts if a.last_post and a.last_post.sent_at), default=None)
    if last is not None:
        yield _("last post at {time}").format(time=short_time(last, session.setup.zone))
