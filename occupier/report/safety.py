"""What may be a link in a document that travels."""

from __future__ import annotations

import re

_WEB = re.compile(r"https?://[^\s<>\"'`\\]+")


def is_web(url: str) -> bool:
    """Say whether an address may be clicked: of the web, and nothing in it that could end it early."""
    return bool(_WEB.fullmatch(url))
