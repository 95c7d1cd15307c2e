from __future__ import annotations

import json
import time
import unicodedata
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from occupier.domain.article import Entry
from occupier.domain.errors import FeedError, Sentence
from occupier.domain.ports import Parsed
from occupier.domain.text import clean
from occupier.feeds.isolated import environment, understand_apart
from occupier.feeds.parse import FeedParser, is_ordinary
from occupier.feeds.shaping import Text, tidy_title

from .conftest import NOW, Frozen

URL = "https://site.example/dir/feed"
FOLDER = Path(__file__).parent.parent / "data" / "feeds"
SEEDS = [path.read_bytes() for path in sorted(FOLDER.iterdir()) if not path.name.endswith(".expected.json")]


def parse(body: bytes | str, content_type: str = "") -> Parsed:
    return FeedParser().parse(body.encode() if isinstance(body, str) else body, content_type, URL)


def rss(*items: str) -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>F</title>{inside}</channel></rss>'


def article(number: int, title: str = "Un") -> str:
    return f"<title>{title}</title><link>https://site.example/{number}</link>"


def refused(body: bytes | str) -> str:
    with pytest.raises(FeedError) as caught:
        parse(body)
    return str(caught.value)


def test_a_web_page_is_no_feed_and_says_where_its_feed_seems_to_be() -> None:
    page = '<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml" href="/rss?a=1&amp;b=2"></head>'
    said = refused(page)
    assert "a web page, not a feed; its feed seems to be https://site.example/rss?a=1&b=2." in said
    assert "names no feed" in refused("<html><body>Maintenance</body></html>")


@pytest.mark.parametrize("body", ["", "  \n", "bonjour", "<svg></svg>", "{}", '{"version": 1}', "{", "[" * 10_000])
def test_what_is_no_feed_is_refused_in_one_sentence(body: str) -> None:
    assert URL in refused(body)


def test_a_json_document_nested_for_ever_is_refused() -> None:
    assert "broken" in refused('{"a":' * 20_000)


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse(rss()).entries == ()


@pytest.mark.parametrize("cut", range(1, 60))
def test_a_feed_cut_off_anywhere_gives_whole_entries_only(cut: int) -> None:
    whole = rss(article(1, "L’été"), article(2, "L’œuvre, la mêlée")).encode()
    parsed = parse(whole[:-cut])
    assert {e.title for e in parsed.entries} <= {"L’été", "L’œuvre, la mêlée"}
    assert {e.link for e in parsed.entries} <= {"https://site.example/1", "https://site.example/2"}
    assert parsed.entries[0].title == "L’été"


def test_a_feed_cut_off_says_so() -> None:
    assert parse(rss(article(1), article(2))[:-40]).skipped == (
        Sentence("The feed is cut off; its last entry is left for the next reading."),
    )
    assert "cut off before" in refused(rss(article(1))[:-50])


def test_the_same_guid_is_read_whether_or_not_another_entry_is_odd() -> None:
    good = article(1) + "<guid isPermaLink='false'>https://site.example/?p=1&amp;x=2</guid><category>R&amp;D</category>"
    for odd in ("<title>&eacute;</title>", "<title>a & b</title>", "<title><b></title>", "<oops:x/>", "<title>\x0b"):
        assert parse(rss(good, odd)).entries[0] == parse(rss(good)).entries[0]


def test_a_guid_that_is_no_address_becomes_no_link() -> None:
    assert parse(rss("<title>Un</title><guid>abc</guid>")).entries == ()


@pytest.mark.parametrize("link", ["http://", "https:", "#", "?", "http:", "javascript:alert(1)"])
def test_a_link_that_leads_nowhere_makes_no_article_of_the_feed_itself(link: str) -> None:
    assert parse(rss(f"<title>Un</title><link>{link}</link>", article(2))).entries == parse(rss(article(2))).entries


def test_a_servers_wrong_charset_spoils_no_accent() -> None:
    body = rss(article(1, "L&#8217;été, l’œuvre"))
    for charset in ("iso-8859-1", "us-ascii", "windows-1252", "nonsense"):
        assert parse(body, f"application/xml; charset={charset}").entries[0].title == "L’été, l’œuvre"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_encodings_are_read_as_declared(encoding: str) -> None:
    body = rss(article(1, "Été")).replace("utf-8", encoding.removesuffix("-sig")).encode(encoding)
    assert parse(body).entries[0].title == "Été"


def test_a_title_is_decoded_once() -> None:
    # XML gives `&amp;lt;`, HTML gives `&lt;`, and there it ends.
    assert parse(rss(article(1, "&amp;amp;lt;b&amp;amp;gt;"))).entries[0].title == "&lt;b&gt;"


def test_lengths_and_numbers_are_bounded() -> None:
    names = "".join(f"<category>n{n}</category>" for n in range(80))
    entry = parse(rss(f"{article(1, 'mot ' * 2_000)}{names}<description>{'mot ' * 9_000}</description>")).entries[0]
    assert (len(entry.categories), len(entry.title) <= 1_000, len(entry.summary) <= 1_000) == (50, True, True)
    assert entry.title.endswith("mot…")
    many = {
        "version": "https://jsonfeed.org/version/1",
        "items": [{"id": f"https://x.example/{n}"} for n in range(10_001)],
    }
    assert len(parse(json.dumps(many)).entries) == 10_000
    told = parse(rss(*["<title>Sans lien</title>"] * 30)).skipped[-1]
    assert told == Sentence("{n} more entries were skipped.", {"n": 10})


