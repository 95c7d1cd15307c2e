from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.domain.article import (
    Entry,
    Key,
    KeyKind,
    after_gap,
    canonical_link,
    identify,
    keys_of,
    oldest_first,
    watched_with_gap,
)
from occupier.domain.text import safe_link
from tests.strategies import links, titles

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(link: str, guid: str | None = None, at: datetime | None = None, title: str = "t") -> Entry:
    return Entry(title, link, guid, published_at=at)


class TestCanonicalLink:
    @given(links())
    def test_it_is_its_own_canonical_form(self, link: str) -> None:
        canonical = canonical_link(link)
        assert canonical is not None
        assert canonical_link(f"{link.partition(':')[0]}:{canonical}") == canonical

    @given(links(), st.sampled_from(["utm_source=x", "fbclid=1", "xtor=RSS-1", "at_medium=rss", "mc_cid=2"]))
    def test_trackers_fragment_and_scheme_do_not_count(self, link: str, tracker: str) -> None:
        plain = safe_link(link.partition("#")[0]) or ""
        tracked = f"{plain}{'&' if '?' in plain else '?'}{tracker}#top"
        swapped = tracked.replace("http", "https", 1) if tracked.startswith("http:") else tracked
        if ":80" not in plain and ":443" not in plain:
            assert canonical_link(swapped) == canonical_link(link)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("http://lemonde.fr", "https://LEMONDE.fr:443/"),
            ("http://lemonde.fr:80/a", "https://lemonde.fr/a#b"),
            ("https://a.fr/a?utm_source=rss&id=1", "https://a.fr/a?id=1&UTM_MEDIUM=x"),
            ("https://a.fr/é", "https://a.fr/%c3%A9"),
            ("https://a.fr/%7Ebob/x%2E", "https://a.fr/~bob/x."),
            ("https://a.fr/?q=%20b", "https://a.fr/?q=+b"),
            ("https://été.fr/", "https://xn--t-9fab.fr/"),
        ],
    )
    def test_the_same_page(self, one: str, other: str) -> None:
        assert canonical_link(one) == canonical_link(other) is not None

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("https://a.fr/a", "https://a.fr/A"),
            ("https://a.fr/a", "https://a.fr/a/"),
            ("https://a.fr:8443/", "https://a.fr/"),
            ("https://a.fr:80/", "https://a.fr/"),
            ("https://a.fr/?id=1", "https://a.fr/?id=2"),
            ("https://a.fr/?q=%E9", "https://a.fr/?q=%E8"),
            ("https://a.fr/a%2Fb", "https://a.fr/a/b"),
            ("https://faß.de/", "https://fass.de/"),
            ("https://a.fr/?id=1", "https://a.fr/?id=1%26"),
        ],
    )
    def test_another_page(self, one: str, other: str) -> None:
        assert canonical_link(one) != canonical_link(other)

    @given(titles().map("https://[{}".format) | titles().map("http://{}/?".format) | st.text(max_size=20))
    def test_no_address_is_worth_an_exception(self, link: str) -> None:
        canonical = canonical_link(link)
        assert canonical is None or canonical.startswith("//")

    def test_a_bare_ipv6_host_has_a_canonical_form(self) -> None:
        assert canonical_link("http://[::1]") == "//[::1]/"
        assert canonical_link("javascript:alert(1)") is None


