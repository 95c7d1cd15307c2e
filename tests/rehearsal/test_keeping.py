"""What a rehearsal leaves beside its database."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from occupier.rehearsal.arrangement import arrange, default_setup
from occupier.rehearsal.keeping import leave_settings
from occupier.rehearsal.rehearsing import empty_sandbox
from occupier.settings import load


def test_the_settings_that_are_left_lead_to_the_same_accounts_and_journal(tmp_path: Path) -> None:
    with empty_sandbox() as box:
        arranged = arrange(box, default_setup(), tmp_path)
        path = leave_settings(arranged, tmp_path)
        left = load(path, {}, datetime.now(UTC))
        assert left.database == arranged.settings.database
        assert [f.url for f in left.setup.feeds] == [f.url for f in arranged.setup.feeds]
        for account in arranged.setup.accounts:
            assert left.secrets(account.name) == arranged.settings.secrets(account.name)
            assert left.connections[account.name].base_url == arranged.settings.connections[account.name].base_url
    assert {file.stat().st_mode & 0o077 for file in (path, *(tmp_path / "secrets").iterdir())} == {0}
