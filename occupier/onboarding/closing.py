"""The end: what will be written, a yes, and what to type next."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from occupier.domain.by_hand import MANUAL
from occupier.domain.errors import FailedError
from occupier.domain.setup import FEED
from occupier.onboarding.account import NewAccount, existing
from occupier.onboarding.accounts import new_accounts, tools_with_words
from occupier.onboarding.answers import Answers
from occupier.onboarding.files import keep_copy, write_private
from occupier.onboarding.habit import usual_of
from occupier.onboarding.keys import ENVIRONMENT, VARIABLES
from occupier.onboarding.question import Question, no_goes_back, yes_or_no
from occupier.onboarding.sections import SETTINGS, section
from occupier.onboarding.site import new_feeds
from occupier.onboarding.strike_feed import ADDRESS
from occupier.onboarding.world import World
from occupier.onboarding.writing import DELIVER, Draft
from occupier.settings import load_text
from occupier.speech import gettext as _
from occupier.speech import network_name


def closing_question(world: World, answers: Answers) -> Question:
    """Show what will be written, and ask for a yes."""
    return Question(
        "write",
        section(SETTINGS),
        _("Write them?"),
        why=lambda: list(_summary(world, answers)),
        choices=yes_or_no(),
        read=no_goes_back(),
        is_kept=False,
    )


def draft(world: World, answers: Answers) -> str:
    """Return the settings as they will be; raises SettingsError where they could not be read again."""
    before = world.file.read_text(encoding="utf-8-sig") if world.current else None
    made = Draft(before)
    made.ground(answers.text("zone"), answers.text("language"))
    made.usual(usual_of(answers))
    made.feeds(new_feeds(world, answers))
    for account in new_accounts(answers):
        made.account(account, answers.text("keys"))
    load_text(made.text, world.file.parent, world.environ, world.now())
    return made.text


def write_settings(world: World, answers: Answers) -> Path | None:
    """Write them, after a copy of those that are there; return the copy.

    Raises:
        FailedError: they cannot be written there; those of before stay.
        SettingsError: see `draft`.
    """
    text = draft(world, answers)
    try:
        if world.current and world.file.read_text(encoding="utf-8-sig") == text:
            return None
        copy = keep_copy(world.file)
        write_private(world.file, text)
    except OSError as error:
        problem = "{file} cannot be written ({detail}): make room, or let this user write in that folder."
        raise FailedError(problem, file=str(world.file), detail=error.strerror) from None
    return copy


def _summary(world: World, answers: Answers) -> Iterator[str]:
    feeds, accounts = new_feeds(world, answers), new_accounts(answers)
    known = world.current.setup if world.current else None
    yield "  · " + _("zone: {zone}").format(zone=answers.text("zone"))
    for feed in (*(known.feeds if known else ()), *feeds):
        yield "  · " + _("watched: {url}").format(url=feed.url)
    renewed = {one.name for one in accounts}
    for account in (one for one in (known.accounts if known else ()) if one.name not in renewed):
        yield "  · " + _("account {name}, as before").format(name=account.name)
    for one in accounts:
        yield "  · " + _account_line(one)
    for tool, network in tools_with_words(answers):
        text = _("for {tool} on {network}, nothing: occupier text has the words once the strike is declared")
        yield "  · " + text.format(tool=tool, network=network_name(network))
    if known:
        yield _("The settings are in {file}. What you wrote there stays; a copy goes beside them.").format(
            file=world.file
        )
    else:
        yield _("The settings go into {file}, for you alone to read.").format(file=world.file)


def _account_line(account: NewAccount) -> str:
    texts = {
        FEED: _("strike feed {name}, for the tool that posts on {network}"),
        MANUAL: _("account {name}, by hand on {network}"),
    }
    text = texts.get(account.platform, _("account {name}: {handle}"))
    return text.format(name=account.name, handle=account.handle, network=network_name(account.network))


def next_steps(world: World, answers: Answers, *, option: str) -> Iterator[str]:
    """Yield what is to be typed next, and why; `option` is how these settings are named to the commands."""
    if answers.text("keys") == ENVIRONMENT and any(one.keys for one in new_accounts(answers)):
        file = world.file.with_name(VARIABLES)
        yield _("First, in every window, load the keys: {command}").format(
            command=f"set -a; . {shlex.quote(str(file))}; set +a")  # fmt: skip
    tomorrow = (world.now().astimezone(ZoneInfo(answers.text("zone"))) + timedelta(days=1)).date()
    decided = f'--mandate "{_("Assembly of …")}" --reason "{_("against …")}"'
    declared = f"{tomorrow} --from {tomorrow}T09:00 --to {tomorrow}T19:00 {decided}"
    voted = (
        (_("Find out tonight what would go wrong tomorrow:"), f"check{option}"),
        (_("Make the page that the assembly votes on:"), f"plan {tomorrow} --output plan.html{option}"),
        (_("After the vote, seal it: what was not voted does not leave:"), f"plan {tomorrow} --seal{option}"),
    )
    words = tuple(_words(answers, str(tomorrow), option))
    posts_nothing = words and not existing(world) and not new_accounts(answers)
    steps = (
        (_("See it all in a minute; nothing is posted:"), f"rehearse --settings {shlex.quote(str(world.file))}"),
        (_("Declare what was voted, with its own hours and words:"), f"strike declare {declared}{option}"),
        *words,
        *(() if posts_nothing else voted),
        (_("Start it, and leave the window open:"), f"run{_pages(world, answers)}{option}"),
        *_pointing(world, answers, option),
        (_("Or better, have the machine start it, and start it again:"), f"service install{option}"),
    )
    for number, (why, command) in enumerate(steps, 1):
        yield f"  {number}. {why}"
        yield f"     occupier {command}"


def _words(answers: Answers, strike: str, option: str) -> Iterator[tuple[str, str]]:
    for tool, network in tools_with_words(answers):
        text = _("Have the words for {tool} on {network}, to be put in when the strike begins:")
        command = f"text {strike} --tool {shlex.quote(tool)} --network {network}{option}"
        yield text.format(tool=tool, network=network_name(network)), command


def _pages(world: World, answers: Answers) -> str:
    """Return the flags with which the daemon shows what others read: strike feeds, and the list of what is to do."""
    platforms = {*(one.platform for one in existing(world)), *(one.platform for one in new_accounts(answers))}
    return (" --serve-feed" if _served(world, answers) else "") + (" --serve" if MANUAL in platforms else "")


def _served(world: World, answers: Answers) -> list[str]:
    new = new_accounts(answers)
    set_anew = {one.name for one in new}
    there = [a.name for a in existing(world) if a.is_feed and not a.is_written and a.name not in set_anew]
    return there + [one.name for one in new if one.platform == FEED and one.settings.get(DELIVER) is None]


def _pointing(world: World, answers: Answers, option: str) -> Iterator[tuple[str, str]]:
    for name in _served(world, answers):
        text = _("Point the tool at {address} before the strike, and see that it has read:")
        yield text.format(address=ADDRESS.format(name=name)), f"check{option}"
    for one in new_accounts(answers):
        if isinstance(one.settings.get(DELIVER), Mapping):
            text = _("Point the tool at the web address of the strike feed {name}, once it is there:")
            yield text.format(name=one.name), f"status{option}"
