"""The strike feed says the strike where it must, and keeps every other byte."""

from __future__ import annotations

import re
from collections.abc import Callable

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.errors import FeedError
from occupier.domain.handing import WITHHELD, Images, Treatment, Words
from occupier.syndication.anatomy import Item, dissect
from occupier.syndication.edition import compose, graft
from occupier.syndication.press import Cutter

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:media="http://search.yahoo.com/mrss/"
     xmlns:x="https://example.org/own">
<channel><title>La une</title><link>https://site.example/</link><image><title>logo</title></image>
  <item x:rank='a>b'>
    <title><![CDATA[Éducation & "réforme"]]></title>
    <link>https://site.example/1?a=1&amp;b=2</link><guid isPermaLink="false">n-1</guid>
    <pubDate>Fri, 24 Jan 2020 09:00:00 +0100</pubDate>
    <description>Un <b>résumé</b></description><content:encoded><![CDATA[<p>Tout</p>]]></content:encoded>
    <media:content url="https://site.example/1.jpg"><media:title>Une photo</media:title></media:content>
    <enclosure url="https://site.example/1.mp3" length="1" type="audio/mpeg"/><x:own>gardé</x:own>
  </item>
  <item><title/><link>https://site.example/2</link><guid>n-2</guid></item>
</channel></rss>
"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>La une</title><id>f</id>
<entry><title type="html">Un &amp;amp; deux</title><id>n-1</id><updated>2020-01-24T09:00:00Z</updated>
<link rel="enclosure" href="https://site.example/1.jpg"/><link href="https://site.example/1"/>
<summary>Bref</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Tout</p></div></content></entry>
<entry><title>Deux</title><id>n-2</id><link rel="alternate" href="https://site.example/2"/></entry></feed>
"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="https://site.example/"><title>La une</title></channel>
<item rdf:about="n-1"><title>Un</title><link>https://site.example/1</link><description>Bref</description></item></rdf:RDF>
"""
STRIKE = Words("En grève <ici> & là", "En grève jusqu’à 19h.\nLa réforme\nhttps://site.example/1?a=1&b=2")


def only(guid: str, treatment: Treatment) -> Callable[[Item], Treatment]:
    return lambda item: treatment if guid in {item.guid, item.link} else None


def told(document: str | bytes, treat: Callable[[Item], Treatment]) -> str:
    body = document if isinstance(document, bytes) else document.encode()
    anatomy = dissect(body)
    return compose(anatomy, [treat(item) for item in anatomy.items]).decode()


@pytest.mark.parametrize("document", [RSS, ATOM, RDF])
def test_where_nothing_is_of_a_strike_every_byte_is_the_newsrooms(document: str) -> None:
    assert told(document, lambda item: None) == document


def test_an_entry_keeps_what_identifies_it_and_says_the_strike() -> None:
    entry = feedparser.parse(told(RSS, only("n-1", STRIKE))).entries[0]
    before = feedparser.parse(RSS).entries[0]
    for kept in ("id", "link", "published", "x_own", "enclosures", "media_content"):
        assert entry[kept] == before[kept]
    assert entry.title == "En grève <ici> & là"
    assert entry.summary == "En grève jusqu’à 19h.<br />La réforme<br />https://site.example/1?a=1&amp;b=2"
    assert entry.content[0].value == entry.summary
    assert not {"Éducation", "résumé", "Tout", "photo"} & set(str(entry).replace("<", " ").split())


def test_the_other_entries_keep_their_bytes() -> None:
    made, start = told(RSS, only("n-1", STRIKE)), RSS.index("  <item><title/>")
    assert made.endswith(RSS[start:])
    assert made.startswith(RSS[: RSS.index("    <title><![CDATA[Éd")])


def test_an_entry_without_a_title_gets_one_where_it_has_the_place_for_it() -> None:
    assert feedparser.parse(told(RSS, only("n-2", Words("Grève", "Grève")))).entries[1].title == "Grève"


def test_atom_is_told_as_atom() -> None:
    entry = feedparser.parse(told(ATOM, only("n-1", STRIKE))).entries[0]
    assert (entry.id, entry.link, entry.updated) == ("n-1", "https://site.example/1", "2020-01-24T09:00:00Z")
    assert entry.title == "En grève <ici> & là"
    assert entry.content[0].type == "text/html"
    assert "Bref" not in str(entry)
    assert "Tout" not in str(entry)


def test_rss_1_is_told_too() -> None:
    entry = feedparser.parse(told(RDF, only("https://site.example/1", STRIKE))).entries[0]
    assert (entry.title, entry.link) == ("En grève <ici> & là", "https://site.example/1")


def test_images_go_where_they_are_not_wanted() -> None:
    made = told(RSS, only("n-1", Words("Grève", "Grève", Images.DROP)))
    assert "1.jpg" not in made
    assert "1.mp3" not in made
    assert "gardé" in made
    assert "1.jpg" not in told(ATOM, only("n-1", Words("Grève", "Grève", Images.DROP)))


@pytest.mark.parametrize("document", [RSS, ATOM])
def test_an_image_of_ones_own_takes_the_place_of_all(document: str) -> None:
    address = "https://site.example/gr%C3%A8ve.png?a=1&b=2"
    made = feedparser.parse(told(document, only("n-1", Words("Grève", "Grève", address))))
    assert [(one.href, one.type) for one in made.entries[0].enclosures] == [(address, "image/png")]
    assert "1.jpg" not in str(made.entries[0])
    assert made.entries[1] == feedparser.parse(document).entries[1]


def test_an_image_of_ones_own_has_the_prefix_of_its_feed() -> None:
    prefixed = re.sub(r"<(/?)(?=feed|entry|title|id|updated|link|summary|content)", r"<\1a:", ATOM)
    prefixed = prefixed.replace('xmlns="http://www.w3.org/2005/Atom"', 'xmlns:a="http://www.w3.org/2005/Atom"')
    made = feedparser.parse(told(prefixed, only("n-1", Words("Grève", "Grève", "https://site.example/g.webp"))))
    assert [one.href for one in made.entries[0].enclosures] == ["https://site.example/g.webp"]


def test_entries_of_an_older_document_stand_where_they_belong_now() -> None:
    old, new = dissect(RSS.encode()), dissect(RSS.replace("+0100", "+0000").replace("gardé", "autre").encode())
    assert graft(new, old, {0: 0}) == RSS.encode()
    assert graft(new, old, {}) == new.document


def test_what_would_no_longer_be_a_feed_is_not_put_together() -> None:
    new = RSS.replace(' xmlns:media="http://search.yahoo.com/mrss/"', "").replace("media:", "")
    assert Cutter().cut(new.encode()).grafted(Cutter().cut(RSS.encode()), {0: 0}) == new.encode()


def test_an_entry_that_is_withheld_leaves_no_trace() -> None:
    made = told(RSS, only("n-1", WITHHELD))
    assert [entry.id for entry in feedparser.parse(made).entries] == ["n-2"]
    assert made.endswith("</guid></item>\n</channel></rss>\n")


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16"])
def test_another_encoding_becomes_utf_8_and_reads_the_same(encoding: str) -> None:
    document = RSS.replace('encoding="UTF-8"', f'encoding="{encoding}"').encode(encoding)
    made = compose(dissect(document), [None, None])
    assert "Éducation" in made.decode()
    assert feedparser.parse(made).entries == feedparser.parse(document).entries


@pytest.mark.parametrize("document", ["<rss><channel>", "no", '<!DOCTYPE a [<!ENTITY b "c">]><rss/>'])
def test_what_cannot_be_cut_rightly_is_not_cut(document: str) -> None:
    with pytest.raises(FeedError, match="the strike feed stays as it was"):
        dissect(document.encode())


def test_whoever_follows_the_newsrooms_hub_would_read_another_feed() -> None:
    hub = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>'
    cloud = '<cloud domain="rpc.example" port="80"></cloud>'
    assert told(RSS.replace("<image>", f"{hub}<image>{cloud}"), lambda item: None) == RSS
    of_atom = '<link rel="hub" href="https://hub.example/"/>'
    assert told(ATOM.replace("<id>f</id>", f"<id>f</id>{of_atom}"), lambda item: None) == ATOM


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=40)


@given(st.lists(st.tuples(TEXT, st.sampled_from(["keep", "tell", "withhold"])), max_size=8), TEXT)
def test_whatever_the_words_the_others_stay_and_ours_are_read_back(entries: list[tuple[str, str]], words: str) -> None:
    def item(number: int, title: str) -> str:
        return f"<item><title>{_escaped(title)}</title><guid>{number}</guid><x:y>]]&gt;</x:y></item>\n"

    body = "".join(item(n, title) for n, (title, _) in enumerate(entries))
    document = f'<rss xmlns:x="u"><channel>\n{body}</channel></rss>'
    ways = {"keep": None, "tell": Words(words, words), "withhold": WITHHELD}
    again = dissect(compose(dissect(document.encode()), [ways[way] for _, way in entries]))
    assert [found.guid for found in again.items] == [str(n) for n, e in enumerate(entries) if e[1] != "withhold"]
    for found in again.items:
        title, way = entries[int(found.guid or 0)]
        assert found.named("title")[0].text == (words if way == "tell" else title)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
