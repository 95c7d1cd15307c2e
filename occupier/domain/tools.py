"""Words for the tool that a newsroom has: a strike message for its template field, and the text from before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from occupier.domain.errors import FailedError, OccupierError, Sentence, TemplateError
from occupier.domain.message import Voice, strike_values, worded
from occupier.domain.setup import NETWORKS
from occupier.domain.strike import LinkRule, Strike

TITLE_ROOM = 90
"""Characters that a title should have; a shorter room is said."""
_LINK = "https://www.example.org/2020/01/24/an-article-of-a-usual-address"
_OF_THE_TOOL = frozenset({"title", "link", "summary", "feed"})
"""What the tool itself puts before or behind a text of ours."""


class Where(StrEnum):
    """Which field of the tool: what it puts before its own text, what it puts behind it, or the whole of it."""

    PREFIX = "prefix"
    SUFFIX = "suffix"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool, and how its field calls the title and the address of an article, empty where it has no such words.

    `source` is where that was read; `takes`: the fields for a text that it is known to have, where there are no words;
    `reads_feed`: a strike feed can be put before it; `is_fed`: another tool puts finished posts into its queue.
    """

    name: str
    title: str = ""
    link: str = ""
    source: str = ""
    takes: tuple[Where, ...] = (Where.PREFIX, Where.SUFFIX)
    reads_feed: bool = False
    is_fed: bool = False

    @property
    def has_words(self) -> bool:
        """Whether a whole text can be written for it."""
        return bool(self.title and self.link)

    @property
    def usual_field(self) -> Where | None:
        """The field that says the most; None where it is known to take no text."""
        return Where.WHOLE if self.has_words else next(iter(self.takes), None)

    def is_known_to_take(self, where: Where) -> bool:
        """Whether its documentation names such a field; beside its own words there is room for any text."""
        return self.has_words or where in self.takes


def no_words_for(tool: Tool) -> OccupierError:
    """Return what is said of a tool that takes no text."""
    if tool.is_fed:
        return FailedError(
            "{tool} posts what another tool puts into its queue: name that one, for example --tool ifttt. And empty the"
            " queue at the end, or it says the strike afterwards.",
            tool=tool.name,
        )
    return FailedError(
        "{tool} takes no text of yours: it posts the title, the text and the link of what it reads. Let the strike go"
        " through its feed (occupier init: a strike feed); or, if yours has a field for a text before its own, type"
        " --where prefix.",
        tool=tool.name,
    )


@dataclass(frozen=True, slots=True)
class ReadyText:
    """A text to paste. `length`: what it takes on a network with an address of usual length and without any title."""

    network: str
    text: str
    length: int
    limit: int

    @property
    def room(self) -> int:
        """What is left for a title; negative where it is too long without one."""
        return self.limit - self.length

    @property
    def is_short_of_room(self) -> bool:
        """Whether titles of a usual length will be cut by the tool, or the post refused."""
        return self.room < TITLE_ROOM


@dataclass(frozen=True, slots=True)
class OldText:
    """What stood in a tool's field before a strike. `network`: on which it posts, where its fields differ by that."""

    strike: str
    tool: str
    text: str
    network: str | None = None

    @property
    def place(self) -> Sentence | str:
        """The tool, with the network where one is named."""
        if self.network is None:
            return self.tool
        return Sentence("{tool} on {network}", {"tool": self.tool, "network": NETWORKS.get(self.network, self.network)})

    def stands_where(self, other: OldText) -> bool:
        """Say whether both stood in the same field before the same strike."""
        return (self.strike, self.tool, self.network) == (other.strike, other.tool, other.network)


def ready_text(pool: Sequence[str], strike: Strike, voice: Voice, tool: Tool, where: Where) -> ReadyText:
    """Return the first wording of a pool that leaves room for a title; the roomiest, where none does.

    A tool's field takes one wording. Raises TemplateError: none can be rendered.
    """
    found = list(_ready(pool, strike, voice, tool, where))
    if not found:
        raise TemplateError("None of the messages can be written without an article.")
    return next((ready for ready in found if not ready.is_short_of_room), max(found, key=lambda ready: ready.room))


def _ready(pool: Sequence[str], strike: Strike, voice: Voice, tool: Tool, where: Where) -> Iterator[ReadyText]:
    for source in pool:
        try:
            text = _text(source, strike, voice, tool, where)
        except TemplateError:
            continue
        full = _filled(text, strike, tool, where)
        yield ReadyText(voice.account.network, text, voice.ruler.length(full), voice.ruler.limit)


def _text(source: str, strike: Strike, voice: Voice, tool: Tool, where: Where) -> str:
    if where is not Where.WHOLE:
        return _worded(_alone(source, voice) if where is Where.SUFFIX else source, strike, voice, "", "")
    keeps_link = strike.link is LinkRule.KEEP
    text = _worded(source, strike, voice, tool.title, tool.link if keeps_link else "")
    return f"{text}\n{tool.link}" if keeps_link and tool.link not in text else text


def _worded(source: str, strike: Strike, voice: Voice, title: str, link: str) -> str:
    # the tool's field says the same during the whole strike: its first day is meant
    values = strike_values(strike, voice, strike.acts_from)
    return worded(source, voice, {"title": title, "link": link, "summary": "", "feed": "", **values})


def _alone(source: str, voice: Voice) -> str:
    """Return the lines that stand by themselves behind a title and a link; all of them where there is none."""
    try:
        lines = [line for line in source.splitlines() if not voice.templates.variables(line) & _OF_THE_TOOL]
    except TemplateError:  # a condition that spans lines
        return source
    return "\n".join(lines) if any(line.strip() for line in lines) else source


def _filled(text: str, strike: Strike, tool: Tool, where: Where) -> str:
    """Return the text as it goes out, without a title."""
    link = _LINK if strike.link is LinkRule.KEEP or where is not Where.WHOLE else ""
    if where is Where.WHOLE:
        return text.replace(tool.title, "").replace(tool.link, link)
    return f"{text}\n{link}"
