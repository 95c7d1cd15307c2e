"""What is rehearsed, and all of it in order: prepare, announce, play, judge, tell."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from occupier.domain.errors import FeedError, SettingsError
from occupier.domain.ports import Clock
from occupier.domain.setup import Setup
from occupier.rehearsal.arrangement import arrange, default_setup, with_feed
from occupier.rehearsal.keeping import leave_settings
from occupier.rehearsal.performance import Performance
from occupier.rehearsal.programme import BESIDES, Pace, Programme, compose_programme
from occupier.rehearsal.stage import Stage
from occupier.rehearsal.stories import find_feed, newest_stories, sample
from occupier.rehearsal.telling import tell_log, tell_verdict, whats_to_come, whose_words
from occupier.rehearsal.verdict import judge
from occupier.sandbox import Sandbox
from occupier.sandbox.model import PLATFORMS


@dataclass(frozen=True, slots=True)
class Play:
    """What is rehearsed: whose accounts and messages, which stories; `paper` where it is the sample newsroom.

    `is_own` says that it comes from somebody's settings.
    """

    setup: Setup
    programme: Programme
    paper: str | None
    unread: tuple[FeedError, ...] = ()
    is_own: bool = False


def make_play(setup: Setup | None, address: str | None, count: int, clock: Clock) -> Play:
    """Find what to rehearse; one's own feeds are read, once, and nothing else of one's own is.

    Args:
        setup: of one's own settings, or None.
        address: of a site or a feed that takes the place of the settings' feeds, or None.
        count: how many articles come out during the strike.
        clock: for the feeds.

    Raises:
        FeedError: the feed was not found, or no article could be read.
        SettingsError: the settings have no feed.
    """
    newsroom = sample()
    if setup is None and address is None:
        programme = compose_programme([newsroom.feed], newsroom.stories, (), count)
        return Play(default_setup(), programme, newsroom.name)
    mine = _whole(setup or default_setup(), address, clock)
    stories, unread = newest_stories(mine, count + BESIDES, clock)
    programme = compose_programme([feed.name for feed in mine.feeds], stories, newsroom.stories, count)
    paper = None if setup and setup.accounts else newsroom.name
    return Play(mine, programme, paper, tuple(unread), is_own=setup is not None)


def _whole(setup: Setup, address: str | None, clock: Clock) -> Setup:
    if not setup.accounts:
        setup = replace(setup, accounts=default_setup().accounts)
    if address is not None:
        return with_feed(setup, find_feed(address, clock))
    if not setup.feeds:
        raise SettingsError("The settings name no feed: add one, or give a site's address with --feed.")
    return setup


def perform(box: Sandbox, folder: Path, play: Play, stage: Stage, clock: Clock, pace: Pace | None = None) -> bool:
    """Play it on a sandbox without accounts, tell what came of it; return whether all went as it should.

    Raises OccupierError when it cannot be played to its end.
    """
    pace = pace or Pace()
    arranged = arrange(box, play.setup, folder, paper=play.paper)
    leave_settings(arranged, folder)
    for line in whats_to_come(play.programme, play.setup, box.url, pace, play.unread):
        stage.say(line)
    if play.is_own:
        for line in whose_words(play.setup, clock.now()):
            stage.say(line)
    stage.say()
    evidence = Performance(box, arranged, play.programme, stage, clock, pace).run()
    verdict = judge(evidence)
    for line in tell_verdict(verdict):
        stage.say(line)
    for line in tell_log(evidence.records, play.setup.zone):
        stage.say(line)
    return verdict.is_good


def empty_sandbox() -> Sandbox:
    """Return a running sandbox that has no account yet, on any free port."""
    return Sandbox(accounts=dict.fromkeys(PLATFORMS, ()))


@contextmanager
def own_folder(*, keep: bool) -> Iterator[Path]:
    """Give a new folder for the database; it is removed at the end, or, if it is to be kept, when nobody got there."""
    folder = Path(tempfile.mkdtemp(prefix="occupier-rehearsal-"))
    reached = False
    try:
        yield folder
        reached = True
    finally:
        if not (keep and reached):
            shutil.rmtree(folder, ignore_errors=True)
