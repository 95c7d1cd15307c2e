"""The messages that ship, measured with X's own counter, and the hours that they say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twitter_text import extract_urls, parse_tweet

from occupier.domain.article import Article
from occupier.domain.message import NEEDED, Voice, compose, strike_values
from occupier.domain.setup import Account
from occupier.domain.strike import Strike
from occupier.templates import JinjaTemplates

TEMPLATES = JinjaTemplates()
PARIS = ZoneInfo("Europe/Paris")
TITLE = ("Le conseil municipal vote le budget et la presse locale en parle plus longtemps que prévu, enfin")[:90]
WHO = "l’ensemble de la rédaction, des éditions et du service vidéo"
REASON = {"fr": "contre la réforme des retraites", "en": "against the reform of pensions"}
LONG_REASON = {"fr": "contre la suppression de cinquante postes", "en": "against the closure of our offices"}
FRIDAY = datetime(2020, 1, 24, 18, tzinfo=UTC)
LONGEST_DATE = datetime(2020, 9, 30, 21, 59, tzinfo=UTC)
POOLS = [(language, default) for language in ("fr", "en") for default in (True, False)]


class XRuler:
    """X as twitter-text counts it."""

    limit = 280
    link_in_field = False

    def length(self, text: str) -> int:
        return int(parse_tweet(text).weightedLength)

    def links(self, text: str) -> list[str]:
        return list(extract_urls(text))

    def graphemes(self, text: str) -> list[str]:
        return list(text)


def voice(language: str) -> Voice:
    return Voice(Account("x-une", "x", "api.twitter.com"), language, PARIS, XRuler(), TEMPLATES)


def strike(
    language: str, *, ends: datetime = FRIDAY, reasons: dict[str, str] = REASON, who: str | None = None
) -> Strike:
    return Strike("janvier", ends - timedelta(hours=10), ends, "AG", reasons[language], FRIDAY, who=who)


def article(title: str) -> Article:
    link = "https://www.example.org/politique/2020/01/24/un-article.html"
    return Article(1, title, link, "", (), None, None, FRIDAY, FRIDAY, False, frozenset({1}))


def posts(language: str, default_who: bool, declared: Strike, title: str = TITLE) -> list[str]:
    spoken = voice(language)
    extra = strike_values(declared, spoken, FRIDAY)
    pool = TEMPLATES.shipped(language, default_who=default_who)
    return [compose(source, article(title), "une", spoken, extra).text for source in pool]


def weights(language: str, declared: Strike) -> list[int]:
    spoken = voice(language)
    values = strike_values(declared, spoken, FRIDAY) | {"title": "t" * 90, "link": article("").link}
    return [XRuler().length(TEMPLATES.render(s, values)) for s in TEMPLATES.shipped(language, default_who=True)]


def test_the_pools_hold_six_french_and_three_english_messages_and_three_of_each_on_anyone() -> None:
    assert {pool: len(TEMPLATES.shipped(pool[0], default_who=pool[1])) for pool in POOLS} == {
        ("fr", True): 6, ("fr", False): 3, ("en", True): 3, ("en", False): 3,
    }  # fmt: skip


def test_a_title_of_90_characters_fits_whole_on_x_with_a_typical_reason_and_date() -> None:
    assert weights("fr", strike("fr")) == [265, 259, 254, 257, 266, 266]
    assert weights("en", strike("en")) == [259, 260, 258]


def test_a_title_of_90_characters_fits_whole_on_x_with_a_long_reason_and_the_longest_date() -> None:
    longest = {lang: strike(lang, ends=LONGEST_DATE, reasons=LONG_REASON) for lang in ("fr", "en")}
    assert weights("fr", longest["fr"]) == [279, 273, 268, 271, 280, 280]
    assert max(weights("en", longest["en"])) <= 280


@pytest.mark.parametrize(("language", "default_who"), POOLS)
def test_every_message_says_who_why_until_when_and_ends_with_the_link(language: str, default_who: bool) -> None:
    declared = strike(language, ends=LONGEST_DATE, who=None if default_who else WHO)
    end = TEMPLATES.moment(LONGEST_DATE, PARIS, language)
    for post in posts(language, default_who, declared):
        assert XRuler().length(post) <= 280
        assert declared.reason in post
        assert end in post
        assert ("ommunity manager" if default_who else WHO) in post
        assert post.endswith(article("").link)
        assert XRuler().links(post) == [article("").link]
        assert post.index(declared.reason) < post.index(TITLE[:20]) < post.index("https://")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_with_a_who_of_60_characters_the_title_gives_way_and_most_of_it_stays(language: str) -> None:
    assert len(WHO) == 60
    for post in posts(language, False, strike(language, ends=LONGEST_DATE, who=WHO)):
        assert TITLE[:60] in post


@pytest.mark.parametrize(("language", "default_who"), POOLS)
def test_the_messages_keep_to_their_rules(language: str, default_who: bool) -> None:
    pool = TEMPLATES.shipped(language, default_who=default_who)
    assert sum(source.count("✊") for source in pool) <= 1
    for source in pool:
        named = TEMPLATES.variables(source)
        assert set(NEEDED) - {"strike.who" if default_who else ""} <= named
        assert not set(source) & {"\u202f", "\u00a0", "'", "·"}
        assert source == source.strip()


@pytest.mark.parametrize(("language", "default_who"), POOLS)
def test_no_message_of_a_pool_repeats_another(language: str, default_who: bool) -> None:
    assert len(set(posts(language, default_who, strike(language, who=None if default_who else WHO)))) == len(
        TEMPLATES.shipped(language, default_who=default_who)
    )


def test_an_empty_link_leaves_no_blank_line_at_the_end() -> None:
    spoken, declared = voice("fr"), strike("fr")
    for source in TEMPLATES.shipped("fr", default_who=True):
        payload = compose(
            source, article(TITLE), "une", spoken, strike_values(declared, spoken, FRIDAY), keep_link=False
        )
        assert payload.link is None
        assert payload.text.endswith(TITLE)


def test_who_strikes_unless_somebody_says_so() -> None:
    assert TEMPLATES.default_who("fr") == "les community managers de ce compte"
    assert TEMPLATES.default_who("en") == "the community managers of this account"


@pytest.mark.parametrize(
    ("local", "french", "english"),
    [
        ("2020-01-24T19:00", "vendredi 24 janvier à 19h", "Friday 24 January at 7 pm"),
        ("2020-01-24T09:30", "vendredi 24 janvier à 9h30", "Friday 24 January at 9:30 am"),
        ("2020-01-24T19:05", "vendredi 24 janvier à 19h05", "Friday 24 January at 7:05 pm"),
        ("2020-01-24T00:00", "jeudi 23 janvier à 23h59", "Thursday 23 January at 11:59 pm"),
        ("2020-01-24T00:30", "vendredi 24 janvier à 0h30", "Friday 24 January at 12:30 am"),
        ("2020-01-24T12:00", "vendredi 24 janvier à 12h", "Friday 24 January at noon"),
        ("2020-02-01T08:00", "samedi 1er février à 8h", "Saturday 1 February at 8 am"),
        ("2021-01-01T00:00", "jeudi 31 décembre à 23h59", "Thursday 31 December at 11:59 pm"),
    ],
)
def test_an_hour_is_said_as_people_say_it(local: str, french: str, english: str) -> None:
    at = datetime.fromisoformat(local).replace(tzinfo=PARIS).astimezone(UTC)
    assert TEMPLATES.moment(at, PARIS, "fr") == french
    assert TEMPLATES.moment(at, PARIS, "en") == english


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)), st.sampled_from(["fr", "en"]))
def test_no_hour_of_a_post_weighs_double_on_x_or_says_midnight(at: datetime, language: str) -> None:
    said = TEMPLATES.moment(at, PARIS, language)
    assert XRuler().length(said) == len(said)
    assert "à 0h " not in said + " "
    assert "at 12 am" not in said
