"""Seal: the plan that was voted is the plan that runs, or nothing leaves under its strike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from occupier.domain.errors import Sentence, StrikeError
from occupier.domain.message import Templates
from occupier.domain.ports import Notice, Notices, Store, Transaction
from occupier.domain.setup import Setup
from occupier.domain.strike import Strike
from occupier.domain.voted import PARTS, Part, Seal, Voted, in_scope, voted

KIND = "plan"
"""The kind of what is told of seals, and the reason of what waits because of them."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A sealed strike beside what would run now; `differs`: in what, nothing where it is the same."""

    strike: Strike
    seal: Seal
    found: Voted
    differs: tuple[Part, ...]


class Sealing:
    """Seals plans, and compares them with what would run."""

    def __init__(self, store: Store, templates: Templates, notices: Notices, setup: Callable[[], Setup]) -> None:
        self._store = store
        self._templates = templates
        self._notices = notices
        self._setup = setup
        self._held: set[int] = set()

    def seal(self, strike: Strike) -> Seal:
        """Seal the plan of a strike as the settings make it now; an earlier seal is history.

        Raises:
            UnknownName: the strike is not in the book.
            StrikeError: it is over.
        """
        setup = self._setup()
        with self._store.writing() as tx:
            written = tx.strikes.get(strike.name)
            if written.is_over(tx.now):
                raise StrikeError("The strike “{name}” is over already, since {end}.", name=strike.name,
                                  end=written.ended_at)  # fmt: skip
            found = voted(strike, setup, self._templates)
            seal = Seal(found.fingerprint, tx.now, found.parts, identities(tx, setup, strike))
            tx.seals.put(written.id, seal)
            return seal

    def adopt(self, seals: Mapping[str, Seal]) -> None:
        """Take over the seals of another journal, by the strikes' names: a dry run shows what would be held.

        Whose the accounts are is left out, for a dry run asks no network.
        """
        with self._store.writing() as tx:
            for strike in tx.strikes.open():
                there, wanted = tx.seals.of(strike.id), seals.get(strike.name)
                if wanted is not None and (there is None or there.fingerprint != wanted.fingerprint):
                    tx.seals.put(strike.id, replace(wanted, identities={}, held_since=None))

    def plan(self, tx: Transaction, setup: Setup, strike: Strike) -> str | None:
        """Return what a claim under the strike must be sealed as; None where nothing may pass, or nothing is sealed."""
        seal = tx.seals.of(strike.id)
        if seal is None:
            return None
        one = _compared(tx, setup, self._templates, strike, seal)
        return None if one.differs else seal.fingerprint

    def closed(self, tx: Transaction, setup: Setup) -> frozenset[int]:
        """Return the strikes under which nothing may leave: what would run is not what was voted."""
        return frozenset(one.strike.id for one in compared(tx, setup, self._templates) if one.differs)

    def agrees(self, tx: Transaction, strike: Strike) -> bool:
        """Say whether what would run now is what was voted; of an unsealed strike, always."""
        return tx.seals.of(strike.id) is None or self.plan(tx, self._setup(), strike) is not None

    def compared(self, tx: Transaction) -> Iterator[Compared]:
        """Yield every sealed strike that is not over, beside what would run now."""
        return compared(tx, self._setup(), self._templates)

    def mind(self) -> None:
        """Note and tell, once each, which strikes are held since their plan is another one, and which no longer are.

        Claims ask by themselves: this is for people. A process that finds a strike held already tells it to its own
        log, and to nobody's phone. Raises DatabaseError.
        """
        with self._store.reading() as tx:
            found = list(self.compared(tx))
            is_news = any(_is_news(tx, self._setup(), one) for one in found)
        if is_news:
            with self._store.writing() as tx:
                found = list(self.compared(tx))
                for one in found:
                    self._note(tx, one)
        for one in found:
            self._tell(one)

    def _note(self, tx: Transaction, one: Compared) -> None:
        unknown = _unknown(tx, self._setup(), one)
        if unknown:
            tx.seals.know(one.strike.id, unknown)
        if one.differs:
            tx.seals.hold(one.strike.id, tx.now, one.found.fingerprint, one.differs)
        else:
            tx.seals.free(one.strike.id)

    def _tell(self, one: Compared) -> None:
        was_held = one.seal.held_since is not None
        if one.differs and one.strike.id not in self._held:
            self._held.add(one.strike.id)
            self._notices.tell(Notice(KIND, differs(one), serious=not was_held))
        elif not one.differs and (was_held or one.strike.id in self._held):
            self._held.discard(one.strike.id)
            text = "The strike “{name}” is the plan that was voted again ({seal}): posting goes on."
            self._notices.tell(Notice(KIND, Sentence(text, {"name": one.strike.name, "seal": one.seal.short})))


def compared(tx: Transaction, setup: Setup, templates: Templates) -> Iterator[Compared]:
    """Yield every sealed strike that is not over, beside what would run under these settings."""
    seals = tx.seals.all()
    for strike in tx.strikes.open():
        if strike.id in seals and not strike.is_over(tx.now):
            yield _compared(tx, setup, templates, strike, seals[strike.id])


def _compared(tx: Transaction, setup: Setup, templates: Templates, strike: Strike, seal: Seal) -> Compared:
    found = voted(strike, setup, templates)
    return Compared(strike, seal, found, tuple(seal.differs(found, identities(tx, setup, strike))))


def differs(one: Compared) -> Sentence:
    """Say that a strike is held, in what it differs, and what lifts it."""
    text = (
        "The strike “{name}” is different from the plan that was voted ({seal}): nothing leaves under it until the"
        " settings are put back, or the new plan is sealed with occupier plan {name} --seal. What differs:{what}"
    )
    what = [PARTS[part] for part in one.differs]
    return Sentence(text, {"name": one.strike.name, "seal": one.seal.short, "what": what})


def held_strikes(tx: Transaction) -> Iterator[Sentence]:
    """Yield, for each strike that the daemon holds since its plan is another one, that it does and what lifts it."""
    seals = tx.seals.all()
    for strike in tx.strikes.open():
        said = held(strike, seals[strike.id]) if strike.id in seals else None
        if said is not None and not strike.is_over(tx.now):
            yield said


def held(strike: Strike, seal: Seal) -> Sentence | None:
    """Say that a strike is held and what lifts it; None if it is not."""
    if seal.held_since is None:
        return None
    text = (
        "The strike “{name}” is held since {since}, for it is different from the plan that was voted ({seal}). Put the"
        " settings back, or vote and seal the new plan: occupier plan {name} --seal."
    )
    return Sentence(text, {"name": strike.name, "since": seal.held_since, "seal": seal.short})


def identities(tx: Transaction, setup: Setup, strike: Strike) -> dict[str, str]:
    """Return whose each account in scope is, as its network said last; those of which it has not said are not in it."""
    found: dict[str, str] = {}
    wanted = {(a.name, a.platform, a.host) for a in in_scope(strike, setup)}
    for target in sorted(tx.targets.all(), key=lambda t: t.verified_at.timestamp() if t.verified_at else 0.0):
        if target.verified_at and target.remote_id and (target.name, target.platform, target.host) in wanted:
            found[target.name] = target.remote_id
    return found


def _unknown(tx: Transaction, setup: Setup, one: Compared) -> dict[str, str]:
    known = identities(tx, setup, one.strike)
    return {name: who for name, who in known.items() if name not in one.seal.identities}


def _is_news(tx: Transaction, setup: Setup, one: Compared) -> bool:
    return bool(one.differs) != (one.seal.held_since is not None) or bool(_unknown(tx, setup, one))
