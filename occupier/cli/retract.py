"""`retract`: takes one strike post away. The holder of the database does it: the daemon, or else this command."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from occupier.bootstrap import House
from occupier.cli.answer import read_id
from occupier.cli.asking import is_agreed
from occupier.cli.carrying_out import UNREACHED, have_it_done, in_the_way, say_who_goes_on
from occupier.cli.control import pause_lines
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag
from occupier.domain.action import OVER, Action, State
from occupier.domain.errors import FailedError, Sentence, UsageError
from occupier.services.deeds.retracting import Candidate
from occupier.services.lane.terms import Step
from occupier.speech import clean_line, moment, reason_words, say, short_time
from occupier.speech import gettext as _
from occupier.speech.figures import in_dollars

_UNREACHED = Sentence(
    "{account} could not be reached with the keys of the settings: nothing was retracted yet. It is still"
    " wanted: type occupier retract {id} again when the account answers, or start occupier run."
)


@command(
    Sentence(
        "Take one strike post away. It is read again first: what somebody edited since is left as it is. The text stays"
        " in the log, and the article is not announced again. A pause holds this too."
    ),
    argument("action_id", Sentence("ID")),
    flag("--yes", about=Sentence("Do not ask.")),
)
def retract(session: Session, action_id: str, yes: bool) -> int:
    """Show the post, ask, write it down, and have it done."""
    house = session.house()
    candidate = _candidate(house, read_id(action_id))
    if candidate.post.gone_at is not None:
        session.say(_gone_words(session, candidate))
        return 0
    _show(session, house, candidate)
    if not yes and not _confirmed():
        session.tell(_("Nothing was changed."))
        return 1
    action = house.retracting.ask(candidate)
    blocked = have_it_done(session, house, candidate.account, candidate.target, action)
    if blocked is UNREACHED:
        raise FailedError(_UNREACHED.text, account=candidate.account.name, id=candidate.post.id)
    return _say_what_became(session, house, candidate, house.controlling.outcome(action.id), blocked)


def _candidate(house: House, action_id: int) -> Candidate:
    account = house.retracting.account_of(action_id)
    house.connect_one(account.name)
    return house.retracting.candidate(action_id, house.networks)


def _show(session: Session, house: House, candidate: Candidate) -> None:
    post, zone = candidate.post, session.setup.zone
    at = moment(post.sent_at or post.decided_at, zone, session.now())
    text = _("Strike post {id} on {account}, posted {at}:")
    session.say(text.format(id=post.id, account=candidate.account.name, at=at))
    for line in candidate.payload.shown.splitlines():
        session.say(f"    {clean_line(line)}")
    if post.remote_url:
        session.say(f"    {clean_line(post.remote_url)}")
    if candidate.cost_microusd:
        price = in_dollars(candidate.cost_microusd, 3)
        session.say(_("Retracting it costs ${price}.").format(price=price))
    for line in pause_lines(session, house, candidate.pauses):
        session.say(line)


def _confirmed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("retract takes a post away: add --yes to say that you mean it.")
    return is_agreed(_("Retract it? The text stays in the log. [yes/no]"))


# --- what became of it ------------------------------------------------------------------------------------------------

_WORDS: Mapping[State, Sentence] = {
    State.SENT: Sentence("Retracted: the strike post {id} is no longer on {account}. Its text stays in the log."),
    State.REFUSED: Sentence("{account} refused to retract the strike post {id}: {reason}. Delete it by hand."),
    State.FAILED: Sentence("The strike post {id} was not retracted: {reason}. Delete it by hand, or try again."),
    State.MISSED: Sentence("The strike post {id} was not retracted: {reason}. Type the command again."),
    State.UNCERTAIN: Sentence(
        "The answer of {account} was lost: occupier looks again at {at} whether the strike post {id} is still there."
    ),
}
_LEFT: Mapping[str, Sentence] = {
    "edited": Sentence(
        "Somebody edited the strike post {id} on {account} since it was posted, so it is left as it is. If it must go,"
        " delete it by hand: {url}"
    ),
    "gone": Sentence("The strike post {id} is no longer on {account}: somebody took it away before. The log says so."),
}


def _say_what_became(session: Session, house: House, candidate: Candidate, now: Action, blocked: Step | None) -> int:
    sentence = _LEFT.get(str(now.reason)) if now.state is State.LEFT else _WORDS.get(now.state)
    if sentence is None:
        sentence = Sentence("Not retracted yet: {reason}. It is tried again at {at}.")
    why, at = in_the_way(now, blocked)
    values = {
        "id": candidate.post.id,
        "account": candidate.account.name,
        "reason": reason_words(why, candidate.account.platform),
        "at": short_time(at, session.setup.zone),
        "url": clean_line(candidate.post.remote_url or ""),
    }
    session.say(say(Sentence(sentence.text, values), session.setup.zone))
    if now.state not in OVER:
        say_who_goes_on(session, f"occupier retract {candidate.post.id}")
    done = now.state is State.SENT or (now.state is State.LEFT and now.reason == "gone")
    return 0 if done else 1


def _gone_words(session: Session, candidate: Candidate) -> str:
    from occupier.cli.control import state_of_action

    return state_of_action(session, session.house(), candidate.post)
