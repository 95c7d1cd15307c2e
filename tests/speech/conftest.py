"""The language is one for the process: each test gets it as a command finds it, and gives it back."""

from __future__ import annotations

import gettext
import os
from collections.abc import Iterator

import pytest

from occupier.speech import set_language


@pytest.fixture(autouse=True)
def _french() -> Iterator[None]:
    domain, asked = gettext.textdomain(), os.environ.get("LANGUAGE")
    set_language("fr")
    yield
    set_language("fr")
    gettext.textdomain(domain)
    if asked is None:
        os.environ.pop("LANGUAGE", None)
    else:
        os.environ["LANGUAGE"] = asked
