from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from occupier.domain.action import Payload
from occupier.domain.reconcile import RemotePost, folded, is_ours, is_unchanged, leads_to, look_for, looks_due
from tests.strategies import titles

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
LINK = "https://lemonde.fr/a?utm_source=x"
PAYLOAD = Payload("Nous sommes en grève.\nLire : https://lemonde.fr/a", "https://lemonde.fr/a")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def post(id: str = "1", text: str = PAYLOAD.text, *links: str, at: datetime = START) -> RemotePost:
    return RemotePost(id, text, links or (LINK,), at)


class TestUnchanged:
    def test_what_the_network_made_of_the_address_is_no_change(self) -> None:
        assert is_unchanged(post("1", "Nous sommes en grève. Lire : https://t.co/abc"), PAYLOAD)

    def test_other_words_another_link_and_an_edit_that_is_told_are_changes(self) -> None:
        assert not is_unchanged(post("1", "Nous ne sommes pas en grève. Lire :"), PAYLOAD)
        assert not is_unchanged(post("1", PAYLOAD.text, "https://lemonde.fr/b"), PAYLOAD)
        assert not is_unchanged(replace(post(), edited=True), PAYLOAD)

    def test_a_comma_is_a_change_where_the_link_travels_beside_the_text(self) -> None:
        beside = Payload("Nous sommes en grève, ici.", "https://lemonde.fr/a")
        assert is_unchanged(post("1", "Nous sommes  en gre\u0300ve, ici.\n"), beside)
        assert not is_unchanged(post("1", "Nous sommes en grève ici."), beside)

    def test_without_a_link_the_words_alone_tell(self) -> None:
        assert is_unchanged(RemotePost("1", "En grève", (), START), Payload("En grève"))
        assert not is_unchanged(RemotePost("1", "En vacances", (), START), Payload("En grève"))


class TestOurs:
    @pytest.mark.parametrize(
        "text",
        [
            "Nous sommes en grève. Lire : https://t.co/abc",
            "Nous sommes en grève.\n\nLire :\u00a0",
            "  Nous sommes en gre\u0300ve. Lire : ",
            "Nous sommes en grève. Lire: http://lemonde.fr/a/…",
        ],
    )
    def test_the_same_words_with_the_link_are_ours(self, text: str) -> None:
        assert is_ours(post("1", text), PAYLOAD, START)

    def test_other_words_are_not(self) -> None:
        assert not is_ours(post("1", "Lire : https://lemonde.fr/a"), PAYLOAD, START)

    def test_the_same_words_with_another_link_are_not(self) -> None:
        assert not is_ours(post("1", PAYLOAD.text, "https://lemonde.fr/b"), PAYLOAD, START)
        assert not is_ours(RemotePost("1", PAYLOAD.text, (), START), PAYLOAD, START)

    def test_a_post_from_before_the_attempt_is_not(self) -> None:
        assert not is_ours(post(at=START - SECOND), PAYLOAD, START)
        assert is_ours(post(at=START), PAYLOAD, START)

    def test_without_a_link_the_words_alone_tell(self) -> None:
        assert is_ours(post("1", "En grève"), Payload("En grève", None), START)

    @pytest.mark.parametrize(
        ("sent", "shown"),
        [
            ("Les salarié.es en grève, voir snj.fr", "Les   en grève, voir  "),  # X takes bare domains out
            ("Lire (https://lemonde.fr/a).", "Lire ( )."),
            ("À lire : https://lemonde.fr/a.", "À lire :  ."),
            ("Lire https://lemonde.fr/a, merci", "Lire  , merci"),
        ],
    )
    def test_addresses_that_x_replaced_do_not_hide_our_post(self, sent: str, shown: str) -> None:
        assert is_ours(post("1", shown), Payload(sent, "https://lemonde.fr/a"), START)

    @given(titles())
    def test_folding_again_changes_nothing(self, text: str) -> None:
        assert folded(folded(text)) == folded(text)

    def test_a_link_that_is_none_leads_nowhere(self) -> None:
        assert not leads_to(RemotePost("1", "x", ("mailto:a@b.fr",), START), "javascript:x")


class TestLookFor:
    def test_the_oldest_of_ours_is_the_one(self) -> None:
        found = look_for(PAYLOAD, LINK, [post("2", at=START + MINUTE), post("1")], START, [])
        assert found.ours is not None
        assert found.ours.id == "1"
        assert found.elsewhere == ()

    def test_a_post_of_another_action_is_neither_ours_nor_elsewhere(self) -> None:
        found = look_for(PAYLOAD, LINK, [post("1"), post("2", "Autrement")], START, iter(["1", "2"]))
        assert found.ours is None
        assert found.elsewhere == ()

    def test_the_same_link_in_other_words_is_told_and_not_adopted(self) -> None:
        usual = post("9", "Le titre https://t.co/x")
        found = look_for(PAYLOAD, LINK, [usual, post("8", "Le titre", at=START - SECOND)], START, [])
        assert found.ours is None
        assert found.elsewhere == (usual,)

    def test_an_empty_timeline_says_nothing(self) -> None:
        assert look_for(PAYLOAD, LINK, [], START, []).ours is None


class TestLooksDue:
    SETTLE, BETWEEN = 2 * MINUTE, MINUTE

    def due(self, absences: int, last: datetime | None) -> datetime:
        return looks_due(START, self.SETTLE, self.BETWEEN, absences, last)

    def test_the_first_look_is_at_the_deadline(self) -> None:
        assert self.due(0, None) == START

    def test_an_absence_counts_only_once_the_timeline_had_time(self) -> None:
        assert self.due(0, START) == START + self.SETTLE

    def test_an_incomplete_read_is_not_repeated_at_once(self) -> None:
        assert self.due(0, START + self.SETTLE) == START + self.SETTLE + self.BETWEEN

    def test_two_absences_are_far_enough_apart(self) -> None:
        assert self.due(1, START + self.SETTLE) == START + self.SETTLE + self.BETWEEN
