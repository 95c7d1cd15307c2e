"""The wordings of a strike, tried before it is declared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from occupier.cli.strikes import concerned
from occupier.domain.action import Payload
from occupier.domain.article import Article, Entry
from occupier.domain.errors import TemplateError
from occupier.domain.message import Voice, lacking, missing_variables, strike_pool, strike_post
from occupier.domain.setup import Account, Setup
from occupier.domain.strike import Strike
from occupier.services.eve.previewing import Previewing, as_article
from occupier.services.watch.drafting import start_of
from occupier.speech import clean_line
from occupier.speech import gettext as _
from occupier.speech.posts import link_note

_LONG_TITLE = "Un titre d’une longueur que personne n’a prévue, " * 8
_LINK = "https://www.example.org/article"


def refuse_bad_wordings(previewing: Previewing, setup: Setup, strike: Strike, now: datetime) -> None:
    """Try every wording on every account in scope, under the longest of titles.

    Raises:
        TemplateError: one cannot be rendered, cannot fit, or leaves out what readers must learn.
    """
    article = as_article(Entry(_LONG_TITLE, _LINK), now)
    for account in concerned(strike, setup):
        voice = previewing.voice(account)
        for source in strike_pool(strike, voice, setup.pools):
            missing = missing_variables(source, strike, voice)
            if missing:
                lack = lacking(source, missing)
                raise TemplateError(lack.text, **lack.values)
            _try(source, article, strike, voice, now)


def _try(source: str, article: Article, strike: Strike, voice: Voice, now: datetime) -> Payload:
    try:
        return strike_post(source, article, "", voice, strike, now)
    except TemplateError as error:
        raise TemplateError(
            "On the account {account}, the message “{source}” cannot be posted: {problem}",
            account=voice.account.name,
            source=source,
            problem=error.sentence,
        ) from None


def first_posts(previewing: Previewing, setup: Setup, strike: Strike, now: datetime) -> Iterator[tuple[Account, str]]:
    """Yield what each account in scope would post first."""
    article = as_article(Entry(_("The title of the article"), _LINK), now)
    for account in concerned(strike, setup):
        if account.is_silent:
            yield account, _("nothing: it keeps silent during strikes")
            continue
        voice = previewing.voice(account)
        pool = strike_pool(strike, voice, setup.pools)
        post = _try(pool[start_of(setup, account) % len(pool)], article, strike, voice, now)
        yield account, "\n".join(filter(None, (*map(clean_line, post.text.splitlines()), link_note(post))))
