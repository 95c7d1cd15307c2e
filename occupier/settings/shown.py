"""What was written, as an error may show it."""

from __future__ import annotations

from occupier.domain.errors import Sentence

_MOST = 60


def shown(written: str, most: int = _MOST) -> str:
    """Return a text short, on one line, and harmless to a terminal."""
    short = written if len(written) <= most else written[: most - 1] + "…"
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in short)


def tamed(sentence: Sentence) -> Sentence:
    """Return a sentence whose texts are such."""
    values = {name: shown(value) if isinstance(value, str) else value for name, value in sentence.values.items()}
    return Sentence(sentence.text, values)
