"""`restore`: puts back the usual posts that a strike edited, as far as they are still as occupier left them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping

from occupier.bootstrap import House
from occupier.cli.asking import is_agreed
from occupier.cli.carrying_out import UNREACHED, have_it_done, in_the_way, say_who_goes_on
from occupier.cli.control import pause_lines
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag
from occupier.domain.action import OVER, Action, GoneBy, Purpose, State
from occupier.domain.errors import Sentence, UsageError
from occupier.services.deeds.reinstating import Deleted, Edited
from occupier.services.lane.terms import Step
from occupier.speech import clean_line, reason_words, say, short_time
from occupier.speech import gettext as _

_INDENT = "    "


@command(
    Sentence(
        "Put back the usual posts that a strike edited. Each is read again first: what somebody changed since is left"
        " as it is, and listed, as are those that were deleted. Both texts stay in the log. A pause holds this too."
    ),
    argument("strike", Sentence("STRIKE")),
    flag("--yes", about=Sentence("Do not ask.")),
)
def restore(session: Session, strike: str, yes: bool) -> int:
    """Show the posts, ask, write it down, and have it done one by one."""
    house = session.house()
    edited = house.reinstating.edited(strike)
    wanted = [found for found in edited if found.may_be_put_back]
    left = [_why_not(session, found) for found in edited if not found.may_be_put_back]
    left += [line for gone in house.reinstating.deleted(strike) for line in _deleted(session, gone)]
    if not wanted:
        session.say("\n".join(left) or _("The strike “{name}” edited no post.").format(name=strike))
        return 1 if any(found.edit.gone_at is None for found in edited) else 0
    _show(session, house, wanted)
    for line in left:
        session.say(line)
    if not yes and not _confirmed(len(wanted)):
        session.tell(_("Nothing was changed."))
        return 1
    return _put_back(session, house, strike, wanted) | any(found.edit.gone_at is None for found in edited
                                                           if found not in wanted)  # fmt: skip


def _show(session: Session, house: House, wanted: Iterable[Edited]) -> None:
    for found in wanted:
        text = _("{account}: the post {post} says the strike. It said before:")
        session.say(text.format(account=found.target.name, post=clean_line(found.before.url or found.before.id)))
        for line in found.before.text.splitlines():
            session.say(f"{_INDENT}{clean_line(line)}")
    targets = {found.target.id for found in wanted}
    with house.store.reading() as tx:
        pauses = [pause for pause in tx.pauses.all() if pause.target_id is None or pause.target_id in targets]
    for line in pause_lines(session, house, pauses):
        session.say(line)


def _confirmed(count: int) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("restore changes posts: add --yes to say that you mean it.")
    return is_agreed(_("Put them back ({count})? [yes/no]").format(count=count))


def _why_not(session: Session, found: Edited) -> str:
    if found.is_unknown:
        text = Sentence("{account}: nobody knows yet what the post {post} says; type the command again later.")
    elif found.account is None:
        text = Sentence("{account} is not in the settings any more: the post {post} is left as it is.")
    elif found.edit.gone_by is GoneBy.OCCUPIER:
        text = Sentence("{account}: the post {post} was put back before.")
    else:
        text = Sentence("{account}: the post {post} is no longer there.")
    return _line(session, text, found)


def _deleted(session: Session, gone: Deleted) -> Iterator[str]:
    """Say of a post that was deleted what it said, and what stands in its place: nothing can put it back."""
    follows = gone.follows
    values = {
        "account": gone.target.name,
        "post": clean_line(gone.before.url or gone.before.id),
        "url": clean_line(follows.remote_url or follows.remote_id or ""),
        "id": follows.id,
        "state": follows.state,
    }
    if follows.state is not State.SENT:
        text = Sentence("{account}: the usual post {post} was deleted, and nothing stands in its place yet ({state}).")
    elif follows.purpose is Purpose.GIVE_BACK:
        text = Sentence("{account}: the usual post {post} was deleted, then its message posted again: {url}")
    else:
        text = Sentence(
            "{account}: the usual post {post} was deleted, and cannot be put back. The strike message stands in its"
            " place: {url} (occupier retract {id} takes that away; the usual message is then to be posted by hand)."
        )
    yield say(Sentence(text.text, values), session.setup.zone)
    yield from _quoted(_("It said:"), gone.before.text)
    if follows.purpose is not Purpose.GIVE_BACK and follows.payload is not None:
        yield from _quoted(_("The strike message says:"), follows.payload.shown)


def _quoted(head: str, text: str) -> Iterator[str]:
    yield f"{_INDENT}{head}"
    yield from (f"{_INDENT}{_INDENT}{clean_line(line)}" for line in text.splitlines())


# --- having it done ---------------------------------------------------------------------------------------------------

_WORDS: Mapping[State, Sentence] = {
    State.SENT: Sentence("{account}: the post {post} is as it was before the strike."),
    State.REFUSED: Sentence("{account} refused to put the post {post} back: {reason}. Edit it by hand."),
    State.FAILED: Sentence("{account}: the post {post} was not put back: {reason}. Edit it by hand, or try again."),
    State.UNCERTAIN: Sentence(
        "{account}: the answer was lost; occupier looks again at {at} what the post {post} says."
    ),
}
_LEFT: Mapping[str, Sentence] = {
    "edited": Sentence("{account}: somebody changed the post {post} since, so it is left as it is."),
    "gone": Sentence("{account}: the post {post} is no longer there."),
}
_UNREACHED = Sentence(
    "{account} could not be reached with the keys of the settings: the post {post} is not put back yet."
)
_WAITS = Sentence("{account}: the post {post} is not put back yet: {reason}. It is tried again at {at}.")


def _put_back(session: Session, house: House, strike: str, wanted: list[Edited]) -> int:
    # all is written down before the first call: whoever carries on after a crash knows of every one
    asked = [(found, house.reinstating.ask(found)) for found in wanted]
    waits = unsettled = False
    for found, action in asked:
        assert found.account is not None
        if found.account.name not in house.networks:
            house.connect_one(found.account.name)
        blocked = have_it_done(session, house, found.account, found.target, action)
        now = house.controlling.outcome(action.id)
        session.say(_what_became(session, found, now, blocked))
        waits |= now.state not in OVER
        unsettled |= now.state is not State.SENT and now.reason != "gone"
    if waits:
        say_who_goes_on(session, f"occupier restore {strike}")
    return int(unsettled)


def _what_became(session: Session, found: Edited, now: Action, blocked: Step | None) -> str:
    if blocked is UNREACHED:
        return _line(session, _UNREACHED, found)
    sentence = _LEFT.get(str(now.reason)) if now.state is State.LEFT else _WORDS.get(now.state)
    why, at = in_the_way(now, blocked)
    reason = reason_words(why, found.target.platform)
    return _line(session, sentence or _WAITS, found, reason=reason, at=short_time(at, session.setup.zone))


def _line(session: Session, sentence: Sentence, found: Edited, **values: object) -> str:
    post = clean_line(found.before.url or found.before.id)
    return say(Sentence(sentence.text, {"account": found.target.name, "post": post, **values}), session.setup.zone)
