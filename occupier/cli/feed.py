"""`feed`: see to a feed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator, Mapping

from occupier.cli.declaring import known_name
from occupier.cli.serve import Stop
from occupier.cli.session import Session
from occupier.cli.spoken import WholeNumber, argument, command, option
from occupier.domain.errors import Sentence, UsageError
from occupier.domain.setup import Setup
from occupier.speech import gettext as _
from occupier.speech import say

USUAL_HOST, USUAL_PORT = "127.0.0.1", 8020


@command(
    Sentence(
        "Serve the strike feeds of the settings, to which the usual tools are pointed: the newsroom's feed, in which"
        " the articles of a strike say the strike. Works while the daemon runs; without it, nothing new is in them."
    ),
    option("--host", default=USUAL_HOST, show_default=True, metavar=Sentence("HOST"),
           about=Sentence("Where it listens; for a tool elsewhere, a server in front of it that speaks https.")),
    option("--port", default=USUAL_PORT, show_default=True, type=WholeNumber(0, 65535), metavar=Sentence("PORT"),
           about=Sentence("Its port; 0 is any free port.")),
)  # fmt: skip
def serve(session: Session, host: str, port: int) -> int:
    """Serve until told to stop."""
    require_served(session.setup)
    from occupier.web.strike_feeds import serving_feeds

    stop = Stop()
    with stop.listening(), serving_feeds(session.house(), host, port) as addresses:
        for sentence in opening(addresses):
            session.say(say(sentence))
        session.say(_("To stop: Ctrl-C."))
        sys.stdout.flush()
        return 130 if stop.wait() == signal.SIGINT else 0


def require_served(setup: Setup) -> None:
    """Refuse to serve where there is nothing to serve; raises UsageError."""
    if not served_feeds(setup):
        raise UsageError(
            "The settings have no strike feed to serve: give an account platform = “feed”, and no deliver."
        )


def served_feeds(setup: Setup) -> dict[str, str]:
    """Return the address of each strike feed that occupier serves itself, at the usual place."""
    names = (account.name for account in setup.accounts if account.is_feed and not account.is_written)
    return {name: f"http://{USUAL_HOST}:{USUAL_PORT}/feeds/{name}.xml" for name in names}


def starting(setup: Setup) -> tuple[str, ...]:
    """Return what follows `occupier` to start it: with strike feeds that it serves itself, an option serves them."""
    return ("run", "--serve-feed") if served_feeds(setup) else ("run",)


def opening(addresses: Mapping[str, str]) -> Iterator[Sentence]:
    """Say where each strike feed is, and what to do with it."""
    for name, address in addresses.items():
        yield Sentence("The strike feed {name}: {address}", {"name": name, "address": address})
    yield Sentence("Point the usual tool at it before the strike, and leave it there: its first reading shows it"
                   " nothing new.")  # fmt: skip


@command(
    Sentence(
        "Count what the feed shows at its next reading as known: none of it will be posted. For a feed that was rebuilt"
        " and shows old articles as new."
    ),
    argument("name", Sentence("NAME")),
)
def rebaseline(session: Session, name: str) -> None:
    """Forget the feed's state."""
    house = session.house()
    with house.store.reading() as tx:
        watched = [state.name for state in tx.feeds.all()]
    known_name(_("feed"), name, sorted({*watched, *(f.name for f in session.setup.feeds)}))
    if name in watched:
        house.controlling.rebaseline(name)
    text = _("What the feed {feed} shows at its next reading counts as known: none of it will be posted.")
    session.say(text.format(feed=name))
