"""Every command, and where it is. Nothing of theirs is imported before they are typed."""

from __future__ import annotations

import sys
from enum import Enum

import click

from occupier import __version__
from occupier.cli.spoken import LazyGroup, SpokenOption
from occupier.domain.errors import Sentence


def _show_version(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value and not ctx.resilient_parsing:
        click.echo(f"occupier {__version__}")
        ctx.exit()


class Wanted(Enum):
    """What is wanted besides a command's own exit status."""

    MENU = "menu"


def _ask_or_help() -> Wanted | None:
    """Whoever sits at a terminal is asked what to do; a program that forgot its command is shown the help."""
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        if sys.stdin.isatty() and sys.stdout.isatty():
            return Wanted.MENU
        click.echo(ctx.get_help())
    return None


occupier = LazyGroup(
    "occupier",
    about=Sentence(
        "During a declared strike, the accounts announce the strike in place of the articles, and every post is"
        " entered in the log."
    ),
    params=[
        SpokenOption(
            "--version",
            about=Sentence("Show the version."),
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_show_version,
        ),
    ],  # fmt: skip
    callback=_ask_or_help,
    invoke_without_command=True,
    lazy={
        "init": ("occupier.cli.init:init", Sentence("Prepare everything, one question at a time.")),
        "strike": ("occupier.cli.commands:strike", Sentence("Declare, renew, end and list strikes.")),
        "check": ("occupier.cli.check:check", Sentence("Find out beforehand what would go wrong.")),
        "plan": ("occupier.cli.plan:plan", Sentence("Write the page that an assembly votes on, and seal it.")),
        "preview": ("occupier.cli.preview:preview", Sentence("Show the newest articles as accounts would post them.")),
        "text": ("occupier.cli.text:text", Sentence("Write a strike message for the tool that posts usually.")),
        "rehearse": ("occupier.cli.rehearse:rehearse", Sentence("Rehearse the whole occupation on a sandbox.")),
        "sandbox": ("occupier.cli.sandbox:sandbox", Sentence("Run the sandbox, with its page, on this machine.")),
        "run": ("occupier.cli.run:run", Sentence("Watch the feeds and post: the daemon.")),
        "pause": ("occupier.cli.control:pause", Sentence("Stop one account, or all, at once.")),
        "resume": ("occupier.cli.control:resume", Sentence("Let one account, or all, go on.")),
        "reload": ("occupier.cli.control:reload", Sentence("Have the running daemon read the settings again.")),
        "status": ("occupier.cli.status:status", Sentence("How things stand, and what waits for a person.")),
        "log": ("occupier.cli.log:log", Sentence("The log: what was posted in place of what, and why.")),
        "serve": ("occupier.cli.serve:serve", Sentence("Serve the review page: the log, in a browser.")),
        "report": ("occupier.cli.report:report", Sentence("Write the account of a strike: HTML, PDF or Markdown.")),
        "catch-up": ("occupier.cli.catch_up:catch_up", Sentence("List what was not announced as usual.")),
        "resolve": ("occupier.cli.answer:resolve", Sentence("Say whether a post “to check” is there.")),
        "done": ("occupier.cli.answer:done", Sentence("Say that a post made by hand is there.")),
        "release": ("occupier.cli.answer:release", Sentence("Let a post on hold go.")),
        "drop": ("occupier.cli.answer:drop", Sentence("Leave a post on hold unposted.")),
        "notify": ("occupier.cli.commands:notify", Sentence("See to the messages that occupier sends to people.")),
        "retract": (
            "occupier.cli.retract:retract",
            Sentence("Take a strike post away; its text stays in the log."),
        ),
        "restore": (
            "occupier.cli.restore:restore",
            Sentence("Put back the usual posts that a strike edited."),
        ),
        "service": ("occupier.cli.commands:service", Sentence("Have this machine keep the daemon up.")),
        "feed": ("occupier.cli.commands:feed", Sentence("See to a feed.")),
        "db": ("occupier.cli.commands:db", Sentence("See to the database.")),
    },
)

strike = LazyGroup(
    "strike",
    about=Sentence("Declare, renew, end and list strikes. Outside a strike, no strike post is ever sent."),
    lazy={
        "declare": ("occupier.cli.strike:declare", Sentence("Declare a strike: from when to when, who decided, why.")),
        "renew": ("occupier.cli.strike:renew", Sentence("Go on from the end of a strike, as another vote decided.")),
        "end": ("occupier.cli.strike:end", Sentence("End a strike now, for good.")),
        "list": ("occupier.cli.strike:list_", Sentence("List the strikes, past and to come.")),
    },
)

feed = LazyGroup(
    "feed",
    about=Sentence("See to a feed."),
    lazy={
        "serve": ("occupier.cli.feed:serve", Sentence("Serve the strike feeds, to which the usual tools are pointed.")),
        "rebaseline": (
            "occupier.cli.feed:rebaseline",
            Sentence("Count what the feed shows next as known: none of it will be posted."),
        ),
    },
)

service = LazyGroup(
    "service",
    about=Sentence("Have this machine keep the daemon up."),
    lazy={
        "install": (
            "occupier.cli.service:install",
            Sentence("Start it now, whenever the machine starts, and again if it dies."),
        ),
        "remove": ("occupier.cli.service:remove", Sentence("Stop it, and no longer start it with the machine.")),
    },
)

notify = LazyGroup(
    "notify",
    about=Sentence("See to the messages that occupier sends to people."),
    lazy={"test": ("occupier.cli.notify:test", Sentence("Send a test message to every address in the settings."))},
)

db = LazyGroup(
    "db",
    about=Sentence("See to the database."),
    lazy={
        "upgrade": ("occupier.cli.db:upgrade", Sentence("Bring the database up to this version, after copying it.")),
        "check": ("occupier.cli.db:check", Sentence("Say whether the database is sound, and what can be saved.")),
        "restore": ("occupier.cli.db:restore", Sentence("Put a saved copy in the place of the database.")),
    },
)
