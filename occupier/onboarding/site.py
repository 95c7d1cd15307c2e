"""The site: its address, its feed, its last articles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import count
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from occupier.domain.article import Article
from occupier.domain.errors import FeedError
from occupier.domain.setup import FeedSource
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.question import NO, Choice, Question, no_goes_back, yes_or_no
from occupier.onboarding.sections import SITE, section
from occupier.onboarding.world import World
from occupier.speech import clean_line, moment, say
from occupier.speech import gettext as _

_AGAIN = "it will be asked again"
"""What the daemon does, and what nobody does here."""
_SHOWN = 3
_LONGEST_NAME = 32


def site_questions(world: World, answers: Answers) -> Iterator[Question]:
    """Ask for sites until there is no more to watch."""
    if world.current and world.current.setup.feeds:
        yield _keep_question(world)
        if answers.text("site.keep") == NO:
            return
    for number in count(1):
        yield from _one_site(world, answers, f"site.{number}")
        yield Question(
            f"site.{number}.more",
            section(SITE),
            _("Is there another site or section to watch?"),
            choices=yes_or_no(),
            default=NO,
        )
        if answers.text(f"site.{number}.more") == NO:
            return


def new_feeds(world: World, answers: Answers) -> list[FeedSource]:
    """Return the feeds that were confirmed and are not in the settings yet, with names of their own."""
    known = list(world.current.setup.feeds) if world.current else []
    found: list[FeedSource] = []
    for number in count(1):
        if f"site.{number}.right" not in answers:
            return found
        url = answers.text(f"site.{number}.right")
        if url not in {feed.url for feed in (*known, *found)}:
            taken = {feed.name for feed in (*known, *found)}
            found.append(
                FeedSource(_free_name(answers.facts(f"site.{number}.right").get("title", ""), url, taken), url)
            )
    return found


def watched_feeds(world: World, answers: Answers) -> dict[str, str]:
    """Return the address of each feed that is watched, by its name."""
    known = world.current.setup.feeds if world.current else ()
    return {feed.name: feed.url for feed in (*known, *new_feeds(world, answers))}


def _keep_question(world: World) -> Question:
    feeds = world.current.setup.feeds if world.current else ()
    return Question(
        "site.keep",
        section(SITE),
        _("Is there another site or section to watch?"),
        why=lambda: [_("Watched already: {feeds}").format(feeds=", ".join(f"{one.name} ({one.url})" for one in feeds))],
        choices=yes_or_no(),
        default=NO,
    )


def _one_site(world: World, answers: Answers, key: str) -> Iterator[Question]:
    yield Question(
        key,
        section(SITE),
        _("What is the site's address?"),
        why=lambda: [
            _("An address is enough: the feed, the list of new articles that a site keeps up, is looked for there.")
        ],
        default=f"{world.sandbox}/feeds/une.xml" if world.sandbox else None,
        read=lambda typed: _find(world, typed),
    )
    feeds = answers.facts(key)
    if len(feeds) > 1:
        choices = tuple(Choice(url, _named(title, url)) for url, title in feeds.items())
        text = _("This site has {n} feeds. Which one announces the articles?").format(n=len(feeds))
        yield Question(f"{key}.which", section(SITE), text, choices=choices, default=choices[0].id)
    url = answers.text(f"{key}.which") or next(iter(feeds), "")
    yield Question(
        f"{key}.right",
        section(SITE),
        _("Are these the site's latest articles?"),
        why=lambda: _latest(world, url, ZoneInfo(answers.text("zone"))),
        choices=yes_or_no(),
        read=no_goes_back(key, lambda _yes: Answer(url, {"title": feeds.get(url, "")})),
    )


def _find(world: World, typed: str) -> Answer:
    if typed.isalpha() or any(sign.isspace() for sign in typed):
        raise FeedError("This is not an address: copy it from the browser's bar, for example www.example.org.")
    try:
        return Answer(typed, {one.url: clean_line(one.title) for one in world.find_feeds(typed)})
    except FeedError as problem:
        if _AGAIN not in problem.sentence.text:
            raise
    raise FeedError(
        "{address} does not answer as it should: open it in a browser and copy it from there, or try again in a"
        " minute.",
        address=clean_line(typed),
    )


def _named(title: str, url: str) -> str:
    return f"{title} ({url})" if title else url


def _latest(world: World, url: str, zone: ZoneInfo) -> list[str]:
    try:
        articles = world.newest(url, _SHOWN)
    except FeedError as problem:
        return [say(problem, zone)]
    if not articles:
        return [_("The feed {url} answers, but holds no article now.").format(url=url)]
    return [_("The latest articles of {url}:").format(url=url), *(_line(one, zone) for one in reversed(articles))]


def _line(article: Article, zone: ZoneInfo) -> str:
    at = moment(article.published_at, zone) if article.published_at else _("without a date")
    return f"  · {clean_line(article.title)} ({at})"


def _free_name(title: str, url: str, taken: set[str]) -> str:
    if not taken:
        return "une"
    name = slug(title) or slug(urlsplit(url).path) or slug(urlsplit(url).hostname or "") or "feed"
    numbered = (name if n == 1 else f"{name[: _LONGEST_NAME - 4]}-{n}" for n in count(1))
    return next(one for one in numbered if one not in taken and one != "all")


def slug(text: str) -> str:
    """Return a text as a name of the settings: a-z, 0-9 and hyphens, 32 at most."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_LONGEST_NAME].strip("-")
