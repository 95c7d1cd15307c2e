"""What the menu asks before it runs a command: which rehearsal, which strike from when to when, which answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from occupier.cli.asking import Asking, GoneBack, one_by_one, typed_for_scripts
from occupier.cli.feed import starting
from occupier.cli.session import Session
from occupier.cli.standing import Look, look_at
from occupier.cli.strikes import known_strikes
from occupier.domain.action import Action, State
from occupier.domain.errors import OccupierError
from occupier.domain.limits import LONGEST_STRIKE
from occupier.domain.strike import Strike
from occupier.speech import clean_line, countdown, duration, full_day, period, reason_words, state_words
from occupier.speech import gettext as _

Command = Callable[..., int]


class Deeds:
    """Asks, and runs commands; reads the journal at most once."""

    def __init__(self, session: Session, asking: Asking, command: Command) -> None:
        self._session = session
        self._asking = asking
        self._command = command
        self._looked: tuple[Look | None] | None = None

    # --- what there is ------------------------------------------------------------------------------------------------

    def _look(self) -> Look | None:
        if self._looked is None:
            try:
                self._looked = (look_at(self._session),)
            except OccupierError:  # said above the menu
                self._looked = (None,)
        return self._looked[0]

    def is_stopped(self) -> bool:
        """Whether anything is paused or stopped."""
        look = self._look()
        return look is not None and bool(look.stops or look.found.pauses)

    def waiting_count(self) -> int:
        """How many posts wait for a person."""
        look = self._look()
        return len(look.found.waiting) if look else 0

    def strikes(self) -> list[Strike]:
        """The strikes whose log is still there, the latest first."""
        try:
            return [s for s in reversed(known_strikes(self._session)) if not s.destroyed_at]
        except OccupierError:  # said above the menu
            return []

    def to_come(self) -> list[Strike]:
        """The strikes that are not over."""
        return [s for s in self.strikes() if not s.is_over(self._session.now())]

    def in_force(self) -> list[Strike]:
        """The strikes in force now."""
        return [s for s in self.strikes() if s.in_force(self._session.now())]

    # --- the five -----------------------------------------------------------------------------------------------------

    def starting(self, *, ready: bool) -> tuple[str, ...]:
        """Return the command that starts it, as the settings want it."""
        return starting(self._session.setup) if ready else ("run",)

    def rehearse(self, *, ready: bool) -> None:
        """Ask for the degree of the rehearsal, where there is a choice."""
        if not ready:
            self._command("rehearse")
            return
        tests = [a.name for a in self._session.setup.accounts if a.test]
        choices = [
            _("with a newsroom that ships (a minute, nothing is needed)"),
            _("with your own feeds and messages, on networks imitated here"),
            *(_("on your test account {account}: real posts").format(account=name) for name in tests),
        ]
        chosen = self._asking.number(choices)
        if chosen == 0:
            self._command("rehearse")
        elif chosen == 1:
            self._command("rehearse", "--settings", self._path())
        else:
            self._command("rehearse", "--account", tests[chosen - 2], "--settings", self._path())

    def start(self) -> None:
        """Ask where it is to run."""
        run = starting(self._session.setup)
        choices = [
            _("here, until Ctrl-C ({command})").format(command=" ".join(("occupier", *run))),
            _("kept up by this machine, this window closed too (occupier service install)"),
            _("here, without posting anything (occupier run --dry-run)"),
        ]
        commands = (run, ("service", "install"), ("run", "--dry-run"))
        self._command(*commands[self._asking.number(choices)])

    def see(self) -> None:
        """Ask what is to be seen."""
        choices = [
            _("how things stand, now (occupier status)"),
            _("how things stand, again and again until Ctrl-C (occupier status --watch)"),
            _("the log: what was posted in place of what (occupier log)"),
            _("the log in a browser, until Ctrl-C (occupier serve)"),
        ]
        commands = (("status",), ("status", "--watch"), ("log",), ("serve",))
        self._command(*commands[self._asking.number(choices)])

    # --- strikes ------------------------------------------------------------------------------------------------------

    def declare(self) -> None:
        """Ask for a strike, question by question, and say it all again before it is declared."""
        zone, asking = self._session.setup.zone, self._asking
        asking.tell(_("Hours as you say them: now, tomorrow 9:00, Friday 9:30, 24/01 19:00. Enter, or <, goes back."))
        start, end, mandate, reason, name = one_by_one(
            lambda _before: asking.instant(_("When does it begin?"), zone),
            lambda before: self._end(_("When does it end (after that, nothing is posted)?"), before[0]),
            lambda _before: asking.line(_("Who decided it, and when? (a body, no person's name)")),
            lambda _before: asking.line(_("Why? (as it is read after “on strike”: against the pension reform)")),
            lambda before: asking.optional(_("Under which name?"), self._free_name(before[0])),
        )
        if self._agreed(start, end):
            dates = ["--from", typed_for_scripts(start, zone), "--to", typed_for_scripts(end, zone)]
            self._command("strike", "declare", name, *dates, "--mandate", mandate, "--reason", reason,
                          "--yes", *self._long(start, end))  # fmt: skip

    def renew(self) -> None:
        """Ask until when, and by which vote."""
        strike, zone = self._one_of(self.strikes()), self._session.setup.zone
        start = max(strike.ended_at, self._session.now())
        end = self._end(_("Until when does it go on (after that, nothing is posted)?"), start)
        mandate = self._asking.line(_("Who decided it, and when? (a body, no person's name)"))
        if self._agreed(start, end):
            until = typed_for_scripts(end, zone)
            self._command("strike", "renew", strike.name, "--to", until, "--mandate", mandate, *self._long(start, end))

    def end(self) -> None:
        """End a strike, after a yes: it is for ever."""
        strike = self._one_of(self.in_force())
        text = _("End the strike “{name}” now, for ever? To stop for a while, pause instead.")
        if self._asking.yes(text.format(name=strike.name)):
            self._command("strike", "end", strike.name, "--yes")

    def plan(self) -> None:
        """Write the page to a file, which is what an assembly prints."""
        strike = self._one_of(self.to_come())
        file = self._asking.optional(_("Into which file?"), f"plan-{strike.name}.html")
        self._command("plan", strike.name, "--output", file)

    def _end(self, question: str, start: datetime) -> datetime:
        while True:
            end = self._asking.instant(question, self._session.setup.zone, after=start)
            if end > start:
                return end
            self._asking.tell(_("That is before it begins: type the end again."))

    def _agreed(self, start: datetime, end: datetime) -> bool:
        zone, now = self._session.setup.zone, self._session.now()
        ahead = countdown(max(start, now), now)
        asked = _("A strike {period}: it lasts {length} and begins {when}. Is that right?")
        return self._asking.yes(asked.format(period=period(start, end, zone), length=duration(end - start), when=ahead))

    def _long(self, start: datetime, end: datetime) -> Sequence[str]:
        if end - start <= LONGEST_STRIKE:
            return ()
        if not self._asking.yes(_("It is longer than 31 days. Is that meant?")):
            raise GoneBack
        return ("--long",)

    def _free_name(self, start: datetime) -> str:
        """Return “24-janvier”, with the year where that name was used."""
        from occupier.speech.typed import plain

        words = plain(full_day(start.astimezone(self._session.setup.zone).date())).split()[1:]
        taken = {strike.name for strike in known_strikes(self._session)}
        short = "-".join(words[:2])
        return short if short not in taken else "-".join(words)

    def _one_of(self, strikes: Sequence[Strike]) -> Strike:
        if len(strikes) == 1:
            return strikes[0]
        zone = self._session.setup.zone
        return strikes[self._asking.number([f"{s.name}  {period(s.starts_at, s.ends_at, zone)}" for s in strikes])]

    # --- answers ------------------------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Ask which of the posts that wait, and what is to become of it."""
        look = self._look()
        if look is None:
            return
        waiting = look.found.waiting
        action = (
            waiting[0] if len(waiting) == 1 else waiting[self._asking.number([self._said(look, a) for a in waiting])]
        )
        if len(waiting) == 1:
            self._asking.tell(self._said(look, action))
        if action.state is State.UNCERTAIN:
            self._resolve(action)
        elif self._asking.number([_("let it go (occupier release)"), _("leave it unposted (occupier drop)")]) == 0:
            self._command("release", str(action.id))
        else:
            self._command("drop", str(action.id))

    def _resolve(self, action: Action) -> None:
        self._asking.tell(_("Look at the account first."))
        if self._asking.number([_("I see it there"), _("I don't see it there")]) == 0:
            address = self._asking.line(_("Its address:"))
            self._command("resolve", str(action.id), "--published", address)
        else:
            self._command("resolve", str(action.id), "--not-published")

    def _said(self, look: Look, action: Action) -> str:
        target = look.targets[action.target_id]
        words = state_words(action.state, zone=self._session.setup.zone, verb=action.verb, purpose=action.purpose)
        why = reason_words(action.reason, target.platform) if action.reason else ""
        return f"{target.name}: {clean_line(look.titles.get(action.id, ''))}\n     {words} – {why}"

    def _path(self) -> str:
        from occupier.settings import settings_path

        return str(settings_path(self._session.settings_option, self._session.environ))
