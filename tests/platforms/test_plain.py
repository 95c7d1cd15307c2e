from __future__ import annotations

import html
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.reconcile import folded
from occupier.platforms.plain import aware, plain, written_links
from occupier.sandbox.markup import content


@pytest.mark.parametrize(
    ("markup", "text", "links"),
    [
        ("<p>un<br/>deux</p><p>trois</p>", "un deux trois", ()),
        ('<p>a <a href="https://a.fr/x?b=1&amp;c=2"><span>https://</span>a.fr…</a> b</p>', "a b",
         ("https://a.fr/x?b=1&c=2",)),
        ('<a href="https://s/tags/g" class="mention hashtag">#<span>grève</span></a>', "#grève", ()),
        ('<span class="h-card"><a href="https://s/@u" class="u-url mention">@<span>u</span></a></span>', "@u", ()),
        ('<a href="https://s/tags/g">#grève</a>', "#grève", ()),
        ("R&amp;D &lt;3 &#39;x&#39;", "R&D <3 'x'", ()),
        ("non lié : http://127.0.0.1:80/a.", "non lié : http://127.0.0.1:80/a.", ("http://127.0.0.1:80/a",)),
        ('<a href="javascript:x">mot</a>', "mot", ()),
        ("<a>mot</a>", "mot", ()),
        ('<a href="https://a.fr">jamais fermée', "", ("https://a.fr",)),
        ('<a href="https://a.fr">un<a href="https://b.fr">deux</a>', "", ("https://a.fr", "https://b.fr")),
        ("<p><b>cassé</i>", "cassé", ()),
        ("", "", ()),
    ],
)  # fmt: skip
def test_markup_goes_and_words_stay(markup: str, text: str, links: tuple[str, ...]) -> None:
    read, found = plain(markup)
    assert (" ".join(read.split()), found) == (text, links)


@given(st.text(st.sampled_from("abé &<>\"'«».,!? \n"), max_size=80))
def test_what_a_server_makes_of_a_text_reads_back_as_the_text(text: str) -> None:
    posted = f"{text} https://a.fr/1?x=y&z=1 #grève"
    read, links = plain(content(posted, "https://s.example"))
    assert folded(read) == folded(posted)
    assert links == ("https://a.fr/1?x=y&z=1",)


@given(st.text(max_size=300))
def test_no_markup_is_too_odd_to_read(text: str) -> None:
    words, _ = plain(text)
    assert len(words) <= 2 * len(text)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=100))
def test_escaped_words_come_back_unescaped(text: str) -> None:
    assert folded(plain(html.escape(text))[0]) == folded(text)


def test_an_address_ends_before_the_sentence_does() -> None:
    assert written_links("(voir https://a.fr/b) «https://c.fr/d», http://e.fr.") == (
        "https://a.fr/b",
        "https://c.fr/d",
        "http://e.fr",
    )


@pytest.mark.parametrize("text", ["2026-11-20T13:00:00+0100", "2026-11-20T12:00:00.000Z", "2026-11-20T12:00:00"])
def test_an_instant_is_aware_and_in_utc(text: str) -> None:
    assert aware(text) == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert aware(text).utcoffset() == UTC.utcoffset(None)
