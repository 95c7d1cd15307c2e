"""Whatever is written, the answer is settings or one sentence."""

import copy
import re
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from occupier.domain.errors import SettingsError
from occupier.settings import load_text
from occupier.settings.context import OVERRIDES, Context
from occupier.settings.load import read_document

NOW = datetime(2020, 1, 23, 20, 0, tzinfo=UTC)
BASE = Path("/nowhere")
EXAMPLE = (Path(__file__).parents[2] / "settings.example.toml").read_text(encoding="utf-8")
WHOLE = tomllib.loads(re.sub(r"(?m)^# (?=\[|[a-z_]+ = )", "", EXAMPLE))
TELLING = [
    "all",
    "x",
    "+8h",
    "now",
    "-1s",
    "0001-01-01T00:00",
    "9999-12-31T23:59-14:00",
    "https://[",
    "//a",
    "{a}",
    "(?",
]

texts = st.text(max_size=12) | st.sampled_from(TELLING)
scalars = texts | st.integers() | st.floats() | st.booleans() | st.datetimes() | st.dates(date.min) | st.times(time.min)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)


def places(content: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    return [place for key, inner in pairs for place in [(*path, key), *places(inner, (*path, key))]]


PLACES = places(WHOLE)


def read(document: Mapping[str, object], environ: Mapping[str, str]) -> None:
    try:
        read_document(document, Context(BASE, environ, NOW))
    except SettingsError as error:
        said = str(error)
        assert said.splitlines() == [said]


def test_what_the_accidents_start_from_is_right() -> None:
    assert len(read_document(WHOLE, Context(BASE, {}, NOW)).setup.strikes) == 1


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(WHOLE)) | texts, values, max_size=5))
def test_any_table_gives_settings_or_a_sentence(document: dict[str, object]) -> None:
    read(document, {})


@settings(deadline=None, max_examples=300)
@given(place=st.sampled_from(PLACES), value=values)
def test_any_accident_in_one_place_gives_settings_or_a_sentence(place: tuple[Any, ...], value: object) -> None:
    document: Any = copy.deepcopy(WHOLE)
    holder = document
    for key in place[:-1]:
        holder = holder[key]
    holder[place[-1]] = value
    read(document, {})


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(OVERRIDES)) | texts.map("OCCUPIER_{}".format), texts, max_size=3))
def test_any_environment_gives_settings_or_a_sentence(environ: dict[str, str]) -> None:
    read(WHOLE, environ)


@settings(deadline=None)
@given(st.integers(0, len(EXAMPLE)), st.integers(0, len(EXAMPLE)), texts)
def test_any_cut_of_the_file_gives_settings_or_a_sentence(start: int, end: int, between: str) -> None:
    with suppress(SettingsError):
        load_text(EXAMPLE[:start] + between + EXAMPLE[end:], BASE, {}, NOW)
