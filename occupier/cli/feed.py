"""`feed`: see to a feed."""

from __future__ import annotations

from occupier.cli.declaring import known_name
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command
from occupier.domain.errors import Sentence
from occupier.speech import gettext as _


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
