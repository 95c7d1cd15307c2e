import pytest
from hypothesis import given
from hypothesis import strategies as st
from twitter_text import parse_tweet

from occupier.sandbox.fields import parse_fields
from occupier.sandbox.tco import rewritten
from occupier.sandbox.text import addresses, mastodon_length, x_length


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("voir https://a.fr/x.", ["https://a.fr/x"]),
        ("(https://a.fr/x_(y))", ["https://a.fr/x_(y)"]),
        ("« https://a.fr/é »", ["https://a.fr/é"]),
        ("a.fr n’a pas de schéma", []),
        ("https://a.fr/x?b=1&c=2#d, puis http://b.org", ["https://a.fr/x?b=1&c=2#d", "http://b.org"]),
    ],
)
def test_addresses_end_where_the_sentence_goes_on(text: str, found: list[str]) -> None:
    assert [address.url for address in addresses(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "Grève !",
        "« Non »",
        "un… deux",
        "漢字",
        "👩‍👩‍👧 ✊",
        "🇫🇷",
        "voir https://example.org/a",
        "exemple.fr",
        "a\u202fb",
    ],
)
def test_the_weight_is_the_one_of_twitters_own_rules(text: str) -> None:
    assert x_length(text) == parse_tweet(text).weightedLength


def test_a_mention_counts_without_its_server() -> None:
    assert mastodon_length("@ana@exemple.social") == len("@ana")


@given(st.text(alphabet="ab &<>.:/ é✊", max_size=40), st.sampled_from(["https://example.org/a?b=1&c=2", "exemple.fr"]))
def test_every_address_stands_where_the_entities_say(text: str, url: str) -> None:
    shown, urls = rewritten(f"{text} {url} {text}", "1")
    assert all(shown[entity["start"] : entity["end"]] == entity["url"] for entity in urls)
    assert url.removeprefix("https://") in "".join(entity["expanded_url"] for entity in urls)


def test_fields_nest() -> None:
    assert parse_fields("id, from{name,id},attachments.limit(3){media{image}}") == {
        "id": {},
        "from": {"name": {}, "id": {}},
        "attachments": {"media": {"image": {}}},
    }
