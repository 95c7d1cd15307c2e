"""`resolve`, `done`, `release`, `drop`: a person's answers. Nothing is posted here: the daemon works it off."""

from __future__ import annotations

from occupier.cli.control import state_of_action
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag, option
from occupier.domain.action import Action, State
from occupier.domain.decision import USUAL_OUT
from occupier.domain.errors import Sentence, UnknownName, UsageError
from occupier.settings.addresses import read_web_address
from occupier.settings.context import Context
from occupier.settings.value import Value
from occupier.speech import gettext as _
from occupier.speech import ngettext
from occupier.storage.lock import is_held

_ID = Sentence("ID")


@command(
    Sentence(
        "Say whether a post “to check” is there: look at the account, then answer. If it is not there, it"
        " is tried again during the strike; after it, it is too late."
    ),
    argument("action_id", _ID),
    option("--published", "url", metavar=Sentence("ADDRESS"), about=Sentence("It is there, at this address.")),
    flag("--not-published", about=Sentence("It is not there.")),
)
def resolve(session: Session, action_id: str, url: str | None, not_published: bool) -> None:
    """Take the answer, and say what becomes of the post."""
    if (url is None) is not not_published:
        raise UsageError("Answer with --published and the post's address, or with --not-published: one of the two.")
    url, house = _address(session, url), session.house()
    session.say(state_of_action(session, house, house.answering.resolve(read_id(action_id), url)))


@command(
    Sentence(
        "Say that a post which was to be made by hand, or by your tool, is there; without its address too. After the"
        " strike it may still be said."
    ),
    argument("action_id", _ID),
    option("--published", "url", metavar=Sentence("ADDRESS"), about=Sentence("It is there, at this address.")),
    flag("--not-published", about=Sentence("It was not posted, and will not be.")),
)
def done(session: Session, action_id: str, url: str | None, not_published: bool) -> None:
    """Take the answer, and say how the post stands."""
    if url is not None and not_published:
        raise UsageError("Answer with --published and the post's address, or with --not-published: one of the two.")
    url, house = _address(session, url), session.house()
    action = house.answering.done(read_id(action_id), url, is_posted=not not_published)
    session.say(state_of_action(session, house, action))


def _address(session: Session, url: str | None) -> str | None:
    """Read the address of a post, where one was typed. Raises SettingsError."""
    if url is None:
        return None
    context = Context(session.settings.database.parent, {}, session.now())
    return read_web_address(Value(url, "--published", context))


@command(
    Sentence(
        "Let a post on hold go, or try again one that was refused or given up: occupier run then posts it, unless it is"
        " too late."
    ),
    argument("action_id", _ID, required=False),
    flag("--all", about=Sentence("Every post on hold.")),
)
def release(session: Session, action_id: str | None, **typed: bool) -> None:
    """Release one post, or all that are on hold."""
    if (action_id is None) is not typed["all"]:
        raise UsageError("Type the number of one post (see occupier status), or --all for every post on hold.")
    house = session.house()
    if action_id is None:
        released = house.controlling.release_all()
        text = ngettext("{n} post was released.", "{n} posts were released.", len(released))
        session.say(text.format(n=len(released)))
        _say_what_stays(session)
    else:
        released = [house.controlling.release(read_id(action_id))]
    for action in released:
        session.say(state_of_action(session, house, action))
    _say_who_posts(session, released)


@command(
    Sentence(
        "Leave a post that is on hold, or has not left yet, unposted on purpose. The log says that a person decided it."
    ),
    argument("action_id", _ID),
)
def drop(session: Session, action_id: str) -> None:
    """Drop one post."""
    house = session.house()
    session.say(state_of_action(session, house, house.controlling.drop(read_id(action_id))))


def read_id(typed: str) -> int:
    """Read the number of a record. Raises UnknownName."""
    if typed.isascii() and typed.isdigit() and len(typed) <= 18:
        return int(typed)
    raise UnknownName("“{id}” is not the number of a post: the log and occupier status show them.", id=typed)


def _say_what_stays(session: Session) -> None:
    with session.house().store.reading() as tx:
        stays = tx.actions.held_for(USUAL_OUT)
    if stays:
        text = ngettext("{n} post stays on hold, for the usual post is out already: release it by its number.",
                        "{n} posts stay on hold, for the usual posts are out already: release them by their numbers.",
                        len(stays))  # fmt: skip
        session.say(text.format(n=len(stays)))


def _say_who_posts(session: Session, released: list[Action]) -> None:
    waits = any(action.state in (State.PENDING, State.RETRY) for action in released)
    if waits and not is_held(session.settings.database):
        session.say(_("No daemon is running, so nothing will be posted. Start it: {command}").format(
            command="occupier run"))  # fmt: skip
