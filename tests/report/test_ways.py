"""The account of a strike says each account's way, and what its figures hold."""

from __future__ import annotations

from dataclasses import replace

from occupier.domain.setup import DuringStrikes
from occupier.report import write
from tests.report.conftest import told
from tests.services.newsroom import Newsroom


def test_each_account_stands_with_its_way_and_silence_is_counted(room: Newsroom) -> None:
    first, *others = room.setup.accounts
    room.change(accounts=(replace(first, during_strikes=DuringStrikes.SILENCE), *others))
    room.occupied()
    room.article(1)
    with told(room, "fr") as document:
        text = b"".join(write(document, ".md")).decode()
    assert f"{first.name}\u00a0: silence" in text
    assert "avec les clés" in text
    assert "Parmi les articles non publiés, 1 l’est par silence" in text
