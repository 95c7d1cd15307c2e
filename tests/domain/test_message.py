from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import grapheme  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twitter_text import extract_urls

from occupier.domain.article import Article
from occupier.domain.errors import TemplateError
from occupier.domain.message import (
    ORDINARY_TEMPLATE,
    Voice,
    compose,
    missing_variables,
    next_in_pool,
    ordinary_template,
    shipped_pool,
    strike_pool,
    strike_values,
)
from occupier.domain.setup import Account, Pools
from occupier.domain.strike import LinkRule, Messages, Strike
from occupier.domain.text import safe_link
from tests.strategies import links, titles

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LINK = "https://lemonde.fr/a"
ARTICLE = Article(1, "Un titre", LINK, "", (), None, None, NOON, NOON, False, frozenset({1}))
STRIKE = Strike("s", NOON, NOON + timedelta(days=1), "m", "retraites", NOON)


@dataclass(frozen=True)
class Rule:
    """Counts graphemes, and finds links as X does."""

    limit: int = 60
    link_in_field: bool = False
    sees: tuple[str, ...] = ()

    def length(self, text: str) -> int:
        return len(self.graphemes(text))

    def links(self, text: str) -> list[str]:
        return [*extract_urls(text), *(word for word in self.sees if word in text)]

    def graphemes(self, text: str) -> list[str]:
        return list(grapheme.graphemes(text))


class Plain:
    """`str.format` stands for the template language."""

    def render(self, source: str, values: Mapping[str, object]) -> str:
        return source.format(**values)

    def variables(self, source: str) -> frozenset[str]:
        return frozenset(source.split())

    def shipped(self, language: str, *, default_who: bool) -> tuple[str, ...]:
        return (f"{language} {default_who}",)

    def default_who(self, language: str) -> str:
        return f"nous ({language})"

    def moment(self, at: datetime, zone: ZoneInfo, language: str) -> str:
        return at.astimezone(zone).strftime("%H:%M")


def voice(ruler: Rule | None = None, **account: object) -> Voice:
    values: dict[str, object] = {"name": "a", "platform": "x", "host": "h", **account}
    return Voice(Account(**values), "fr", ZoneInfo("Europe/Paris"), ruler or Rule(), Plain())  # type: ignore[arg-type]


def said(source: str, title: str = "Un titre", ruler: Rule | None = None, summary: str = "", **more: bool) -> str:
    article = replace(ARTICLE, title=title, summary=summary)
    return compose(source, article, "f", voice(ruler), {}, **more).text


class TestPools:
    LEVELS = (
        Messages(by_account={"a": ("1",)}),
        Messages(by_platform={"x": ("2",)}),
        Messages(strike=("3",)),
        Pools(strike_by_account={"a": ("4",)}),
        Pools(strike_by_platform={"x": ("5",)}),
        Pools(strike=("6",)),
    )

    @pytest.mark.parametrize("first", range(7))
    def test_the_first_pool_that_exists_is_taken_whole(self, first: int) -> None:
        messages, pools = Messages(by_account={"b": ("other",)}), Pools(strike_by_account={"a": ()})
        for level in self.LEVELS[first:]:
            values = {n: v for n in level.__slots__ if (v := getattr(level, n))}
            if isinstance(level, Messages):
                messages = replace(messages, **values)
            else:
                pools = replace(pools, **values)
        expected = str(first + 1) if first < 6 else "fr True"
        assert strike_pool(replace(STRIKE, messages=messages), voice(), pools) == (expected,)

    @pytest.mark.parametrize(("who", "default"), [(None, True), ("nous (fr)", True), ("Les pigistes", False)])
    def test_the_shipped_wording_says_who_only_of_those_it_names(self, who: str | None, default: bool) -> None:
        strike = replace(STRIKE, who=who)
        assert shipped_pool(strike, "fr", Plain()) == (f"fr {default}",)
        assert strike_pool(strike, voice(), Pools()) == (f"fr {default}",)

    def test_the_ordinary_template(self) -> None:
        assert ordinary_template(voice().account, Pools()) == ORDINARY_TEMPLATE
        assert ordinary_template(voice().account, Pools(ordinary="o")) == "o"
        assert ordinary_template(voice().account, Pools(ordinary="o", ordinary_by_platform={"x": "p"})) == "p"

    @given(st.integers(1, 9), st.integers(0, 30))
    def test_round_robin_uses_every_wording_before_any_again(self, size: int, start: int) -> None:
        last, seen = None, []
        for _ in range(size):
            last = next_in_pool(last, size, start)
            seen.append(last)
        assert seen[0] == start % size
        assert sorted(seen) == list(range(size))
        assert next_in_pool(last, size, start) == seen[0]

    def test_a_pool_that_became_shorter_goes_on(self) -> None:
        assert next_in_pool(7, 3, 0) == 2