class TestIdentify:
    def test_a_guid_belongs_to_its_feed_and_a_link_to_all(self) -> None:
        assert keys_of(entry("https://a.fr/1", "g"), 7) == (
            Key(KeyKind.GUID, 7, "g"),
            Key(KeyKind.LINK, 0, "//a.fr/1"),
        )
        assert keys_of(entry("mailto:x"), 7) == ()

    def test_a_constant_guid_identifies_nothing(self) -> None:
        entries = [entry("https://a.fr/1", "home"), entry("https://a.fr/2", "home")]
        keyed, shared = identify(entries, 1)
        assert shared == {Key(KeyKind.GUID, 1, "home")}
        assert [k.keys for k in keyed] == [(Key(KeyKind.LINK, 0, f"//a.fr/{n}"),) for n in (1, 2)]

    def test_the_home_page_as_every_link_identifies_nothing(self) -> None:
        entries = [entry("https://a.fr/", "1"), entry("https://a.fr/#x", "2")]
        keyed, shared = identify(entries, 1)
        assert shared == {Key(KeyKind.LINK, 0, "//a.fr/")}
        assert [k.keys for k in keyed] == [(Key(KeyKind.GUID, 1, n),) for n in ("1", "2")]

    def test_an_entry_without_a_key_of_its_own_is_no_article(self) -> None:
        entries = [
            entry("https://a.fr/", "x", title="a"),
            entry("https://a.fr/", "x", title="b"),
            entry("https://a.fr/3"),
        ]
        keyed, shared = identify(entries, 1)
        assert [k.entry.link for k in keyed] == ["https://a.fr/3"]
        assert len(shared) == 2

    def test_an_entry_repeated_word_for_word_counts_once(self) -> None:
        keyed, shared = identify([entry("https://a.fr/1", "g"), entry("https://a.fr/1", "g")], 1)
        assert len(keyed) == 1
        assert not shared

    def test_an_article_listed_twice_under_a_mended_title_counts_once(self) -> None:
        twice = [entry("https://a.fr/1", "g", title="Le titre"), entry("https://a.fr/1", "g", title="Le titre corrigé")]
        keyed, shared = identify(twice, 1)
        assert [k.entry.title for k in keyed] == ["Le titre"]
        assert not shared

    @given(st.lists(st.tuples(st.integers(0, 3), st.none() | st.integers(0, 3)), max_size=6))
    def test_no_two_entries_share_a_key(self, pairs: list[tuple[int, int | None]]) -> None:
        entries = [
            entry(f"https://a.fr/{quote(str(link))}", None if guid is None else str(guid), title=str(n))
            for n, (link, guid) in enumerate(pairs)
        ]
        keyed, shared = identify(entries, 1)
        keys = [key for k in keyed for key in k.keys]
        assert len(keys) == len(set(keys))
        assert not shared & set(keys)
        assert all(k.keys for k in keyed)


class TestOrderAndGaps:
    @given(st.lists(st.none() | st.integers(0, 9), max_size=8))
    def test_oldest_first_by_their_own_dates(self, hours: list[int | None]) -> None:
        entries = [entry(f"https://a.fr/{n}", at=None if h is None else NOW + h * HOUR) for n, h in enumerate(hours)]
        keyed, _ = identify(entries, 1)
        ordered = oldest_first(keyed)
        dates = [k.entry.published_at for k in ordered if k.entry.published_at]
        assert dates == sorted(dates)
        assert sorted(k.entry.link for k in ordered) == sorted(e.link for e in entries)
        undated = [k.entry.link for k in ordered if not k.entry.published_at]
        assert undated == [e.link for e in entries if not e.published_at][::-1]

    def test_while_watched_freshness_counts_from_now(self) -> None:
        assert after_gap(entry("x", at=NOW - HOUR), NOW, gap=False) == (False, NOW)
        assert after_gap(entry("x"), NOW, gap=False) == (False, NOW)

    def test_after_a_gap_it_counts_from_its_date_and_undated_ones_are_old(self) -> None:
        assert after_gap(entry("x", at=NOW - HOUR), NOW, gap=True) == (False, NOW - HOUR)
        assert after_gap(entry("x", at=NOW + HOUR), NOW, gap=True) == (False, NOW)
        assert after_gap(entry("x"), NOW, gap=True) == (True, NOW)

    def test_a_gap_is_longer_than_the_freshness(self) -> None:
        assert not watched_with_gap(None, NOW, HOUR)
        assert not watched_with_gap(NOW - HOUR, NOW, HOUR)
        assert watched_with_gap(NOW - HOUR - timedelta(microseconds=1), NOW, HOUR)
