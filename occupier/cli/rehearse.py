"""`rehearse`: the occupation on networks that this machine imitates."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from occupier.cli.session import Session
from occupier.cli.spoken import WholeNumber, command, flag, option
from occupier.domain.errors import Sentence, UsageError
from occupier.speech import _

if TYPE_CHECKING:
    from occupier.domain.setup import Setup
    from occupier.rehearsal.programme import Pace
    from occupier.sandbox import Sandbox

VISIBILITIES = ("public", "unlisted", "private", "direct")
MOST = 12
"""More articles would not fit between the start and the end of the rehearsed strike."""


@command(
    Sentence(
        "Rehearse the whole occupation, in less than a minute: a newsroom publishes, a strike begins and ends, the"
        " daemon posts on networks imitated on this machine. Without --settings and --feed it needs nothing: it brings"
        " a newsroom of its own. With them, your newest articles, messages and accounts' names are used; never your"
        " accounts, and no secret is read."
    ),
    option("--last", about=Sentence("How many articles come out during the strike."), metavar=Sentence("N"),
           type=WholeNumber(1, MOST), default=5, show_default=True),
    option("--feed", about=Sentence("The address of a feed, or of a site that has one, to take articles from."),
           metavar=Sentence("URL")),
    option("--settings", about=Sentence("Your settings, to rehearse with; none are read unless you type this."),
           metavar=Sentence("FILE")),
    flag("--keep", about=Sentence("Leave the page up until Ctrl-C, and keep the database.")),
    option("--account", metavar=Sentence("NAME"), about=Sentence(
        "Rehearse on a test account of your settings instead (test = true): real strike posts of the newest articles,"
        " shown before they leave, deleted afterwards if you wish.")),
    option("--visibility", metavar=Sentence("public|unlisted|private|direct"), type=click.Choice(VISIBILITIES),
           about=Sentence("With --account, on Mastodon: who will see the posts.")),
    flag("--clean", about=Sentence("With --account: only delete what rehearsals have left on it.")),
    flag("--yes", about=Sentence("With --account: do not ask.")),
)  # fmt: skip
def rehearse(session: Session, last: int, feed: str | None, settings: str | None, keep: bool, **typed: Any) -> int:
    """Rehearse the whole occupation, or some of it on a test account."""
    session.settings_option = settings or session.settings_option
    if typed["account"] is None:
        if typed["visibility"] or typed["clean"] or typed["yes"]:
            raise UsageError("--visibility, --clean and --yes belong to --account: name a test account.")
        return play(session, last, feed, keep=keep)
    if keep:
        raise UsageError("--keep belongs to the sandbox; what is posted on an account stays until you delete it.")
    from occupier.cli.trial import Wanted, rehearse_on_account

    return rehearse_on_account(session, Wanted(last=last, feed=feed, **typed))


def play(session: Session, last: int, feed: str | None, *, keep: bool = False, pace: Pace | None = None) -> int:
    """Rehearse, at another pace if one is given; return the exit status. Raises OccupierError."""
    from occupier.bootstrap import prepare_process
    from occupier.cli.trial_words import feed_found
    from occupier.rehearsal.rehearsing import empty_sandbox, make_play, own_folder, perform
    from occupier.rehearsal.terminal import stage_for

    prepare_process()
    stage = stage_for(sys.stdout)
    # the settings of the present folder or of a variable are somebody's own: only those that are typed count
    setup = own_setup(session) if session.settings_option is not None else None
    if setup is not None or feed is not None:
        stage.say(_("The feeds are being read."))
    wanted = make_play(setup, feed, last, session.clock)
    if feed is not None and wanted.setup.feeds[0].url != feed:
        stage.say(feed_found(wanted.setup.feeds[0].url))
    session.zone = wanted.setup.zone
    with _terminable(), own_folder(keep=keep) as folder, empty_sandbox() as box:
        is_good = perform(box, folder, wanted, stage, session.clock, pace)
        if keep:
            _wait(box, str(folder))
    return 0 if is_good else 1


def own_setup(session: Session) -> Setup:
    """Return the setup of the settings with the strikes of the strike book: those that were declared."""
    from dataclasses import replace

    from occupier.cli.strikes import known_strikes

    return replace(session.setup, strikes=tuple(known_strikes(session)))


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM end it as Ctrl-C does: the call in flight is settled, the folder removed."""
    # Ctrl-C too: a shell starts what runs in its background with it ignored
    signal.signal(signal.SIGINT, signal.default_int_handler)
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _wait(box: Sandbox, folder: str) -> None:
    print()
    print(_("The page stays at {url} until Ctrl-C; the database stays in {folder}.").format(
        url=f"{box.url}/", folder=folder))  # fmt: skip
    print(_("The newsroom's pages, from another window: {command}").format(
        command=f"occupier serve --settings {folder}/settings.toml"), flush=True)  # fmt: skip
    try:
        while True:
            signal.pause()
    except KeyboardInterrupt:
        print()
