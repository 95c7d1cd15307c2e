"""`rehearse --account`: real posts on a test account, shown and confirmed first, taken away afterwards."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import ceil

from occupier.bootstrap import House, open_house, prepare_process
from occupier.cli.asking import is_agreed
from occupier.cli.session import Session
from occupier.cli.strikes import known_strikes
from occupier.cli.trial_words import addresses, announcement, feed_found, leftovers, on_the_account, unsettled
from occupier.domain.action import Action, Payload, State
from occupier.domain.errors import FailedError, UsageError
from occupier.domain.ports import Identity, Notice, Target
from occupier.domain.setup import Account
from occupier.rehearsal.terminal import stage_for
from occupier.rehearsal.trial import Errand, settings_of_trial, stopping, strike_of_trial
from occupier.services.eve.checking import EXAMPLE_REASON
from occupier.services.eve.previewing import example_strike
from occupier.services.eve.trying import Standing, Trial
from occupier.settings import Settings
from occupier.speech import gettext as _
from occupier.speech import say
from occupier.storage import lock, migrate

_LOST = frozenset({State.SENDING, State.UNCERTAIN})
_UNSAID = frozenset({"sent", "retracted", "lane"})
"""What the progress says better, or what names commands of the real database."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed."""

    account: str
    last: int
    feed: str | None = None
    visibility: str | None = None
    clean: bool = False
    yes: bool = False


def rehearse_on_account(session: Session, wanted: Wanted) -> int:
    """Rehearse on a test account; return the exit status. Raises OccupierError."""
    settings = _settings(session, wanted)
    prepare_process()
    with lock.holding(settings.database):
        return _Round(session, settings, wanted).run()


def _settings(session: Session, wanted: Wanted) -> Settings:
    settings = settings_of_trial(session.settings, wanted.account, wanted.visibility)
    if wanted.feed is not None:
        from occupier.rehearsal.arrangement import with_feed
        from occupier.rehearsal.stories import find_feed

        source = find_feed(wanted.feed, session.clock)
        if source.url != wanted.feed:
            session.tell(feed_found(source.url))
        settings = replace(settings, setup=with_feed(settings.setup, source))
    return settings


