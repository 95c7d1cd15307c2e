"""`rehearse` and `sandbox`: the occupation on networks that this machine imitates."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from occupier.cli.session import Session
from occupier.cli.spoken import WholeNumber, command, flag, option
from occupier.domain.errors import Sentence, UsageError
from occupier.speech import _, clean_line, language

if TYPE_CHECKING:
    from occupier.domain.setup import Setup
    from occupier.rehearsal.programme import Pace
    from occupier.sandbox import Sandbox

VISIBILITIES = ("public", "unlisted", "private", "direct")
USUAL_PORT = 8017
ALREADY_THERE = 3
"""Articles in the sandbox's feed from the start."""
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
        stage.say(found_words(wanted.setup.feeds[0].url))
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


def found_words(url: str) -> str:
    """Say which feed was found where the address of a site was typed."""
    return _("Its feed was found: {url}").format(url=clean_line(url))


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


@command(
    Sentence(
        "Run the sandbox on 127.0.0.1: Mastodon, X and Facebook imitated, a page that shows what was posted, and the"
        " feed of a newsroom. The settings to paste are printed."
    ),
    option("--port", about=Sentence("Where it listens; 0 is any free port."), metavar=Sentence("PORT"),
           type=WholeNumber(0, 65535), default=USUAL_PORT, show_default=True),
)  # fmt: skip
def sandbox(session: Session, port: int) -> None:
    """Run the sandbox until Ctrl-C."""
    from occupier.sandbox import serve

    serve(port, on_ready=_open)


def _open(box: Sandbox) -> None:
    from occupier.rehearsal.stories import sample

    # without an article there is no baseline, and the first one that is published would be it
    for story in reversed(sample().stories[:ALREADY_THERE]):
        box.publish(title=story.title, summary=story.summary, categories=story.categories, link=story.link)
    print("\n".join(_welcome(box)), flush=True)


def _welcome(box: Sandbox) -> Iterator[str]:
    yield _("The sandbox's page: {url}").format(url=f"{box.url}/")
    yield _("It is on this machine only; Ctrl-C stops it, and everything in it is forgotten.")
    yield ""
    yield _("Settings to paste into a new file, for example sandbox.toml:")
    yield ""
    yield sandbox_settings(box)
    yield _("Their secrets, to paste where you will type occupier --settings sandbox.toml:")
    yield ""
    yield from (f"export {name}='{secret}'" for name, secret in sandbox_secrets(box).items())
    yield ""
    yield _("To connect its accounts one by one, as those of the networks are connected:")
    yield ""
    yield f"occupier init --sandbox {box.url}"
    yield ""
    yield _("The keys that it asks for are on this page: {url}").format(url=f"{box.url}/keys")
    yield ""
    yield _("To publish an article:")
    yield ""
    yield (
        f"curl -sS -H 'X-Sandbox-Token: {box.token}' -H 'Content-Type: application/json' "
        f'-d \'{{"title": "{_("A title")}"}}\' {box.url}/control/publish'
    )


def sandbox_secrets(box: Sandbox) -> Mapping[str, str]:
    """Return the sandbox's secrets by the variables that its settings name; they are good nowhere else."""
    known = box.credentials
    return {
        "SANDBOX_MASTODON_TOKEN": known["mastodon"]["access_token"],
        "SANDBOX_X_CONSUMER_KEY": known["x"]["consumer_key"],
        "SANDBOX_X_CONSUMER_SECRET": known["x"]["consumer_secret"],
        "SANDBOX_X_ACCESS_TOKEN": known["x"]["access_token"],
        "SANDBOX_X_ACCESS_TOKEN_SECRET": known["x"]["access_token_secret"],
        "SANDBOX_FACEBOOK_TOKEN": known["facebook"]["access_token"],
    }


def sandbox_settings(box: Sandbox) -> str:
    """Return settings that lead to this sandbox, in TOML."""
    return f"""\
timezone = "Europe/Paris"
language = "{language()}"
database = "sqlite:///sandbox.db"

[[feeds]]
name = "une"
url = "{box.feed_url()}"
interval = "5s"

[[accounts]]
name = "mastodon"
platform = "mastodon"
server = "{box.url}"
access_token = {{ env = "SANDBOX_MASTODON_TOKEN" }}

[[accounts]]
name = "x"
platform = "x"
api_url = "{box.url}/x"
consumer_key = {{ env = "SANDBOX_X_CONSUMER_KEY" }}
consumer_secret = {{ env = "SANDBOX_X_CONSUMER_SECRET" }}
access_token = {{ env = "SANDBOX_X_ACCESS_TOKEN" }}
access_token_secret = {{ env = "SANDBOX_X_ACCESS_TOKEN_SECRET" }}

[[accounts]]
name = "page-facebook"
platform = "facebook"
api_url = "{box.url}/graph"
page_id = "{box.credentials["facebook"]["page_id"]}"
access_token = {{ env = "SANDBOX_FACEBOOK_TOKEN" }}
"""
