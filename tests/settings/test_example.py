"""The example shows every setting that the code knows, no other, and the defaults as they are."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from occupier.settings import load
from occupier.settings.context import OVERRIDES, Context
from occupier.settings.load import read_document

EXAMPLE = Path(__file__).parents[2] / "settings.example.toml"
NOW = datetime(2020, 1, 23, 20, 0, tzinfo=UTC)
SHOWN = re.compile(r"(?m)^# (?=\[|[a-z_]+ = )")
PLACE = re.compile(r"\.(?:env|file|keyring)$")
"""One secret is shown by a variable, another by a file, another by a name in the keyring."""
ANOTHER = re.compile(r"(?m)^# \[\[accounts\]\]\n(?:#.*\n)+")
"""An account that is shown as a whole."""
NOT_DEFAULTS = (
    "pause_url",
    "feeds = ",
    "language = ",
    "strike = ",
    "name = ",
    "accounts = ",
    "access = ",
    "paused = ",
    "usual_application = ",
)


def keys(content: Mapping[str, object], path: str = "") -> Iterator[str]:
    for key, value in content.items():
        here = f"{path}.{key}" if path else key
        yield here
        inner = value if isinstance(value, list) else [value]
        for item in inner:
            if isinstance(item, Mapping):
                yield from keys(item, here + ("[]" if isinstance(value, list) else ""))


def whole_example() -> str:
    return SHOWN.sub("", EXAMPLE.read_text(encoding="utf-8"))


def test_the_example_loads_as_it_is_without_any_secret(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(EXAMPLE.read_bytes())
    settings = load(tmp_path / "settings.toml", {}, NOW)
    assert set(settings.connections) == {"mastodon-une", "x-une", "page-une"}
    assert settings.setup.strikes == ()


def test_the_example_shows_every_key_and_no_other(tmp_path: Path) -> None:
    document = tomllib.loads(whole_example())
    context = Context(tmp_path, {}, NOW)
    read_document(document, context)
    written, places = set(keys(document)), {".env", ".file", ".keyring"}
    assert {PLACE.sub("", path) for path in written} == {PLACE.sub("", path) for path in context.asked}
    assert {place for path in written for place in PLACE.findall(path)} == places


def test_the_example_names_every_variable() -> None:
    assert set(re.findall(r"OCCUPIER_[A-Z_]+", EXAMPLE.read_text(encoding="utf-8"))) == OVERRIDES | {
        "OCCUPIER_SETTINGS"
    }


def test_what_the_example_shows_as_a_default_is_the_default(tmp_path: Path) -> None:
    written = ANOTHER.sub("", EXAMPLE.read_text(encoding="utf-8").partition("# Par plateforme.")[0])
    plain = tmp_path / "plain.toml"
    shown = tmp_path / "shown.toml"
    plain.write_text(written, encoding="utf-8")
    lines = [line if line[2:].startswith(NOT_DEFAULTS) else SHOWN.sub("", line) for line in written.splitlines()]
    shown.write_text("\n".join(lines), encoding="utf-8")
    one, other = load(plain, {}, NOW), load(shown, {}, NOW)
    pools = replace(one.setup.pools, ordinary=other.setup.pools.ordinary)
    assert other.setup == replace(one.setup, pools=pools)
    assert other.connections == one.connections