class _Notices:
    """Says what goes otherwise than it should; the rest is in the progress."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def tell(self, notice: Notice) -> None:
        """Say it, if it needs saying."""
        if notice.kind not in _UNSAID:
            from occupier.cli.reasons import with_reason

            self._session.tell(say(with_reason(notice.sentence, self._session.setup), self._session.zone))


class _Round:
    """One rehearsal, from the look at what is left of the last one to the offer to take it away."""

    def __init__(self, session: Session, settings: Settings, wanted: Wanted) -> None:
        self._session = session
        self._settings = settings
        self._wanted = wanted
        self._account: Account = settings.setup.accounts[0]
        self._stop = threading.Event()
        self._stage = stage_for(sys.stdout)

    def run(self) -> int:
        """Return the exit status. Raises OccupierError."""
        with self._opened() as house:
            identity, target = self._identify(house)
            standing = house.trying.standing(target)
            if self._wanted.clean:
                return self._clean(house, target, standing)
            if standing.posted:
                self._say(leftovers(standing))
                if not self._wanted.yes and self._ask(_("Delete them before going on? [yes/no]")):
                    status = self._clean(house, target, standing)
                    if status != 0 or self._stop.is_set():
                        return status
                    standing = house.trying.standing(target)
            return self._post(house, identity, target, standing)

    @contextmanager
    def _opened(self) -> Iterator[House]:
        database = self._settings.database
        if migrate.standing(database) is migrate.Standing.OLDER:
            migrate.upgrade(database, self._session.now())
        house = open_house(self._settings, _Notices(self._session), clock=self._session.clock, create=True)
        house = replace(house, rest=self._session.rest)
        try:
            house.connect()
            house.controlling.resume(None)
            yield house
        finally:
            house.store.close()

    def _identify(self, house: House) -> tuple[Identity, Target]:
        identity = house.networks[self._account.name].verify()
        target = house.identifying.target(self._account).target
        if target is None:
            raise FailedError("The account {account} does not answer: nothing was posted.", account=self._account.name)
        return identity, target

    # --- posting ------------------------------------------------------------------------------------------------------

    def _post(self, house: House, identity: Identity, target: Target, standing: Standing) -> int:
        trials = self._proposed(house, target)
        waiting = [action for action in standing.waiting if action.payload is not None]
        payloads = [*(a.payload for a in waiting if a.payload), *(trial.payload for trial in trials)]
        if not payloads and not standing.doubtful:
            self._session.say(_("The newest articles are on the account already: there is nothing to post."))
            self._session.say(_("To take them away and begin anew: {command}").format(command=self._clean_command()))
            return 0
        if payloads and not self._agreed(house, identity, payloads, len(waiting)):
            self._session.tell(_("Nothing was posted."))
            return 1
        written = house.trying.begin(self._account, target, trials, strike_of_trial(house))
        return self._work(house, target, [a.id for a in (*standing.doubtful, *waiting, *written)])

    def _agreed(self, house: House, identity: Identity, payloads: Sequence[Payload], interrupted: int) -> bool:
        network = house.networks[self._account.name]
        self._say(announcement(self._account, network, identity, payloads, interrupted=interrupted))
        return self._confirmed(_("Go on? [yes/no]"))

    def _proposed(self, house: House, target: Target) -> list[Trial]:
        session, setup = self._session, self._session.setup
        session.tell(_("The feeds are being read."))
        found, unread = house.trying.newest(self._wanted.last)
        for error in unread:
            session.tell(say(error, session.zone))
        if unread and not found:
            raise FailedError("No article could be read, so there is nothing to rehearse with.")
        strike = example_strike(setup, known_strikes(session), session.now(), EXAMPLE_REASON[setup.language])
        return house.trying.propose(self._account, target, found, strike)

    def _work(self, house: House, target: Target, ids: Sequence[int]) -> int:
        blocked = self._worked(house, target, ids)
        asked = [house.controlling.outcome(action_id) for action_id in ids]
        posted = [action for action in asked if action.state is State.SENT]
        self._session.say()
        standing = house.trying.standing(target)
        self._say(on_the_account(standing.posted))
        self._say_unsettled(asked, blocked)
        if not standing.posted or self._stop.is_set():
            return self._interrupted() if self._stop.is_set() else 1
        if not self._wanted.yes and self._ask(_("Delete them now? [yes/no]")):
            return self._clean(house, target, standing)
        self._session.say(_("To delete them later: {command}").format(command=self._clean_command()))
        return 0 if len(posted) == len(asked) else 1

    def _interrupted(self) -> int:
        text = _("Interrupted. What is not posted yet waits: type the command again to go on, or {command}")
        self._session.tell(text.format(command=self._clean_command()))
        return 130

    def _progress(self, through: int, of: int, seconds: float) -> None:
        text = _("{n} of {total}; the next one in {seconds} s").format(n=through, total=of, seconds=ceil(seconds))
        self._stage.progress(text, int(self._session.clock.monotonic()))

    # --- taking away --------------------------------------------------------------------------------------------------

    def _clean(self, house: House, target: Target, standing: Standing) -> int:
        """Take away what was posted; what was still to be posted is given up."""
        if standing.is_clean:
            self._session.say(_("Nothing of a rehearsal is on the account."))
            return 0
        if self._wanted.clean and standing.posted:
            self._say(leftovers(standing))
            if not self._confirmed(_("Delete them? [yes/no]")):
                self._session.tell(_("Nothing was changed."))
                return 1
        house.trying.give_up(target)
        lost = [a.id for a in (*standing.doubtful, *standing.waiting) if a.state in _LOST]
        self._worked(house, target, lost)
        standing = house.trying.standing(target)
        asked = [self._ask_for(house, action) for action in standing.posted]
        ids = [action.id for action in asked]
        blocked = self._worked(house, target, ids)
        return self._say_cleaned(house, target, ids, blocked)

    def _worked(self, house: House, target: Target, ids: Sequence[int]) -> str | None:
        try:
            with stopping(self._stop):
                return Errand(house, self._account, target, self._stop, self._progress).work(ids)
        finally:
            self._stage.clear()

    def _ask_for(self, house: House, action: Action) -> Action:
        return house.retracting.ask(house.retracting.candidate(action.id, house.networks))

    def _say_cleaned(self, house: House, target: Target, ids: Sequence[int], blocked: str | None) -> int:
        if house.trying.standing(target).is_clean:
            self._session.say(_("All posts of the rehearsal are deleted: nothing of it is left on the account."))
            return 0
        done = [house.controlling.outcome(action_id) for action_id in ids]
        self._say_unsettled(done, blocked)
        self._session.say(_("Not all of it could be deleted. Still on the account, or perhaps:"))
        left = house.trying.standing(target)
        self._say(addresses([*left.posted, *left.doubtful]))
        self._session.say(_("Try again later: {command}").format(command=self._clean_command()))
        return 1

    # --- asking -------------------------------------------------------------------------------------------------------

    def _say_unsettled(self, actions: Iterable[Action], blocked: str | None) -> None:
        left = [action for action in actions if action.state is not State.SENT]
        self._say(unsettled(self._account, self._settings.setup.zone, left, blocked))

    def _say(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._session.say(line)

    def _clean_command(self) -> str:
        return f"occupier rehearse --account {self._account.name} --clean"

    def _confirmed(self, question: str) -> bool:
        if self._wanted.yes:
            return True
        if not sys.stdin.isatty():
            raise UsageError("This changes what is on the account: add --yes to say that you mean it.")
        return self._ask(question)

    def _ask(self, question: str) -> bool:
        if not sys.stdin.isatty():
            return False
        return is_agreed(question)
