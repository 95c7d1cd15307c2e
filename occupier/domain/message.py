"""Messages: which wording, and how it fits within what a network takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from occupier.domain.action import Payload
from occupier.domain.article import Article
from occupier.domain.errors import Sentence, TemplateError
from occupier.domain.handing import IMAGES, Images
from occupier.domain.setup import Account, Pools
from occupier.domain.strike import LinkRule, Strike
from occupier.domain.text import bare, harmless, safe_link, shorten

ORDINARY_TEMPLATE = "{{ title }}\n{{ link }}"
NEEDED = ("strike.reason", "strike.end", "strike.who", "link")
"""What every strike message names; the shipped pools say in words who strikes."""


class Ruler(Protocol):
    """How one network counts, cuts and finds links."""

    @property
    def limit(self) -> int:
        """The longest text, in the network's own units."""

    @property
    def link_in_field(self) -> bool:
        """Whether the link travels beside the text (Facebook), not in it."""

    def length(self, text: str) -> int:
        """Return the length in the network's own units."""

    def links(self, text: str) -> list[str]:
        """Return the links that the network will make of this text, in order."""

    def graphemes(self, text: str) -> list[str]:
        """Cut a text into what a reader takes for single characters."""


class Templates(Protocol):
    """The template language, the shipped wordings and the way an instant is said in a post."""

    def render(self, source: str, values: Mapping[str, object]) -> str:
        """Render a template; raises TemplateError, also past 5,000 characters."""

    def variables(self, source: str) -> frozenset[str]:
        """Return the variables that a template names, dotted; raises TemplateError on a syntax error."""

    def shipped(self, language: str, *, default_who: bool) -> tuple[str, ...]:
        """Return the pool that ships: on community managers, or on whoever `strike.who` names."""

    def default_who(self, language: str) -> str:
        """Return who strikes, where nobody said."""

    def moment(self, at: datetime, zone: ZoneInfo, language: str) -> str:
        """Say an instant in a post: “vendredi 24 janvier à 19h”; midnight is 23h59 of the day before."""


@dataclass(frozen=True, slots=True)
class Voice:
    """An account's way of speaking: its language, its zone, its ruler."""

    account: Account
    language: str
    zone: ZoneInfo
    ruler: Ruler
    templates: Templates


def strike_pool(strike: Strike, voice: Voice, pools: Pools) -> tuple[str, ...]:
    """Return the first pool that exists, whole.

    In this order: strike and account, strike and platform, strike, account, platform, the settings', shipped.
    """
    return wordings(strike, voice.account, voice.language, voice.templates, pools)


def wordings(strike: Strike, account: Account, language: str, templates: Templates, pools: Pools) -> tuple[str, ...]:
    """Return what `strike_pool` does, where nobody needs to count characters."""
    name, platform = account.name, account.network
    own = strike.messages
    candidates = (
        own.by_account.get(name),
        own.by_platform.get(platform),
        own.strike,
        pools.strike_by_account.get(name),
        pools.strike_by_platform.get(platform),
        pools.strike,
    )
    written = next((pool for pool in candidates if pool), None)
    return written or shipped_pool(strike, language, templates)


def shipped_pool(strike: Strike, language: str, templates: Templates) -> tuple[str, ...]:
    """Return the wordings that ship for a strike: those that name who strikes, or those that the strike tells it."""
    default_who = strike.who is None or strike.who == templates.default_who(language)
    return templates.shipped(language, default_who=default_who)


def ordinary_template(account: Account, pools: Pools) -> str:
    """Return the template of an account's ordinary post."""
    return pools.ordinary_by_platform.get(account.network) or pools.ordinary or ORDINARY_TEMPLATE


def missing_variables(source: str, strike: Strike, voice: Voice) -> list[str]:
    """Return what a strike template should name and does not; raises TemplateError on a syntax error.

    What ships lacks nothing: it says in words what it does not name.
    """
    if source in shipped_pool(strike, voice.language, voice.templates):
        return []
    used = voice.templates.variables(source)
    without_link = strike.link is LinkRule.NONE or voice.ruler.link_in_field
    return [name for name in NEEDED if name not in used and not (name == "link" and without_link)]


def lacking(source: str, missing: Sequence[str]) -> Sentence:
    """Say what a written strike template leaves out."""
    return Sentence(
        "The message “{source}” lacks {missing}: readers must learn it. Each is written between braces, like"
        " {{{{ link }}}}.",
        {"source": source, "missing": ", ".join(missing)},
    )


