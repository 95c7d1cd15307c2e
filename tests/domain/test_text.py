from __future__ import annotations

import re
import unicodedata

import grapheme  # type: ignore[import-untyped]
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twitter_text import extract_urls

from occupier.domain.text import LONGEST_LINK, bare, clean, harmless, safe_link, shorten
from tests.strategies import EMOJI, HOSTILE, budgets, links, plain_titles, titles

MENTION = re.compile(r"[@＠][\w\[]")
SCHEME = re.compile(r"\w+://\S|magnet:\?")


def graphemes(text: str) -> list[str]:
    return list(grapheme.graphemes(text))


class TestClean:
    @given(titles())
    def test_nothing_invisible_is_left_and_cleaning_again_changes_nothing(self, text: str) -> None:
        cleaned = clean(text)
        hidden = [c for c in cleaned if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co", "Cn"}]
        assert not [c for c in hidden if c not in "\u200c\u200d"]
        assert clean(cleaned) == cleaned
        assert unicodedata.is_normalized("NFC", cleaned)
        assert cleaned == cleaned.strip()
        assert "  " not in cleaned

    @given(st.lists(titles(), max_size=3))
    def test_lines_are_kept_on_request_and_on_request_only(self, lines: list[str]) -> None:
        text = "\n".join(lines)
        assert "\n" not in clean(text)
        kept = clean(text, lines=True)
        assert clean(kept, lines=True) == kept
        assert clean(kept) == clean(text)

    def test_windows_line_ends_are_one_line_end(self) -> None:
        assert clean("a\r\n b \r\nc", lines=True) == "a\nb\nc"

    @pytest.mark.parametrize("emoji", EMOJI)
    def test_an_emoji_sequence_survives(self, emoji: str) -> None:
        assert clean(f"Oui {emoji} non") == f"Oui {emoji} non"

    def test_joiners_are_content_between_letters_of_scripts_that_join_only(self) -> None:
        assert clean("می‌خواهم") == "می‌خواهم"
        assert clean("le\u200dmonde") == "lemonde"
        assert clean("é\u200d\u200d\u200dé") == "éé"
        assert clean("\u200dé\u200d") == "é"
        assert clean("é\u200d。fr") == "é。fr"

    def test_bidi_marks_and_terminal_codes_go(self) -> None:
        assert clean("\u202egnp.fr\u2066 \x1b[31mrouge\x07\x9b0m") == "gnp.fr [31mrouge0m"


class TestHarmless:
    @settings(max_examples=400)
    @given(titles())
    def test_no_network_sees_a_link_or_a_mention(self, title: str) -> None:
        text = harmless(title)
        assert extract_urls(text) == []
        assert not MENTION.search(text)
        assert not SCHEME.search(text)
        assert harmless(text) == text

    @pytest.mark.parametrize("title", HOSTILE)
    def test_known_tricks_fail_in_the_middle_of_a_sentence(self, title: str) -> None:
        text = harmless(f"Selon {title}, c’est fini")
        assert extract_urls(text) == []
        assert not MENTION.search(text)

    @pytest.mark.parametrize(
        "title",
        [
            "Fin de partie… à 19 h 30",
            "2,5 % de 3.14",
            "L’U.R.S.S. (1922-1991)",
            "Qui ? Lui !",
            "« Non », dit-il.",
            "5.000 €",
        ],
    )
    def test_an_honest_title_stays_as_it_is(self, title: str) -> None:
        assert harmless(title) == title

    @given(titles())
    def test_bare_words_hold_nothing_at_all(self, title: str) -> None:
        text = bare(title)
        assert extract_urls(text) == []
        assert not re.search(r"[@＠#./:]", text)
        assert bare(text) == text


class TestSafeLink:
    @settings(max_examples=400)
    @given(links())
    def test_a_network_finds_exactly_the_link_when_it_is_set_off(self, link: str) -> None:
        safe = safe_link(link)
        assert safe is not None
        assert safe.isascii()
        assert extract_urls(f"Lire {safe} maintenant") == [safe]
        assert extract_urls(f"Lire :\n{safe}\n#grève") == [safe]
        assert extract_urls(safe) == [safe]

    @given(links())
    def test_a_safe_link_is_its_own_safe_link(self, link: str) -> None:
        safe = safe_link(link)
        assert safe is not None
        assert safe_link(safe) == safe

    @given(st.text(max_size=40) | titles().map("https://{}".format) | titles().map("https://a.fr/{}".format))
    def test_whatever_comes_it_is_ascii_or_nothing(self, link: str) -> None:
        safe = safe_link(link)
        assert safe is None or (safe.isascii() and safe.startswith(("http://", "https://")) and safe_link(safe) == safe)

    @pytest.mark.parametrize(
        ("link", "safe"),
        [
            ("https://lemonde.fr", "https://lemonde.fr/"),
            (" https://lemonde.fr/a b\n", "https://lemonde.fr/a%20b"),
            ("https://LEMONDE.fr:443/É", "https://lemonde.fr:443/%C3%89"),
            ("https://été.fr/", "https://xn--t-9fab.fr/"),
            ("https://faß.de/", "https://xn--fa-hia.de/"),
            ("https://FAẞ.de/", "https://xn--fa-hia.de/"),
            ("https://lemonde.fr./a", "https://lemonde.fr/a"),
            ("https://lemonde。fr/a", "https://lemonde.fr/a"),
            ("https://a.fr/%C3%a9", "https://a.fr/%C3%a9"),
            ("https://a.fr/e\u0301", "https://a.fr/e%CC%81"),
            ("https://a.fr/100%", "https://a.fr/100%25"),
            ("https://a.fr/x_(y)", "https://a.fr/x_%28y%29"),
            ("https://a.fr/x.", "https://a.fr/x%2E"),
            ("https://a.fr/?q=a+", "https://a.fr/?q=a%20"),
            ("https://a.fr/c+", "https://a.fr/c+"),
            ("https://a.fr/#/x?", "https://a.fr/#/x%3F"),
            ("https://a.fr/?a#b+", "https://a.fr/?a#b%2B"),
            ("https://a.fr/x,?y", "https://a.fr/x%2C?y"),
            ("https://a.fr/?id=12&", "https://a.fr/?id=12&"),
            ("https://a.fr/'x'\"*", "https://a.fr/%27x%27%22%2A"),
            ("http://localhost:8080/x", "http://localhost:8080/x"),
            ("http://[::1]:8080", "http://[::1]:8080/"),
            ("https://a.fr/\u200bx\u202e", "https://a.fr/x"),
        ],
    )
    def test_spellings(self, link: str, safe: str) -> None:
        assert safe_link(link) == safe

    @pytest.mark.parametrize(
        "link",
        [
            "", "javascript:alert(1)", "data:text/html,x", "ftp://a.fr/", "//a.fr/x", "a.fr/x", "http:a.fr", "https://",
            "https:///x", "https://bob@a.fr/", "https://bob:secret@a.fr/", "https://a.fr\\@b.fr/", "https://a.fr:99999/",
            "https://a.fr:x/", "https://[::1", "https://[v1.a]/", "https://[fe80::1%é]/", "https://a..fr/", "https://-a.fr/",
            "https://a b.fr/", "https://a%2Efr/", "https://" + "é" * 70 + ".fr/", "https://" + "a" * 64 + ".fr/",
            "https://a.fr/" + "é" * LONGEST_LINK, "https://./", "https://é..fr/", "https://a!.fr/",
        ],
    )  # fmt: skip
    def test_what_is_no_plain_address_is_refused(self, link: str) -> None:
        assert safe_link(link) is None


class TestShorten:
    @settings(max_examples=200)
    @given(plain_titles(), budgets())
    @example("anticonstitutionnellement", 5)
    def test_it_fits_ends_with_an_ellipsis_and_cuts_no_character(self, title: str, budget: int) -> None:
        def fits(text: str) -> bool:
            return len(graphemes(text)) <= budget

        short = shorten(title, fits, graphemes)
        assert short is not None
        assert fits(short)
        if short not in ("", title):
            assert short.endswith("…")
            kept = graphemes(short[:-1])
            assert graphemes(title)[: len(kept)] == kept
        assert short != "" or budget < 2
        assert (short == title) == fits(title)

    @given(titles(), budgets())
    def test_hostile_titles_are_cut_between_characters_too(self, title: str, budget: int) -> None:
        text = harmless(title)
        short = shorten(text, lambda t: len(graphemes(t)) <= budget, graphemes)
        assert short is not None
        assert short in ("", text) or (short.endswith("…") and text.startswith(short[:-1]))

    def test_it_is_cut_at_a_word_without_dangling_signs(self) -> None:
        assert shorten("Le monde, enfin", lambda t: len(t) <= 11, list) == "Le monde…"

    def test_nothing_fits(self) -> None:
        assert shorten("titre", lambda _t: False, list) is None
        assert shorten("titre", lambda t: t == "", list) == ""

    def test_a_single_word_too_long_is_cut_inside(self) -> None:
        assert shorten("anticonstitutionnellement vôtre", lambda t: len(t) <= 5, list) == "anti…"
