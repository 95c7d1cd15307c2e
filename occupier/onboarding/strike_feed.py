"""A strike feed: where the usual tool reads it, how often, and what is to be done the evening before."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

from occupier.domain.errors import UsageError
from occupier.domain.handing import Images
from occupier.domain.setup import FEED, Account
from occupier.onboarding.account import NewAccount, Place, name_question, owner_question, renew_question
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.ground import STAYS
from occupier.onboarding.keys import keep_keys, keys_question
from occupier.onboarding.question import NO, YES, Choice, Question, yes_or_no
from occupier.onboarding.site import watched_feeds
from occupier.onboarding.world import World
from occupier.onboarding.writing import DELIVER
from occupier.settings.strike_feeds import LEAST, MOST, Delivery, delivery_of
from occupier.speech import gettext as _
from occupier.speech import network_name

LAST = "images"
SERVED, FILE, COMMAND = "served", "file", "command"
ADDRESS = "http://127.0.0.1:8020/feeds/{name}.xml"
"""Where occupier run --serve-feed serves one."""
_USUAL_MINUTES = 60
_INTERVAL = re.compile(
    r"(?:(?P<days>\d{1,2}) ?(?:d|j|days?|jours?))?"
    r"(?:(?P<hours>\d{1,3}) ?(?:h|hours?|heures?))? ?"
    r"(?:(?P<minutes>\d{1,4}) ?(?:m|mn|min|minutes?)?)?"
)
_SECRET = "password"  # noqa: S105 - the name of a secret, not one


def strike_feed_questions(world: World, answers: Answers, place: Place) -> Iterator[Question]:
    """Ask what a strike feed needs."""
    yield name_question(place, answers)
    account = place.before(answers)
    if account:
        yield renew_question(place, account)
    yield owner_question(place, answers)
    feeds = watched_feeds(world, answers)
    if len(feeds) > 1:
        yield _source(place, feeds)
    before = world.current.connection(account.name).delivery if world.current and account else None
    yield _delivery(place, answers, (before.way if before else SERVED) if account else None)
    way = answers.text(f"{place.key}.deliver")
    if way != SERVED:
        yield _where(world, place, way, before)
    if way in ("sftp", "webdav"):
        yield keys_question(place.section)
        yield _password(world, answers, place, way)
    yield _interval(place, account, is_served=way == SERVED)
    yield _images(place, answers, account)


def strike_feed_account(answers: Answers, place: Place) -> NewAccount:
    """Return the account as it was answered."""
    key = place.key
    said = {name: answers.text(f"{key}.{name}") for name in ("owner", "interval", "deliver", "where", "source")}
    settings: dict[str, object] = {"for_platform": place.network, "owner": said["owner"]}
    if said["source"]:
        settings["feeds"] = [said["source"]]
    settings |= {"tool_interval": said["interval"], "images": answers.text(f"{key}.{LAST}")}
    settings[DELIVER] = {said["deliver"]: said["where"]} if said["deliver"] != SERVED else None
    secrets = (_SECRET,) if answers.text(f"{key}.{_SECRET}") == YES else ()
    remark = _("A strike feed, for the tool that posts on {network}.").format(network=network_name(place.network))
    return NewAccount(answers.text(f"{key}.name"), FEED, place.network, remark, settings, secrets)


def what_to_do(name: str, deliver: Mapping[str, object]) -> tuple[str, ...]:
    """Say to which address the tool is to be pointed, and what to do the evening before and afterwards."""
    if not deliver:
        address = _(
            "The address for the tool: {address}, while occupier run --serve-feed works. A tool elsewhere needs that of"
            " your server in front of it, with /feeds/{name}.xml at its end."
        ).format(address=ADDRESS.format(name=name), name=name)
    elif COMMAND in deliver:
        address = _("The address for the tool is the one at which your command makes the feed readable.")
    else:
        address = _("The address for the tool is the one at which the web shows {where}: open it in a browser first.")
        address = address.format(where=next(iter(deliver.values())))
    before = _(
        "The evening before: start occupier, note the address that the tool reads now, and put this one in its place."
        " At its first reading the tool sees only what was there already. Do not pause it: it is what posts; have it"
        " post at once what it reads, for what it queues may go out after the end."
    )
    after = _(
        "Afterwards, leave it there for some days: to the old address, articles that were kept from it would be new."
    )
    return address, before, after


def read_interval(typed: str) -> str:
    """Read “15”, “15 min”, “2 h”, “1h30” or “1 d”, minutes where no unit stands, as the settings write it.

    Raises:
        UsageError: it is none, or not between a minute and a day.
    """
    found = _INTERVAL.fullmatch(typed.strip().casefold())
    parts = {unit: int(n) for unit, n in found.groupdict().items() if n} if found else {}
    length = timedelta(**parts)
    if not LEAST <= length <= MOST:
        raise UsageError(
            "Write a number of minutes, for example 15, or of hours: 2 h. At least a minute, a day at most."
        )
    minutes = int(length.total_seconds()) // 60
    return f"{minutes // 60}h" if minutes % 60 == 0 and minutes > 60 else f"{minutes}m"


def _source(place: Place, feeds: Mapping[str, str]) -> Question:
    choices = tuple(Choice(name, f"{name} ({url})") for name, url in feeds.items())
    text = _("Which of these feeds does the tool read today?")
    return Question(f"{place.key}.source", place.section, text, choices=choices, default=choices[0].id)


def _delivery(place: Place, answers: Answers, before: str | None) -> Question:
    why = _(
        "The strike feed has to stand where the tool can read it. A service on the web (dlvr.it, IFTTT…) sees nothing"
        " of this machine: it needs an address on the web."
    )
    choices = (
        Choice(
            SERVED, _("occupier serves it, at an address of this machine (which a server of yours shows to the web)")
        ),
        Choice(FILE, _("in a file of this machine, which a web server shows")),
        Choice("sftp", _("on a server, by SFTP")),
        Choice("webdav", _("on a server, by WebDAV")),
        Choice(COMMAND, _("through a command of yours, which reads it from its standard input")),
    )
    default = before or (SERVED if answers.text("machine") == STAYS else None)
    text = _("How does the strike feed get to where the tool reads it?")
    return Question(f"{place.key}.deliver", place.section, text, lambda: [why], choices, default)


def _where(world: World, place: Place, way: str, before: Delivery | None) -> Question:
    texts = {
        FILE: _("Into which file? Write its whole path, for example /var/www/html/greve.xml."),
        "sftp": _(
            "To which address? For example sftp://user@host.example/www/strike.xml, without the password, on a server"
            " that ssh knows already."
        ),
        "webdav": _("To which address? For example https://user@dav.example/strike.xml, without the password."),
        COMMAND: _("Which command? For example: rclone rcat depot:greve.xml"),
    }

    def read(typed: str) -> Answer:
        delivery = delivery_of(way, typed, world.file.parent, world.environ, world.now())
        if way == FILE and not (world.file.parent / Path(typed).expanduser()).parent.is_dir():
            raise UsageError("There is no such folder on this machine: make it first, or write another path.")
        if way == COMMAND and shutil.which(delivery.command[0]) is None:
            raise UsageError("This machine finds no program of that name: write the command as a terminal takes it.")
        return Answer(typed)

    default = (before.where or shlex.join(before.command)) if before and before.way == way else None
    return Question(f"{place.key}.where", place.section, texts[way], default=default, read=read)


def _password(world: World, answers: Answers, place: Place, way: str) -> Question:
    text = _("Its password? Enter for none: then the keys of this user count (ssh).") if way == "sftp" else _(
        "Its password? Enter for none.")  # fmt: skip

    def read(typed: str) -> Answer:
        if not typed:
            return Answer(NO)
        secret = {_SECRET: typed}
        keep_keys(answers.text("keys"), world.file.parent, answers.text(f"{place.key}.name"), secret)
        return Answer(YES, said=(_("It is put away; the settings only say where."),))

    return Question(f"{place.key}.{_SECRET}", place.section, text, default="", read=read, is_secret=True)


def _interval(place: Place, account: Account | None, *, is_served: bool) -> Question:
    before = account.tool_interval if account else None
    later = (
        _("If you do not know, leave this: occupier check says how often it came, once it has read.")
        if is_served
        else _("If you do not know, write the longest that it may be: from here nobody sees it read.")
    )
    why = _(
        "Tools look for new articles at intervals: every quarter of an hour, every hour… What came too late before the"
        " end would be posted after it: so nothing is handed to the tool in the last interval of the strike."
    )

    def read(typed: str) -> Answer:
        return Answer(read_interval(typed))

    return Question(
        f"{place.key}.interval",
        place.section,
        _("How often does the tool read the feed, in minutes?"),
        why=lambda: [why, later],
        default=str(int(before.total_seconds()) // 60 if before else _USUAL_MINUTES),
        read=read,
    )


def _images(place: Place, answers: Answers, account: Account | None) -> Question:
    def read(chosen: str) -> Answer:
        return Answer(Images.KEEP if chosen == YES else before, said=_said(answers, place))

    # that no image of the article stays may be said with an address, in the settings: it is not lost here
    before = account.images if account and account.images != Images.KEEP else Images.DROP

    return Question(
        f"{place.key}.{LAST}",
        place.section,
        _("Are the articles' images to stay beside the strike message?"),
        choices=yes_or_no(),
        default=NO if account and account.images != Images.KEEP else YES,
        read=read,
    )


def _said(answers: Answers, place: Place) -> tuple[str, ...]:
    way, where = (answers.text(f"{place.key}.{name}") for name in ("deliver", "where"))
    name = answers.text(f"{place.key}.name")
    return what_to_do(name, {} if way == SERVED else {way: where})
