"""`pause`, `resume`, `reload`: a person's word to a running daemon."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from occupier.bootstrap import House
from occupier.cli.declaring import known_name
from occupier.cli.session import Session
from occupier.cli.spoken import argument, command, flag
from occupier.domain.action import Action, State
from occupier.domain.errors import FailedError, Sentence, SettingsError
from occupier.domain.ports import Pause, Target
from occupier.services.deeds.controlling import Resumed
from occupier.speech import clean_line, ngettext, reason_words, say, state_words
from occupier.speech import gettext as _
from occupier.storage.lock import is_held

CALL, ANSWER, LOOK = 25.0, 10.0, 0.25
"""Seconds that a call may last, that a reload may take, and between two looks."""
_ACCOUNT = argument("account", Sentence("ACCOUNT"), required=False)


@command(
    Sentence(
        "Stop one account, or all, at once: no call begins any more. A call in flight is waited for (25 seconds at"
        " most), and what became of it is said."
    ),
    _ACCOUNT,
)
def pause(session: Session, account: str | None) -> int:
    """Pause, and wait for the calls in flight."""
    wrong, house = session.make_do(), session.house()
    _check_account(session, house, account)
    calls = house.controlling.pause(account)
    session.say(_("{account} is paused.").format(account=account) if account and account != "all"
                else _("Everything is paused."))  # fmt: skip
    if calls:
        text = ngettext("{n} call is in flight: waiting for it.", "{n} calls are in flight: waiting for them.",
                        len(calls))  # fmt: skip
        session.tell(text.format(n=len(calls)))
    unknown = [call for call in calls if not _await(session, house, call)]
    say_what_is_wrong(session, wrong)
    session.say(_("To go on: {command}").format(command=" ".join(filter(None, ["occupier resume", account]))))
    return 1 if unknown else 0


def say_what_is_wrong(session: Session, wrong: SettingsError | None) -> None:
    """Say, after what could not wait for it, on which database it was done and what is to be mended."""
    if wrong is not None:
        text = _("Done on {path}, although the settings cannot be used: {problem}")
        session.tell(text.format(path=session.settings.database, problem=say(wrong, session.zone)))


def _await(session: Session, house: House, call: Action) -> bool:
    until = session.clock.monotonic() + CALL
    now = house.controlling.outcome(call.id)
    while now.state is State.SENDING and session.clock.monotonic() < until:
        session.rest(LOOK)
        now = house.controlling.outcome(call.id)
    session.say(state_of_action(session, house, now))
    return now.state is not State.SENDING


def state_of_action(session: Session, house: House, action: Action) -> str:
    """Say how one post stands, with its address where it has one."""
    target = _targets(house)[action.target_id]
    words = state_words(
        action.state,
        zone=session.setup.zone,
        due_at=action.due_at,
        attempts=action.attempts,
        platform=target.platform,
        reason=action.reason,
        verb=action.verb,
        gone_by=action.gone_by,
        purpose=action.purpose,
        replaced=action.replaced,
    )
    line = _("Post {id} on {account}: {state}").format(id=action.id, account=target.name, state=words)
    return f"{line} {clean_line(action.remote_url)}" if action.remote_url else line


@command(
    Sentence(
        "Let one account, or all, go on after a pause, or after a stop that the account itself caused. What leaves then"
        " is shown before; on a terminal, it is asked whether it may."
    ),
    _ACCOUNT,
    flag("--yes", about=Sentence("Do not ask: it is meant.")),
)
def resume(session: Session, account: str | None, yes: bool) -> int:
    """Lift pauses, and say which remain."""
    from occupier.cli.behind import is_let_go

    house, account = session.house(), None if account == "all" else account
    _check_account(session, house, account)
    if not is_let_go(session, house, account, agreed=yes):
        return 1
    resumed = house.controlling.resume(account)
    session.say(_what_goes_on(house, account, resumed))
    for line in (*pause_lines(session, house, resumed.remaining), *(say(h, session.setup.zone) for h in resumed.held)):
        session.say(line)
    if house.store.pause_file.exists() and not any(p.by == "file" for p in resumed.remaining):
        session.say(_file_line(house))
    return 1 if resumed.remaining or resumed.held or house.store.pause_file.exists() else 0


def _what_goes_on(house: House, account: str | None, resumed: Resumed) -> str:
    stopped = house.store.pause_file.exists() or any(pause.target_id is None for pause in resumed.remaining)
    if account and stopped:
        text = (
            _("{account} itself is stopped no more, but everything is: nothing leaves. To go on everywhere: {command}")
            if resumed.lifted
            else _("Nothing was changed on {account}: everything is stopped. To go on everywhere: {command}")
        )
        return text.format(account=account, command="occupier resume")
    if not resumed.lifted:
        return _("Nothing was changed.") if stopped else _("Nothing was paused.")
    if stopped:
        return _("The pause is lifted, but everything is still stopped.")
    return _("{account} goes on.").format(account=account) if account else _("Everything goes on.")


def pause_lines(session: Session, house: House, pauses: Sequence[Pause]) -> list[str]:
    """Say why posting is stopped, and what to do about it."""
    targets = _targets(house)
    return [_pause_line(house, pause, targets) for pause in pauses]


def _pause_line(house: House, pause: Pause, targets: dict[int, Target]) -> str:
    if pause.by == "file":
        return _file_line(house)
    target = targets.get(pause.target_id) if pause.target_id is not None else None
    if pause.by == "person":
        why = _("paused by a person")
    else:
        why = reason_words(pause.reason, target.platform if target else None)
    return _("{account} is stopped: {reason}").format(account=target.name if target else _("Everything"), reason=why)


def _file_line(house: House) -> str:
    text = _("Everything is stopped by the file {path}: remove it to go on.")
    return text.format(path=house.store.pause_file)


@command(
    Sentence("Have the running daemon read the settings again. They are taken whole, or not at all."),
)
def reload(session: Session) -> int:
    """Check the settings here, ask the daemon, and wait for its answer."""
    from occupier.daemon import RELOAD, RELOADED

    database = session.settings.database
    if not is_held(database):
        raise FailedError("No daemon is running on {path}: it will read the settings when it starts.",
                          path=str(database))  # fmt: skip
    house, asked = session.house(), uuid.uuid4().hex
    with house.store.writing() as tx:
        tx.runtime.set(RELOAD, asked)
    until = session.clock.monotonic() + ANSWER
    while session.clock.monotonic() < until:
        with house.store.reading() as tx:
            answer = tx.runtime.get(RELOADED) or ""
        if answer.startswith(asked):
            return _answered(session, answer.removeprefix(asked).strip())
        session.rest(LOOK)
    raise FailedError("The daemon has not answered within {n} seconds: see occupier status.", n=int(ANSWER))


def _answered(session: Session, problem: str) -> int:
    if problem:
        raise SettingsError("The daemon keeps its old settings: {problem}", problem=problem)
    session.say(_("The daemon has read the settings again: they hold from now on."))
    return 0


def _check_account(session: Session, house: House, account: str | None) -> None:
    if account is not None and account != "all":
        names = {a.name for a in session.setup.accounts} | {t.name for t in _targets(house).values()}
        known_name(_("account"), account, sorted(names))


def _targets(house: House) -> dict[int, Target]:
    with house.store.reading() as tx:
        return {target.id: target for target in tx.targets.all()}
