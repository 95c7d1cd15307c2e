"""click, with help in the language in force when it is shown, and commands imported when they are typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click

from occupier.cli.session import ReaderGone, Session
from occupier.domain.errors import Sentence, UsageError
from occupier.speech import gettext

Lazy = Mapping[str, tuple[str, Sentence]]
"""Commands by name: where each is (`module:attribute`), and what it does."""


class SpokenOption(click.Option):
    """An option whose help is a message of the catalogue."""

    def __init__(self, *names: str, about: Sentence, metavar: Sentence | None = None, **attributes: Any) -> None:
        self._about, self._metavar = about, metavar
        super().__init__(list(names), help=about.text, **attributes)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help, translated."""
        self.help = gettext(self._about.text)
        return super().get_help_record(ctx)

    def make_metavar(self, ctx: click.Context) -> str:
        """Return what stands for the value, translated."""
        return gettext(self._metavar.text) if self._metavar else super().make_metavar(ctx)


class WholeNumber(click.IntRange):
    """A whole number between two bounds, said in words in the help and where another thing was typed."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number. Raises UsageError."""
        try:
            return int(super().convert(value, param, ctx))
        except click.BadParameter:
            raise UsageError(
                "{option}: write a whole number from {least} to {most}.",
                option=param.opts[0] if param else "",
                least=self.min,
                most=self.max,
            ) from None

    def _describe_range(self) -> str:
        return gettext("from {least} to {most}").format(least=self.min, most=self.max)


class SpokenArgument(click.Argument):
    """An argument whose name is a message of the catalogue."""

    def __init__(self, name: str, metavar: Sentence, **attributes: Any) -> None:
        self._metavar = metavar
        super().__init__([name], **attributes)

    def make_metavar(self, ctx: click.Context) -> str:
        """Return what stands for the value, translated."""
        return gettext(self._metavar.text) if self.required else f"[{gettext(self._metavar.text)}]"

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Return what an error calls it."""
        return f"“{gettext(self._metavar.text)}”"


class SpokenCommand(click.Command):
    """A command whose help is a message of the catalogue."""

    def __init__(self, name: str | None, *, about: Sentence, **attributes: Any) -> None:
        self._about = about
        super().__init__(name, help=about.text, **attributes)
        add_general_options(self)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language in force."""
        self.help, self._help_option = gettext(self._about.text), None
        super().format_help(ctx, formatter)


class LazyGroup(SpokenCommand, click.Group):
    """A group that imports a command when it is typed, and lists them in reading order without importing any."""

    def __init__(self, name: str | None, *, lazy: Lazy, **attributes: Any) -> None:
        super().__init__(name, **attributes)
        self._lazy = lazy
        # click proposes the nearest of these where a name is mistyped
        self.commands = dict.fromkeys(lazy)  # type: ignore[assignment]

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names, in the order of the table."""
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; None if there is none of that name."""
        if cmd_name not in self._lazy:
            return None
        module, attribute = self._lazy[cmd_name][0].split(":")
        found: click.Command = getattr(import_module(module), attribute)
        add_general_options(found)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command does."""
        with formatter.section(gettext(Sentence("Commands").text)):
            formatter.write_dl([(name, gettext(about.text)) for name, (_, about) in self._lazy.items()])


def command(about: Sentence, *parameters: click.Parameter) -> Callable[[Callable[..., int | None]], SpokenCommand]:
    """Make a command of a function, which receives the session first and returns the exit status (None is 0)."""

    def made(function: Callable[..., int | None]) -> SpokenCommand:
        def callback(**values: Any) -> int | None:
            try:
                return function(session_of(click.get_current_context()), **values)
            except BrokenPipeError:
                raise ReaderGone from None

        return SpokenCommand(function.__name__, about=about, params=list(parameters), callback=callback)

    return made


def option(*names: str, about: Sentence, metavar: Sentence | None = None, **attributes: Any) -> SpokenOption:
    """Return an option whose help is translated when it is shown."""
    return SpokenOption(*names, about=about, metavar=metavar, **attributes)


def flag(name: str, *, about: Sentence) -> SpokenOption:
    """Return an option that takes no value."""
    return SpokenOption(name, about=about, is_flag=True)


def json_flag(*, is_list: bool = False) -> SpokenOption:
    """Return `--json`: one document on standard output, and every sentence on standard error."""

    def take(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
        session_of(ctx).as_json = value
        session_of(ctx).owes_document = value and not is_list

    about = Sentence("One JSON document on standard output; sentences for people go to standard error.")
    return SpokenOption("--json", about=about, is_flag=True, expose_value=False, callback=take)


def argument(name: str, metavar: Sentence, **attributes: Any) -> SpokenArgument:
    """Return an argument whose name is translated when it is shown."""
    return SpokenArgument(name, metavar, **attributes)


def session_of(ctx: click.Context) -> Session:
    """Return the session of this command line."""
    return ctx.ensure_object(Session)


def add_general_options(found: click.Command) -> None:
    """Let `--settings` and `--debug` be typed after this command too."""
    known = {name for parameter in found.params for name in parameter.opts}
    if "--settings" not in known:
        found.params.append(_settings_option())
    if "--debug" not in known:
        found.params.append(_debug_option())


def _settings_option() -> SpokenOption:
    def take(ctx: click.Context, _option: click.Parameter, value: str | None) -> None:
        if value is not None:
            session_of(ctx).settings_option = value

    about = Sentence("The settings file; otherwise $OCCUPIER_SETTINGS, otherwise settings.toml in this folder.")
    return SpokenOption("--settings", about=about, metavar=Sentence("FILE"), expose_value=False, callback=take)


def _debug_option() -> SpokenOption:
    def take(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
        session_of(ctx).debug |= value

    about = Sentence("Show where an unexpected error comes from.")
    return SpokenOption("--debug", about=about, is_flag=True, expose_value=False, callback=take)
