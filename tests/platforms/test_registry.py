from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from occupier.domain.errors import SettingsError
from occupier.domain.outcome import Receipt, Retryable
from occupier.platforms.dry import Dry
from occupier.platforms.registry import CONNECTING, PLATFORMS, build, connecting
from tests.fakes import FakeClock
from tests.platforms.conftest import MakeOrder, connected

NO_SECRETS = {
    "mastodon": {"access_token": ""},
    "x": dict.fromkeys(("consumer_key", "consumer_secret", "access_token", "access_token_secret"), ""),
    "facebook": {"access_token": "", "page_id": "1"},
}


def imported_after(code: str) -> set[str]:
    said = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return {name.partition(".")[0] for name in said.stdout.split()}


def test_knowing_the_networks_imports_none_of_their_libraries() -> None:
    code = "import occupier.platforms.registry, occupier.platforms.dry"
    assert not imported_after(code) & {"tweepy", "mastodon", "facebook", "requests", "urllib3", "grapheme"}


@pytest.mark.parametrize("path", [*PLATFORMS.values(), *CONNECTING.values()])
def test_a_networks_library_is_imported_only_when_it_calls(path: str) -> None:
    module = path.partition(":")[0]
    code = f"import {module}"
    assert not imported_after(code) & {"tweepy", "mastodon", "facebook", "requests", "urllib3"}


def test_a_platform_that_there_is_not_is_a_sentence() -> None:
    with pytest.raises(SettingsError, match="There is no platform “myspace”; there are mastodon, x, facebook."):
        build("myspace")
    with pytest.raises(SettingsError, match="There is no platform “myspace”"):
        connecting("myspace")


def test_every_network_can_be_connected_and_says_beforehand_what_it_needs(clock: FakeClock) -> None:
    assert set(PLATFORMS) - set(CONNECTING) == {"feed", "manual"}
    assert all(connecting(platform, clock=clock).needs for platform in CONNECTING)


@pytest.mark.parametrize("platform", CONNECTING)
def test_a_dry_network_counts_like_the_real_one_and_calls_nothing(
    platform: str, clock: FakeClock, order: MakeOrder
) -> None:
    real = connected(platform, "http://localhost:1", NO_SECRETS[platform], clock)
    dry = Dry(real, "courrier")
    asked = order(dry)
    first = dry.apply(asked)
    assert isinstance(first, Receipt)
    assert first.id.startswith("dry-")
    assert dry.apply(asked) == first
    assert dry.apply(order(dry)) != first
    assert dry.apply(order(dry, may_begin=lambda: False)) == Retryable("late")
    read = dry.recent(clock.now() - timedelta(hours=1))
    assert (read.posts, read.complete, read.cost_microusd) == ((), True, 0)
    assert dry.verify().name == "courrier"
    assert dry.read_limits() == {}
    assert dry.ruler({"max_characters": 300}) == real.ruler({"max_characters": 300})
    assert dry.cost(asked.payload) == real.cost(asked.payload)
    assert dry.capabilities == real.capabilities
