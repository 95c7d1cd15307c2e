"""The strike book's use cases: declare, renew, end, take over from the settings, close at the border."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from occupier.domain.action import WAITING, State
from occupier.domain.errors import Sentence, StrikeError
from occupier.domain.ports import Notice, Notices, Store, Transaction
from occupier.domain.setup import Setup
from occupier.domain.stopping import how_to_stop
from occupier.domain.strike import Source, Strike, a_year_after, check_destruction, check_overlaps, check_period

_LONGEST_NAME = 32
_NAME = re.compile(rf"[a-z0-9-]{{1,{_LONGEST_NAME}}}")


@dataclass(frozen=True, slots=True)
class Declared:
    """A strike as it was written, and what its declarer should know."""

    strike: Strike
    warnings: tuple[Sentence, ...] = ()


class Striking:
    """Writes the strike book."""

    def __init__(self, store: Store, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._notices = notices
        self._setup = setup

    def declare(self, strike: Strike, *, long: bool = False) -> Declared:
        """Declare a period; `declared_at` is set to now.

        Raises:
            StrikeError: a name that was used, a period that cannot be meant, an overlap, an unknown account or feed.
        """
        with self._store.writing() as tx:
            return self._declare(tx, replace(strike, declared_at=tx.now), long=long)

    def _declare(self, tx: Transaction, strike: Strike, *, long: bool) -> Declared:
        setup = self._setup()
        check_name(strike.name)
        check_period(strike, long=long)
        strike = _dated(strike, setup)
        check_destruction(strike, setup.zone)
        _check_scope(strike, setup)
        check_overlaps(strike, tx.strikes.all(), [a.name for a in setup.accounts], [f.name for f in setup.feeds])
        warnings = []
        if strike.starts_at < strike.declared_at:
            text = "It began before now: it acts from now on; articles seen before are not concerned."
            warnings.append(Sentence(text))
        return Declared(tx.strikes.add(strike), tuple(warnings))

    def renew(self, name: str, ends_at: datetime, mandate: str, *, long: bool = False) -> Declared:
        """Declare NAME-2 (then -3…) from the end of NAME's last period; after that end it acts from now on.

        Raises:
            UnknownName: no such strike.
            StrikeError: as `declare`.
        """
        with self._store.writing() as tx:
            first = tx.strikes.get(name)
            root = first.renews or first.name
            line = [s for s in tx.strikes.all() if root in (s.name, s.renews)]
            last = max(line, key=lambda s: s.ends_at)
            # a period that a person ended early is renewed from then on, not from the hour that was planned
            renewed = replace(
                last,
                id=0,
                name=_numbered(root, len(line) + 1),
                starts_at=last.ended_at,
                ends_at=ends_at,
                mandate=mandate,
                declared_at=tx.now,
                closed_at=None,
                renews=root,
                source=Source.COMMAND,
                first_start=line[0].first_start or line[0].starts_at,
                destroy_on=_as_long(last, ends_at, self._setup()),
            )
            return self._declare(tx, renewed, long=long)

    def end(self, name: str) -> Strike:
        """End a strike now, for good; what waited under it becomes missed. Raises UnknownName, StrikeError."""
        with self._store.writing() as tx:
            strike = tx.strikes.get(name)
            if strike.is_over(tx.now):
                raise StrikeError("The strike “{name}” is over already, since {end}.", name=name,
                                  end=strike.ended_at)  # fmt: skip
            tx.strikes.close(strike.id, tx.now, "ended")
            return tx.strikes.get(name)

    def waiting(self, strike: Strike) -> int:
        """Return how many posts wait under a strike, for their hour or for a person."""
        with self._store.reading() as tx:
            waiting = tx.actions.in_state(*WAITING, State.HELD)
            return sum(action.strike_id == strike.id for action in waiting)

    def all(self) -> list[Strike]:
        """Return every strike, in order of start."""
        with self._store.reading() as tx:
            return tx.strikes.all()

    def take_over(self) -> list[Strike]:
        """Write the strikes of the settings into the book; return those that are new.

        What the settings no longer name is ended: removing a strike means that it must not act. A period that has
        begun can only be shortened, and one that is over stays over.

        Raises:
            StrikeError: a name used by a command, a later end for a strike that has begun, an overlap.
        """
        setup = self._setup()
        named = {strike.name for strike in setup.strikes}
        with self._store.writing() as tx:
            known = {strike.name: strike for strike in tx.strikes.all()}
            gone = [s for s in known.values() if s.source is Source.SETTINGS and s.name not in named]
            for strike in gone:
                if not strike.is_over(tx.now):
                    tx.strikes.close(strike.id, tx.now, "removed")
            new = []
            for wanted in setup.strikes:
                there = known.get(wanted.name)
                if there is not None:
                    self._adjust(tx, wanted, there, setup)
                elif wanted.ends_at > tx.now:
                    new.append(self._declare(tx, replace(wanted, declared_at=tx.now), long=True).strike)
            return new

    def _adjust(self, tx: Transaction, wanted: Strike, there: Strike, setup: Setup) -> None:
        if there.source is not Source.SETTINGS:
            raise StrikeError(
                "The strike “{name}” of the settings was declared by a command already: give it another name.",
                name=wanted.name,
            )
        same = replace(
            _dated(wanted, setup),
            id=there.id,
            declared_at=there.declared_at,
            first_start=there.first_start,
            closed_at=there.closed_at,
            destroyed_at=there.destroyed_at,
        )
        if there.is_over(tx.now):
            if wanted.ends_at > tx.now:  # whoever wrote it there expects it to act
                over = Sentence("The strike “{name}” is over already, since {end}.",
                                {"name": there.name, "end": there.ended_at})  # fmt: skip
                self._notices.tell(Notice("strike_over", over, serious=True))
            return
        if same == there:
            return
        if there.starts_at <= tx.now and (same.ends_at > there.ends_at or same.starts_at != there.starts_at):
            raise StrikeError(
                "The strike “{name}” has begun: its hours in the settings can no longer be moved, only its end brought"
                " forward. To go on after {end}, type occupier strike renew {name}.",
                name=wanted.name,
                end=there.ends_at,
            )
        if same.ends_at <= tx.now:
            # the hours that it was in force are history: its posts must not seem to have left after its end
            tx.strikes.close(there.id, tx.now, "ended")
            return
        others = [s for s in tx.strikes.all() if s.name != wanted.name]
        check_overlaps(same, others, [a.name for a in setup.accounts], [f.name for f in setup.feeds])
        tx.strikes.change(same)

    def tell_begun(self) -> datetime | None:
        """Tell of the strikes that have begun, each once; return the next hour at which one does.

        Of one that its seal holds, nothing is announced: it is told once the seal lets it go.
        """
        with self._store.reading() as tx:
            open_, now, seals = tx.strikes.open(), tx.now, tx.seals.all()
            held = {strike_id for strike_id, seal in seals.items() if seal.held_since is not None}
            begun = [
                s
                for s in open_
                if s.starts_at <= now < s.ends_at and s.id not in held and tx.runtime.get(_begun_note(s)) is None
            ]
        for strike in begun:
            with self._store.noting() as tx:
                tx.runtime.set(_begun_note(strike), "yes")
            text = (
                "The strike “{name}” is in force: until {end}, each new article is announced by a strike message."
                " {stop}"
            )
            values = {"name": strike.name, "end": strike.ends_at, "stop": how_to_stop(self._setup())}
            self._notices.tell(Notice("strike_begins", Sentence(text, values)))
        return min((s.starts_at for s in open_ if now < s.starts_at), default=None)

    def close_ended(self) -> datetime | None:
        """Close the strikes whose hour has passed, so that no clock that jumps back reopens them.

        Returns:
            The next hour at which one ends, None if none is open.
        """
        with self._store.reading() as tx:
            open_, now = tx.strikes.open(), tx.now
        over = [s for s in open_ if now >= s.ends_at]
        ahead = min((s.ends_at for s in open_ if now < s.ends_at), default=None)
        if not over:
            return ahead
        with self._store.writing() as tx:
            for strike in over:
                tx.strikes.close(strike.id, tx.now, "end")
        for strike in over:
            text = "The strike “{name}” is over since {end}: no strike post leaves any more."
            values = {"name": strike.name, "end": strike.ends_at}
            self._notices.tell(Notice("strike_over", Sentence(text, values)))
        return ahead

    def adopt(self, strikes: Iterable[Strike]) -> None:
        """Take over the strikes of another journal as they are: a dry run acts under the real ones."""
        with self._store.writing() as tx:
            known = {strike.name for strike in tx.strikes.all()}
            for strike in strikes:
                if strike.name not in known and not strike.is_over(tx.now):
                    tx.strikes.add(strike)


def _dated(strike: Strike, setup: Setup) -> Strike:
    """Return the strike with its day of destruction: a year after its end where nobody chose another."""
    return replace(strike, destroy_on=strike.destroy_on or a_year_after(strike.ends_at, setup.zone))


def _as_long(last: Strike, ends_at: datetime, setup: Setup) -> date | None:
    """Return the day on which a renewed strike's register is destroyed: as long after its end as the last one's."""
    if last.destroy_on is None or last.destroy_on == a_year_after(last.ends_at, setup.zone):
        return None
    kept = last.destroy_on - last.ends_at.astimezone(setup.zone).date()
    return ends_at.astimezone(setup.zone).date() + kept


def _begun_note(strike: Strike) -> str:
    return f"begun:{strike.id}"


def _numbered(root: str, n: int) -> str:
    end = f"-{n}"
    return root[: _LONGEST_NAME - len(end)] + end


def check_name(name: str) -> None:
    """Refuse a name that cannot be typed; raises StrikeError."""
    if not _NAME.fullmatch(name) or name == "all":
        raise StrikeError(
            "“{name}” cannot be a strike's name: use up to 32 small letters, digits and hyphens, and not “all”.",
            name=name,
        )


def _check_scope(strike: Strike, setup: Setup) -> None:
    for account in setup.accounts:
        if account.test and account.name in strike.accounts:
            text = "“{name}” is a test account, and no strike acts on one: name another, or remove test = true from it."
            raise StrikeError(text, name=account.name)
    _known(strike.accounts, [a.name for a in setup.accounts], "There is no account “{name}” in the settings.")
    _known(strike.feeds, [f.name for f in setup.feeds], "There is no feed “{name}” in the settings.")


def _known(names: Iterable[str], existing: list[str], text: str) -> None:
    for name in sorted(names):
        if name not in existing:
            raise StrikeError(text, name=name)