class TestVariables:
    def test_what_a_strike_brings(self) -> None:
        values = strike_values(replace(STRIKE, url="https://été.fr"), voice(), NOON + timedelta(hours=11))
        assert values["day"] == 2
        assert values["strike"] == {
            "name": "s", "who": "nous (fr)", "reason": "retraites", "url": "https://xn--t-9fab.fr/", "start": "13:00",
            "end": "13:00",
        }  # fmt: skip

    def test_a_strike_page_that_is_no_address_is_not_linked(self) -> None:
        strike = strike_values(replace(STRIKE, url="javascript:x", who="Nous"), voice(), NOON)["strike"]
        assert isinstance(strike, dict)
        assert strike["url"] == ""
        assert strike["who"] == "Nous"

    def test_what_a_written_template_forgets(self) -> None:
        assert missing_variables("strike.reason link", STRIKE, voice()) == ["strike.end", "strike.who"]
        all_but_link = "strike.reason strike.end strike.who"
        assert missing_variables(all_but_link, STRIKE, voice()) == ["link"]
        assert missing_variables(all_but_link, replace(STRIKE, link=LinkRule.NONE), voice()) == []
        assert missing_variables(all_but_link, STRIKE, voice(Rule(link_in_field=True))) == []


class TestCompose:
    SOURCE = "En grève : {title}\n\n\n {link} "

    @settings(max_examples=200)
    @given(titles(), titles(), links(), st.integers(35, 120))
    def test_it_fits_and_holds_the_link_and_no_other(self, title: str, summary: str, link: str, room: int) -> None:
        safe = safe_link(link)
        assert safe is not None
        article = replace(ARTICLE, title=title, summary=summary, link=safe)
        limit = len(safe) + room
        payload = compose(self.SOURCE + "{summary}", article, "@f", voice(Rule(limit)), {})
        assert len(list(grapheme.graphemes(payload.text))) <= limit
        assert extract_urls(payload.text) == [safe]
        assert payload.link == safe
        assert payload.text.startswith("En grève :")
        assert "@f" not in payload.text

    def test_the_text_is_tidied(self) -> None:
        assert said(self.SOURCE) == f"En grève : Un titre\n\n{LINK}"
        assert said("{title}\r\n\n\n\n{link}", "") == LINK

    def test_the_summary_gives_way_before_the_title_does(self) -> None:
        source, ruler = "{title}\n{summary}\n{link}", Rule(len(LINK) + 25)
        assert said(source, "Titre entier", ruler, "Un résumé plus long") == f"Titre entier\nUn résumé…\n{LINK}"
        assert said(source, "Titre qui remplit la ligne", ruler, "Résumé") == f"Titre qui remplit la…\n\n{LINK}"
        assert said(source, "Court", ruler, "Résumé") == f"Court\nRésumé\n{LINK}"

    def test_without_room_the_title_goes_whole(self) -> None:
        assert said("{title} {link}", ruler=Rule(len(LINK))) == LINK

    def test_the_link_never_gives_way(self) -> None:
        with pytest.raises(TemplateError, match="too long"):
            said("{title} {link}", ruler=Rule(len(LINK) - 1))

    def test_a_template_without_the_link_or_with_two_is_refused(self) -> None:
        for source in ("{title}", "{link} {link}", "x{link}"):
            with pytest.raises(TemplateError, match="exactly once"):
                said(source)

    def test_other_links_of_the_template_are_its_own_business(self) -> None:
        assert said("{link} https://snj.fr/") == f"{LINK} https://snj.fr/"

    def test_a_link_in_a_field_is_beside_the_text(self) -> None:
        payload = compose("{title}{link}", ARTICLE, "f", voice(Rule(link_in_field=True)), {})
        assert (payload.text, payload.link) == ("Un titre", LINK)

    def test_a_strike_without_links_has_none(self) -> None:
        payload = compose("{title} {link}", ARTICLE, "f", voice(), {}, keep_link=False)
        assert (payload.text, payload.link) == ("Un titre", None)

    def test_a_network_that_sees_more_links_gets_the_bare_words(self) -> None:
        assert said("{title}\n{link}", "A+B & Cie", Rule(sees=("+B",))) == f"A B Cie\n{LINK}"

    def test_a_title_that_stays_a_link_is_refused(self) -> None:
        with pytest.raises(TemplateError, match="makes a link of its own"):
            said("{title}\n{link}", "Cie", Rule(sees=("Cie",)))

    def test_an_address_that_the_network_does_not_link_is_still_posted(self) -> None:
        article = replace(ARTICLE, link="http://localhost:8000/a")
        assert compose("{link}", article, "f", voice(), {}).text == "http://localhost:8000/a"

    def test_options_travel_with_the_text(self) -> None:
        options = compose("{link}", ARTICLE, "f", voice(visibility="unlisted", language="en"), {}).options
        assert options == {"language": "en", "visibility": "unlisted"}
        assert compose("{link}", ARTICLE, "f", voice(), {}).options == {"language": "fr"}
