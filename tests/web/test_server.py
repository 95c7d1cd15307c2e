"""Listening, where somebody may listen already."""

from __future__ import annotations

import pytest

from occupier.domain.errors import FailedError
from occupier.speech import install, say
from occupier.web.server import Place, listening_at


@pytest.mark.parametrize(("language", "said"), [("fr", "est déjà pris"), ("en", "is taken")])
def test_a_port_that_is_taken_is_perhaps_the_page_already(language: str, said: str) -> None:
    install(language)
    with listening_at(Place("127.0.0.1", 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(FailedError) as raised, listening_at(Place("127.0.0.1", port)):
            pass
    sentence = say(raised.value, None)
    assert said in sentence
    assert f"http://127.0.0.1:{port}" in sentence
