"""States, groups and reasons in words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import occupier
from occupier.domain.action import FOR_A_PERSON, State, Verb
from occupier.domain.outcome import RefusalKind
from occupier.speech import (
    GROUPS,
    REASONS,
    Group,
    group_of,
    group_words,
    network_name,
    reason_words,
    set_language,
    state_words,
)

PARIS = ZoneInfo("Europe/Paris")
AT = datetime(2020, 1, 24, 10, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "french", "english"),
    [
        ("pending", "à venir (11h42)", "due at 11:42"),
        ("sending", "envoi en cours", "sending now"),
        ("sent", "publié", "posted"),
        ("retry", "nouvel essai à 11h42\u00a0: rien n’est parti, essai 2 sur 5",
         "trying again at 11:42: nothing has left, attempt 2 of 5"),
        ("uncertain", "à vérifier\u00a0: peut-être publié", "check: may be posted"),
        ("refused", "refusé par Facebook\u00a0: le même texte y est déjà\u00a0: regardez le compte",
         "refused by Facebook: the same text is there already: look at the account"),
        ("failed", "abandonné, non publié", "given up, not posted"),
        ("held", "retenu\u00a0: une décision est attendue", "on hold: needs a decision"),
        ("missed", "trop tard, non publié", "too late, not posted"),
        ("left", "laissé à l’habituel", "left to the usual"),
        ("handed", "remis à l’outil", "handed to your tool"),
        ("zorglub", "zorglub", "zorglub"),
    ],
)  # fmt: skip
def test_a_state_is_said_in_full(state: str, french: str, english: str) -> None:
    def said() -> str:
        return state_words(state, zone=PARIS, due_at=AT, attempts=1, platform="facebook", reason="duplicate")

    assert said() == french
    set_language("en")
    assert said() == english


def test_a_state_is_said_without_what_is_not_known() -> None:
    assert state_words(State.PENDING, zone=PARIS) == "à venir"
    assert state_words(State.RETRY, zone=PARIS) == "à réessayer"
    assert state_words(State.REFUSED, zone=PARIS) == "refusé par le réseau"


@pytest.mark.parametrize(
    ("state", "reason", "french"),
    [
        (State.LEFT, "rule", "laissé à l’habituel"),
        (State.LEFT, "silence", "non publié (silence)"),
        (State.LEFT, "usual_out", "non publié (le post habituel est parti)"),
        (State.LEFT, "dropped", "non publié (par décision)"),
        (State.PENDING, "awaits_usual", "attend le post habituel"),
        (State.MISSED, "not_read", "pas lu par l’outil, non publié"),
        (State.MISSED, "not_by_hand", "non publié, dit une personne"),
        (State.MISSED, "stale", "trop tard, non publié"),
    ],
)
def test_what_the_state_alone_would_say_wrongly_is_said_by_its_reason(state: State, reason: str, french: str) -> None:
    assert state_words(state, zone=PARIS, reason=reason, due_at=AT) == french


@pytest.mark.parametrize(
    ("state", "platform", "french"),
    [
        (State.HANDED, "manual", "à publier à la main"),
        (State.HANDED, "feed", "remis à l’outil"),
        (State.PENDING, "feed", "à remettre à l’outil"),
    ],
)
def test_where_occupier_does_not_post_itself_the_way_is_said(state: State, platform: str, french: str) -> None:
    assert state_words(state, zone=PARIS, platform=platform, due_at=AT) == french


@pytest.mark.parametrize(
    ("state", "reason", "gone_by", "french"),
    [
        (State.SENT, "receipt", None, "à la place du post habituel"),
        (State.SENT, "receipt", "occupier", "à la place du post habituel, puis remis comme avant"),
        (State.SENT, "receipt", "others", "à la place du post habituel, puis supprimé par quelqu’un d’autre"),
        (State.LEFT, "edited", None, "post habituel changé depuis, laissé tel quel"),
        (State.LEFT, "gone", None, "post habituel retiré depuis"),
        (State.REFUSED, "duplicate", None,
         "modification refusée par Mastodon\u00a0: le même texte y est déjà\u00a0: regardez le compte"),
    ],
)  # fmt: skip
def test_a_usual_post_edited_in_place_is_said_to_be_so(
    state: State, reason: str, gone_by: str | None, french: str
) -> None:
    said = state_words(state, zone=PARIS, reason=reason, gone_by=gone_by, verb=Verb.EDIT, platform="mastodon")
    assert said == french


def test_every_state_is_in_one_group_and_only_those_for_a_person_are_to_check() -> None:
    assert sorted(state for states in GROUPS.values() for state in states) == sorted(State)
    assert {state for state in State if group_of(state) is Group.TO_CHECK} == FOR_A_PERSON
    assert [group_words(group) for group in GROUPS] == [
        "publié", "en cours", "à vérifier, par une personne", "non publié",
    ]  # fmt: skip


@pytest.mark.parametrize("reason", sorted({*REASONS, *RefusalKind}))
def test_every_reason_is_a_sentence_in_both_languages(reason: str) -> None:
    french = reason_words(reason, "x")
    set_language("en")
    english = reason_words(reason, "x")
    assert len({reason, french, english}) == 3
    assert "{" not in french + english


def test_an_unknown_reason_is_its_own_name() -> None:
    assert reason_words("zorglub") == "zorglub"


def test_networks_are_named_as_they_name_themselves() -> None:
    assert [network_name(p) for p in ("mastodon", "x", "facebook", None)] == ["Mastodon", "X", "Facebook", "le réseau"]
    assert reason_words("timeout", "mastodon").startswith("pas de réponse à temps (Mastodon), c’est peut-être publié")


def reasons_in_code() -> Iterator[str]:
    """Yield the reasons that the code writes as they are, and those that it takes from enumerations."""
    makers = dict.fromkeys(("Miss", "Hold", "Leave", "Ordinary", "Retryable", "Uncertain", "Blocked"), 0)
    makers |= {"Change": 1, "Pause": 2}
    for path in Path(occupier.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in makers:
                for argument in node.args[makers[node.func.id] :][:1]:
                    constants = (c.value for c in ast.walk(argument) if isinstance(c, ast.Constant))
                    yield from (value for value in constants if isinstance(value, str))
    yield from RefusalKind


def test_every_reason_that_the_code_writes_has_words() -> None:
    written = set(reasons_in_code())
    assert {"strike_over", "crashed", "duplicate"} <= written
    assert written - REASONS.keys() == set()
