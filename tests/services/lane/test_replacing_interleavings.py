"""Whatever happens between the two calls of a replacement, and however often: one post stands there at the end."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from occupier.domain.action import Purpose, State
from occupier.domain.errors import OccupierError
from occupier.domain.outcome import Outcome, RefusalKind, Refused, Retryable, Uncertain
from occupier.domain.ports import Order
from occupier.domain.setup import DuringStrikes
from occupier.services.review.ledger import Verifying
from tests.fakes import FakeClock, FakeNetwork
from tests.services.lane.test_replacing import ABLE, POST, READ, Killed, replacing, texts, usual
from tests.services.newsroom import HOUR, MINUTE, SECOND, Newsroom, account, feed

pytestmark = pytest.mark.campaign  # many newsrooms in a row

ANSWERS = ("done", "lost", "lost undone", "unsent", "killed", "killed undone", "wait")
EVENTS = ("step", "step", "step", "minute", "kill", "pause", "resume", "end", "silence", "lapse", "drop", "refuse")


def answered(room: Newsroom, order: Order, answer: str) -> Outcome:
    """Answer a call as the case wants it; carried out or not."""
    if answer in ("done", "lost", "killed"):
        outcome = room.network().post(order)
    if answer.startswith("killed"):
        raise Killed
    if answer.startswith("lost"):
        return Uncertain("timeout")
    if answer == "wait":
        return Retryable("throttled", not_before=room.clock.now() + 3 * MINUTE, http_status=429)
    return outcome if answer == "done" else Retryable("connect")


def happen(room: Newsroom, event: str) -> None:
    """Let one thing happen to the newsroom; a process that dies is started again."""
    if event == "step":
        try:
            room.run_lane()
        except Killed:
            room.wire()
    elif event == "minute":
        room.clock.advance(MINUTE)
    elif event == "kill":
        room.wire()
    elif event == "pause":
        room.controlling.pause(None)
    elif event == "resume":
        room.controlling.resume(None)
    elif event == "end":
        room.striking.end("greve")
    elif event == "silence":
        replacing(room, during_strikes=DuringStrikes.SILENCE)
    elif event == "lapse":
        room.housekeeping.lapse()
    elif event == "drop" and room.actions()[0].state is State.PENDING:
        room.controlling.drop(room.actions()[0].id)
    elif event == "refuse":
        room.network().outcomes.append(lambda order: _refused(room, order))


def _refused(room: Newsroom, order: Order) -> Outcome:
    # what gives back is taken: what becomes of one that is refused is another test's
    is_back = any(a.purpose is Purpose.GIVE_BACK and a.state is State.SENDING for a in room.actions())
    return room.network().post(order) if is_back else Refused(RefusalKind.CONTENT, 403)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    events=st.lists(st.sampled_from(EVENTS), max_size=14),
    answers=st.lists(st.sampled_from(ANSWERS), max_size=4),
)
def test_one_post_stands_there_at_the_end(empty_journal: Path, events: list[str], answers: list[str]) -> None:
    folder = TemporaryDirectory()
    path = Path(folder.name) / "occupier.db"
    copyfile(empty_journal, path)
    room = Newsroom(path, FakeClock(), [account()], [feed()])
    try:
        room.networks["courrier"] = FakeNetwork(room.clock, price=POST, read_price=READ, capabilities=ABLE)
        room.wire()
        replacing(room, budget_microusd=1000 * POST)
        room.occupied()
        room.article(1)
        usual(room)
        for answer in answers:
            room.network().outcomes.append(lambda order, answer=answer: answered(room, order, answer))  # type: ignore[misc]
        for event in events:
            with suppress(OccupierError):  # an end of what is over, a word about what has left
                happen(room, event)
            assert len(texts(room)) <= 1
        room.network().outcomes.clear()
        _to_the_end(room)
        note(f"{room.states()}")
        assert len(texts(room)) == 1
        assert Verifying(room.store).verify().broken is None
    finally:
        room.close()
        folder.cleanup()


def _to_the_end(room: Newsroom) -> None:
    for _ in range(4):
        room.controlling.resume(None)
        room.live_on(30 * MINUTE, every=timedelta(minutes=1))
        room.clock.advance(SECOND)
    room.clock.advance(9 * HOUR)
    room.housekeeping.lapse()
    room.live_on(10 * MINUTE, every=5 * MINUTE)