def strike_values(strike: Strike, voice: Voice, now: datetime) -> dict[str, object]:
    """Return the variables that a strike brings: `strike.*` and `day`."""
    said = voice.templates.moment
    return {
        "strike": {
            "name": strike.name,
            "who": strike.who or voice.templates.default_who(voice.language),
            "reason": strike.reason,
            "url": safe_link(strike.url or "") or "",
            "start": said(strike.starts_at, voice.zone, voice.language),
            "end": said(strike.ends_at, voice.zone, voice.language),
        },
        "day": strike.day(now, voice.zone),
    }


def strike_post(source: str, article: Article, feed: str, voice: Voice, strike: Strike, now: datetime) -> Payload:
    """Render a strike post from one wording, as it is said at an instant (aware); raises TemplateError."""
    values = strike_values(strike, voice, now)
    return compose(source, article, feed, voice, values, keep_link=strike.link is LinkRule.KEEP)


def ordinary_post(article: Article, feed: str, voice: Voice, pools: Pools) -> Payload:
    """Render the post that the account would ordinarily make; raises TemplateError."""
    return compose(ordinary_template(voice.account, pools), article, feed, voice, {})


def compose(
    source: str,
    article: Article,
    feed: str,
    voice: Voice,
    extra: Mapping[str, object],
    *,
    keep_link: bool = True,
) -> Payload:
    """Render one post: the summary gives way, then the title, until the text fits; the link never does.

    Args:
        source: the template.
        article: whose title and summary are hostile text.
        feed: the name of the feed.
        voice: how the account speaks.
        extra: further variables (`strike_values`).
        keep_link: False for a strike declared with `link = "none"`.

    Returns:
        The payload, in which the network finds exactly the links that the template put there.

    Raises:
        TemplateError: it cannot be rendered, or the text without any title is still too long.
    """
    link = article.link if keep_link else ""
    in_text = "" if voice.ruler.link_in_field else link
    values = {"link": in_text, "feed": harmless(feed), **extra}

    def text(title: str, summary: str) -> str:
        return _tidy(voice.templates.render(source, values | {"title": title, "summary": summary}))

    expected = voice.ruler.links(text("", ""))
    if in_text and voice.ruler.links(in_text) and expected.count(in_text) != 1:
        raise _without_one_link(source)
    for soften in (harmless, bare):
        fitted = _fitted(soften(article.title), soften(article.summary), text, voice.ruler)
        if voice.ruler.links(fitted) == expected:
            return Payload(fitted, link or None, _options(voice.account, voice.language))
    raise TemplateError("The title of “{link}” makes a link of its own, whatever is done.", link=article.link)


def _without_one_link(source: str) -> TemplateError:
    return TemplateError(
        "The message “{source}” does not carry the article's link exactly once: write {{{{ link }}}} in it, once.",
        source=source,
    )


def _fitted(title: str, summary: str, text: Callable[[str, str], str], ruler: Ruler) -> str:
    def fits(title: str, summary: str) -> bool:
        return ruler.length(text(title, summary)) <= ruler.limit

    kept = shorten(summary, lambda s: fits(title, s), ruler.graphemes)
    if kept is not None:
        return text(title, kept)
    short = shorten(title, lambda t: fits(t, ""), ruler.graphemes)
    if short is not None:
        return text(short, "")
    raise TemplateError("The message is too long for {limit} characters, even without a title.", limit=ruler.limit)


def worded(source: str, voice: Voice, values: Mapping[str, object]) -> str:
    """Render a wording with nothing fitted, checked or made harmless: `values` are nobody's hostile text.

    Raises:
        TemplateError: it cannot be rendered.
    """
    return _tidy(voice.templates.render(source, values))


def _tidy(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines()]
    return "\n".join(line for i, line in enumerate(lines) if line or (i and lines[i - 1])).strip()


def _options(account: Account, language: str) -> dict[str, str]:
    options = {"language": account.language or language}
    if account.visibility:
        options["visibility"] = account.visibility
    if account.images != Images.KEEP:
        options[IMAGES] = account.images
    return options


def next_in_pool(last: int | None, size: int, start: int) -> int:
    """Return the next place in a pool, round robin; each account starts at its own place."""
    return (start if last is None else last + 1) % size
