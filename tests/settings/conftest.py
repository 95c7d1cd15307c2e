from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from occupier.settings import Settings, load_text

NOW = datetime(2020, 1, 23, 20, 0, tzinfo=UTC)


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., Settings]:
    def read_text(text: str, /, now: datetime = NOW, **environ: str) -> Settings:
        return load_text(text, tmp_path, environ, now)

    return read_text
