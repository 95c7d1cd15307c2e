from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twitter_text import extract_urls, parse_tweet

from occupier.domain.message import Ruler
from occupier.domain.text import harmless, safe_link
from occupier.platforms.lengths import FacebookRuler, MastodonRuler, XRuler

RULERS: list[Ruler] = [XRuler(), MastodonRuler(), FacebookRuler()]
NAMES = ["x", "mastodon", "facebook"]
every_ruler = pytest.mark.parametrize("ruler", RULERS, ids=NAMES)

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
hosts = st.from_regex(r"(www\.)?[a-z0-9]{1,12}(-[a-z0-9]{1,6})?\.(fr|org|com|paris|co\.uk)", fullmatch=True)
paths = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=40)
links = st.builds(lambda host, path: safe_link(f"https://{host}/{path}"), hosts, paths).filter(bool)


@every_ruler
@given(link=links, before=words, after=words)
def test_the_network_finds_a_safe_link_exactly_once_among_harmless_words(
    ruler: Ruler, link: str, before: str, after: str
) -> None:
    assert ruler.links(f"{harmless(before)}\n{link}\n{harmless(after)}").count(link) == 1


@every_ruler
@given(text=words)
def test_what_is_counted_is_never_negative_and_only_nothing_counts_nothing(ruler: Ruler, text: str) -> None:
    assert ruler.length(text) >= bool(text)


@every_ruler
@given(text=words)
def test_graphemes_put_together_are_the_text(ruler: Ruler, text: str) -> None:
    assert "".join(ruler.graphemes(text)) == text


@given(text=words)
def test_x_counts_and_finds_what_its_own_library_does(text: str) -> None:
    assert XRuler().length(text) == parse_tweet(text).weightedLength
    assert XRuler().links(text) == extract_urls(text)


@every_ruler
@given(before=words, after=words)
def test_no_ruler_misses_an_address_that_was_written_out(ruler: Ruler, before: str, after: str) -> None:
    assert "https://site.fr/a" in ruler.links(f"{harmless(before)} https://site.fr/a {harmless(after)}")


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("https://www.example.org/a/very/long/path/that/goes/on/and/on", 23),
        ("a https://e.fr b https://f.fr", 51),
        ("example.org", 23),
        ("…", 2),
        ("«é»", 3),
        ("👩‍👩‍👧‍👦", 2),
        ("日本", 4),
        ("http://127.0.0.1:8000/abc", 25),
        ("http://intranet/articles/1", 26),
    ],
)
def test_x_weighs_as_x_says(text: str, length: int) -> None:
    assert XRuler().length(text) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("https://www.example.org/a/very/long/path/that/goes/on/and/on", 23),
        ("a https://e.fr b https://f.fr", 51),
        ("example.org", 11),
        ("@courrier@social.example.org", 9),
        ("a@courrier@social", 17),
        ("👩‍👩‍👧‍👦 é", 3),
        ("…", 1),
    ],
)
def test_mastodon_counts_as_mastodon_says(text: str, length: int) -> None:
    assert MastodonRuler().length(text) == length


def test_a_server_with_other_lengths_is_counted_with_them() -> None:
    ruler = MastodonRuler(5000, 32)
    assert (ruler.limit, ruler.length("a https://e.fr")) == (5000, 34)


@pytest.mark.parametrize(
    ("ruler", "text", "found"),
    [
        (XRuler(), "a site.fr and https://b.org/c.", ["site.fr", "https://b.org/c"]),
        (MastodonRuler(), "a site.fr and https://b.org/c.", ["https://b.org/c"]),
        (
            MastodonRuler(),
            "magnet:?xt=1 gemini://a.fr/b xmpp:a@b.fr",
            ["magnet:?xt=1", "gemini://a.fr/b", "xmpp:a@b.fr"],
        ),
        (FacebookRuler(), "a site.fr, www.x (b.org/c) me@y.net", ["site.fr", "www.x", "b.org/c", "y.net"]),
        (FacebookRuler(), "http://intranet/a?b=c.", ["http://intranet/a?b=c"]),
        (FacebookRuler(), "À 19h. Demain… 3.5 %", []),
    ],
)
def test_each_network_makes_its_own_links(ruler: Ruler, text: str, found: list[str]) -> None:
    assert ruler.links(text) == found


def test_facebook_counts_no_character_for_less_than_it_could() -> None:
    assert FacebookRuler().length("aé👍") == 4


@every_ruler
@pytest.mark.parametrize(
    "title",
    ["a." * 2500, "é." * 2500, "http://" + "1." * 2500, "a-" * 2500 + ".fr", "é" * 5000 + ".é", "@" + "a" * 5000,
     ("a." * 11 + " ") * 200, "-" * 5000, "a@" * 2500],
)  # fmt: skip
def test_a_title_made_to_hold_up_the_counting_does_not(ruler: Ruler, title: str) -> None:
    began = time.perf_counter()
    ruler.length(title)
    ruler.links(title)
    assert time.perf_counter() - began < 2.5


@pytest.mark.parametrize("ruler", RULERS[:2], ids=NAMES[:2])
def test_a_maze_counts_in_full_and_is_taken_for_a_link(ruler: Ruler) -> None:
    maze = "a." * 200 + "fr"
    assert ruler.length(f"x {maze} y") >= len(maze)
    assert ruler.links(f"x {maze} https://site.fr/a") == [maze, "https://site.fr/a"]


@given(text=st.text(st.sampled_from("a.-/@é: 中1:"), max_size=400))
@settings(deadline=2000)
def test_no_short_text_holds_up_the_counting(text: str) -> None:
    for ruler in RULERS:
        assert ruler.length(text) >= 0
        assert all(link in text for link in ruler.links(text))