def test_a_date_from_the_future_is_dropped_where_there_is_a_clock() -> None:
    dates = [(NOW + timedelta(hours=h)).isoformat() for h in (23, 25)]
    body = rss(*(f"{article(n)}<pubDate>{date}</pubDate>" for n, date in enumerate(dates))).encode()
    entries = FeedParser(Frozen()).parse(body, "", URL).entries
    assert [e.published_at for e in entries] == [NOW + timedelta(hours=23), None]


def test_the_date_of_a_change_counts_only_where_there_is_no_other() -> None:
    change = "<updated>2026-11-20T12:00:00Z</updated>"
    entry = "<entry><id>{n}</id><link href='https://site.example/{n}'/>{dates}</entry>"
    both = entry.format(n=1, dates=change + "<published>2026-11-19T12:00:00Z</published>")
    body = f"<feed xmlns='http://www.w3.org/2005/Atom'>{both}{entry.format(n=2, dates=change)}</feed>"
    assert [e.published_at and e.published_at.day for e in parse(body).entries] == [19, 20]


def test_no_file_and_no_entity_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret words")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY y "inner words">]>'
    parsed = parse(rss(article(1, "a&x;&y;")).replace("<rss", doctype + "<rss"))
    assert "words" not in repr(parsed)
    assert parsed.entries[0].title.startswith("a")
    assert "secret words" not in refused(str(secret))


def test_a_billion_laughs_are_not_laughed() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = rss(article(1, "&l9;")).replace("<rss", f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]><rss')
    assert not is_ordinary(body.encode(), "")
    assert len(repr(parse(body))) < 10_000


@pytest.mark.campaign  # it takes the ten seconds that it is about
def test_a_million_nested_tags_end_in_a_sentence_or_an_answer_within_the_limit() -> None:
    began = time.monotonic()
    said = refused(b"<rss><channel>" + b"<a>" * 700_000 + b"</a>" * 400_000 + b"</channel></rss>")
    assert "within 10 s and 200 MB" in said or "not a feed" in said
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("encoding", ["punycode", "idna", "utf-7"])
def test_an_encoding_that_no_newsroom_uses_is_decoded_apart(encoding: str) -> None:
    assert not is_ordinary(f'<?xml version="1.0" encoding="{encoding}"?><rss/>'.encode(), "")
    assert not is_ordinary(b"<rss/>", f"text/xml; charset={encoding}")


def test_an_ordinary_feed_needs_no_process() -> None:
    assert is_ordinary(rss(article(1)).encode(), "text/xml; charset=UTF-8")
    assert not is_ordinary(bytes(256 * 1024 + 1), "")


@pytest.mark.parametrize("body", SEEDS)
def test_a_process_apart_understands_the_same(body: bytes) -> None:
    assert understand_apart(body, "", URL) == parse(body)


def test_a_process_apart_sees_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCCUPIER_ACCOUNTS_X_TOKEN", "secret")
    assert "secret" not in repr(environment())


def test_a_process_apart_gives_the_same_error() -> None:
    with pytest.raises(FeedError, match="is empty"):
        understand_apart(b" ", "", URL)


#: What made a regular expression, or the library, read the same bytes again and again.
PATTERNS = [
    b"<",
    b"<!--",
    b"<![CDATA[",
    b"<a ",
    b"<a b='",
    b"&",
    b"&a",
    b"&#",
    b"</a>",
    b"<a>",
    b"<!a ",
    b"<?a",
    b"]]>",
]
INSIDE = [
    b"<item><title>%s",
    b"<item><link>http://a.example/</link><description><![CDATA[<img %s]]></description></item>",
]


@pytest.mark.parametrize("pattern", PATTERNS + [b"a", b'"', b"a=", b" ", b"<img ", b"<item>"])
@pytest.mark.parametrize("inside", INSIDE)
@pytest.mark.campaign  # a small fuzz, of every pattern that was once slow
def test_no_small_document_holds_the_watch_up(pattern: bytes, inside: bytes) -> None:
    body = b"<rss><channel>" + inside % (pattern * (200_000 // len(pattern))) + b"</channel></rss>"
    began = time.process_time()
    with suppress(FeedError):
        parse(body)
    assert time.process_time() - began < 8


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_bytes_raise_nothing_but_a_feed_error(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(body)))
        end = data.draw(st.integers(start, min(len(body), start + 40)))
        body[start:end] = data.draw(
            st.binary(max_size=12) | st.sampled_from(PATTERNS + [b"&#99999999999;", b"\xff\xfe"])
        )
    entries: tuple[Entry, ...] = ()
    with suppress(FeedError):
        entries = parse(bytes(body)).entries
    for entry in entries:
        assert_harmless(entry.title)
        assert_harmless(entry.summary)
        assert entry.link.isascii()
        assert entry.link.startswith(("http://", "https://"))


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_a_title_never_contains_controls_or_marks(title: str) -> None:
    escaped = title.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "]]&gt;")
    for entry in parse(rss(article(1, escaped), article(2, f"<![CDATA[{title.replace(']]>', '')}]]>"))).entries:
        assert_harmless(entry.title)


@given(st.text(st.characters(exclude_characters="<"), max_size=60))
def test_a_title_is_cleaned_as_every_text_is(title: str) -> None:
    assert tidy_title(Text(title)) == clean(title)


def assert_harmless(text: str) -> None:
    joined = text.replace("\u200d", "").replace("\u200c", "")
    assert not {unicodedata.category(c) for c in joined} & {"Cc", "Cf", "Cs", "Co", "Cn"}
    assert unicodedata.is_normalized("NFC", text)
