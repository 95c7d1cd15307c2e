"""Words for the tool that a newsroom has, and the text that it had before: given back when the strike is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from occupier.domain.errors import Sentence, SettingsError
from occupier.domain.message import Ruler, Templates, Voice, strike_pool
from occupier.domain.ports import Notice, Notices, Store
from occupier.domain.setup import Account, Setup
from occupier.domain.strike import Strike
from occupier.domain.tools import OldText, ReadyText, Tool, Where, ready_text

_TOLD = "old_text:"


class Texting:
    """Writes texts for templates that are not occupier's; reads and writes nothing."""

    def __init__(self, templates: Templates, rulers: Mapping[str, Ruler], setup: Callable[[], Setup]) -> None:
        self._templates = templates
        self._rulers = rulers
        self._setup = setup

    def texts(self, strike: Strike, tool: Tool, where: Where, network: str | None = None) -> list[ReadyText]:
        """Return a text for the network, or for each of the settings' accounts; for every one where they have none.

        Raises:
            TemplateError: the messages of the settings cannot be rendered.
        """
        setup = self._setup()
        if network is not None:
            return [self._text(setup, network, strike, tool, where)]
        used = dict.fromkeys(account.network for account in setup.accounts)
        networks = [network for network in used if network in self._rulers] or list(self._rulers)
        return [self._text(setup, network, strike, tool, where) for network in networks]

    def _text(self, setup: Setup, network: str, strike: Strike, tool: Tool, where: Where) -> ReadyText:
        # messages of one account are that account's: the tool posts on any
        account = Account("", network, "")
        voice = Voice(account, setup.language, setup.zone, self._rulers[network], self._templates)
        return ready_text(strike_pool(strike, voice, setup.pools), strike, voice, tool, where)


class Reminding:
    """Tells once, when a strike is over, that the old text is to be put back."""

    def __init__(self, store: Store, kept: Callable[[], Sequence[OldText]], notices: Notices) -> None:
        self._store = store
        self._kept = kept
        self._notices = notices

    def mind(self) -> None:
        """Tell what is due. Raises DatabaseError."""
        try:
            kept = self._kept()
        except SettingsError:  # whoever asks for the text is told what is wrong with it
            return
        if not kept:
            return
        with self._store.reading() as tx:
            strikes, now = {strike.name: strike for strike in tx.strikes.all()}, tx.now
            due = [old for old in kept if _is_due(strikes.get(old.strike), now)]
            fresh = [old for old in due if tx.runtime.get(_note(old)) is None]
        for old in fresh:
            self._tell(old, strikes[old.strike], [s for s in strikes.values() if s.in_force(now)])
            with self._store.noting() as tx:
                tx.runtime.set(_note(old), "yes")

    def _tell(self, old: OldText, strike: Strike, in_force: Sequence[Strike]) -> None:
        values = {"name": strike.name, "tool": old.place, "end": strike.ended_at, "text": old.text}
        text = (
            "The strike “{name}” is over since {end}: put the old text back into {tool}. It was: {text} – To see it"
            " with its lines: occupier text {name} --back"
        )
        if in_force:
            values["next"] = in_force[0].name
            text = (
                "The strike “{name}” is over since {end}, and the text in {tool} still says that hour. For the strike"
                " that goes on: occupier text {next}"
            )
        self._notices.tell(Notice("old_text", Sentence(text, values), serious=True))


def _is_due(strike: Strike | None, now: datetime) -> bool:
    return strike is not None and strike.is_over(now)


def _note(old: OldText) -> str:
    return f"{_TOLD}{old.strike}:{old.tool}" + (f":{old.network}" if old.network else "")
