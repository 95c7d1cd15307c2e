from __future__ import annotations

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from occupier.wire.scrub import LONGEST_EXCERPT, TALKATIVE, excerpt, hush, scrub


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("url: /v26.0/1_2?access_token=EAAB0&fields=id", "url: /v26.0/1_2?access_token=[…]&fields=id"),
        ('{"access_token": "EAAB0", "id": "1"}', '{"access_token": "[…]", "id": "1"}'),
        ("Authorization: Bearer abc.def-ghi_j", "Authorization: Bearer […]"),
        ("{'Authorization': 'bearer AAA%2F='}", "{'Authorization': 'bearer […]'}"),
        ('OAuth oauth_nonce="1", oauth_signature="x%3D"', "OAuth […]"),
        ("oauth_signature=x%3D&a=b", "oauth_signature=[…]&a=b"),
        ("client_secret: hush, nothing else", "client_secret: […], nothing else"),
        ("the bearer of bad news", "the bearer […] bad news"),
        ("Nothing to hide.", "Nothing to hide."),
    ],
)
def test_what_looks_like_a_secret_goes_even_when_it_is_not_known(text: str, clean: str) -> None:
    assert scrub(text) == clean


@given(secret=st.text(min_size=6, max_size=40), before=st.text(max_size=20), after=st.text(max_size=20))
def test_a_known_secret_never_remains(secret: str, before: str, after: str) -> None:
    assert secret not in scrub(before + secret + after, [secret]) or secret in "[…]"


def test_a_secret_goes_in_its_encoded_form_too() -> None:
    assert scrub("?t=a%7Cb%2Fcdef", ["a|b/cdef"]) == "?t=[…]"


def test_a_longer_secret_goes_before_a_shorter_one_inside_it() -> None:
    assert scrub("abcdefghij", ["abcdef", "abcdefghij"]) == "[…]"


def test_something_too_short_to_be_a_secret_blackens_nothing() -> None:
    assert scrub("a cat", ["a", ""]) == "a cat"


@given(st.binary(max_size=2000) | st.text(max_size=2000) | st.none())
def test_an_excerpt_is_one_short_line(text: bytes | str | None) -> None:
    short = excerpt(text)
    assert len(short) <= LONGEST_EXCERPT
    assert "\n" not in short


def test_a_secret_across_the_end_of_an_excerpt_does_not_show_its_beginning() -> None:
    assert "SECRET" not in excerpt("x" * (LONGEST_EXCERPT - 6) + "SECRETTOKEN", ["SECRETTOKEN"])


@pytest.fixture
def loggers() -> object:
    before = {name: logging.getLogger(name).level for name in TALKATIVE}
    yield
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


@pytest.mark.usefixtures("loggers")
def test_the_libraries_loggers_are_quiet_even_where_everything_is_logged() -> None:
    hush()
    for name in TALKATIVE:
        assert not logging.getLogger(f"{name}.anything").isEnabledFor(logging.WARNING)
        assert logging.getLogger(name).isEnabledFor(logging.ERROR)


@pytest.mark.parametrize("who", ["203.0.113.77", "2001:db8::1", "2001:db8:0:0:1:2:3:4", "jean.dupont@journal.fr"])
def test_an_excerpt_names_neither_a_machine_nor_a_person(who: str) -> None:
    said = excerpt(f'{{"error": "{who} is blocked"}}')
    assert said == '{"error": "[…] is blocked"}'


def test_hours_and_versions_stay() -> None:
    said = "at 12:30:05 on 2026-11-20T12:30:05, API v26.0"
    assert excerpt(said) == said
