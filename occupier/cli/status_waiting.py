"""What waits for people in `status`, each with the commands that answer it."""

from __future__ import annotations

from collections.abc import Iterator

from occupier.cli.session import Session
from occupier.cli.standing import Look
from occupier.domain.action import Action, State
from occupier.services.lane.by_hand import Task
from occupier.services.lane.empty_places import stands_empty
from occupier.services.review.reviewing import Status
from occupier.speech import (
    clean_line,
    ngettext,
    reason_words,
    say,
    state_words,
)
from occupier.speech import gettext as _


def places_left_empty(session: Session, look: Look) -> Iterator[str]:
    """Say where a usual post was deleted, and nothing stands in its place yet."""
    for empty in look.found.empty:
        target = look.targets[empty.deletion.target_id]
        text = say(stands_empty(empty, target.name, look.titles.get(empty.deletion.id, "")), session.setup.zone)
        yield clean_line(text)


def posts_on_hold(session: Session, look: Look) -> Iterator[str]:
    """Yield the posts that wait for a person's answer."""
    waiting = look.found.waiting
    if not waiting:
        yield _("Nothing waits for a person.")
        return
    yield ngettext("{n} post waits for a person:", "{n} posts wait for a person:", len(waiting)).format(n=len(waiting))
    for action in waiting:
        target = look.targets[action.target_id]
        words = state_words(
            action.state,
            zone=session.setup.zone,
            platform=target.platform,
            verb=action.verb,
            purpose=action.purpose,
            replaced=action.replaced,
        )
        yield f"  {action.id}  {target.name}  {words}  {clean_line(look.titles.get(action.id, ''))}"
        yield f"     {reason_words(action.reason, target.platform) if action.reason else ''}"
        yield "     " + _(" or ").join(to_type(action))


def texts_to_post(found: Status) -> Iterator[str]:
    """Yield the texts that people are to post by hand, those given up last."""
    waiting = [task for task in found.to_do if not task.is_given_up]
    given_up = [task for task in found.to_do if task.is_given_up]
    if waiting:
        one = "{n} post to make by hand (its text: occupier log, or the review page):"
        many = "{n} posts to make by hand (their texts: occupier log, or the review page):"
        yield ngettext(one, many, len(waiting)).format(n=len(waiting))
        yield from map(_task, waiting)
    if given_up:
        yield _("Nobody said that these were made by hand, and the strike is over:")
        yield from map(_task, given_up)


def _task(task: Task) -> str:
    return f"  {task.action.id}  {task.account.name}  {clean_line(task.title)} – occupier done {task.action.id}"


def to_type(action: Action) -> tuple[str, str]:
    """Return the two commands of which one answers what waits for a person."""
    if action.state is State.UNCERTAIN:
        first = f"occupier resolve {action.id} --published {_('ADDRESS')}"
        return first, f"occupier resolve {action.id} --not-published"
    return f"occupier release {action.id}", f"occupier drop {action.id}"
