"""What an account of any kind says: one on a network, by hand, or through a strike feed."""

from __future__ import annotations

from datetime import timedelta
from typing import TypedDict

from occupier.domain.setup import DuringStrikes, FirstPost
from occupier.settings.table import Table

LANGUAGES = ("fr", "en")
OWNERS = ("employer", "union")


class AnyAccount(TypedDict):
    """The part of an account that its way of posting does not change."""

    owner: str
    language: str | None
    first_post: FirstPost
    first_post_within: timedelta
    during_strikes: DuringStrikes


def read_any_account(table: Table) -> AnyAccount:
    """Read that part of an account.

    Raises:
        SettingsError: a value is not one of those allowed.
    """
    language = table.optional("language")
    return {
        "owner": table.get("owner", "employer").one_of(OWNERS),
        "language": language.one_of(LANGUAGES) if language else None,
        "first_post": FirstPost(table.get("first_post", "send").one_of(FirstPost)),
        "first_post_within": table.get("first_post_within", "30m").duration(),
        "during_strikes": DuringStrikes(table.get("during_strikes", "post").one_of(DuringStrikes)),
    }
