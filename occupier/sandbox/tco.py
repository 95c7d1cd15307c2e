"""X's shortener: every address of a text becomes a t.co address, and the text HTML."""

import hashlib
import html
import string
from typing import Any

from occupier.sandbox.text import addresses

ALPHABET = string.ascii_letters + string.digits
_SHOWN = 26


def rewritten(text: str, post_id: str) -> tuple[str, list[dict[str, Any]]]:
    """Return the text as X gives it back, and its `entities.urls`."""
    pieces: list[str] = []
    urls: list[dict[str, Any]] = []
    last = length = 0
    for number, address in enumerate(addresses(text, bare=True)):
        before, short = escaped(text[last : address.start]), shortened(post_id, number)
        start = length + len(before)
        length = start + len(short)
        urls.append(_entity(short, expanded(address.url), start, length))
        pieces += [before, short]
        last = address.end
    return "".join([*pieces, escaped(text[last:])]), urls


def expanded(url: str) -> str:
    """Return the address with its scheme: X takes a bare domain for http."""
    return url if "://" in url else f"http://{url}"


def escaped(text: str) -> str:
    """Escape a text as X does: &, < and > only."""
    return html.escape(text, quote=False)


def shortened(post_id: str, number: int) -> str:
    """Make the t.co address of the nth address of a post."""
    digest = hashlib.sha256(f"{post_id}/{number}".encode()).digest()
    return "https://t.co/" + "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:10])


def _entity(short: str, long: str, start: int, end: int) -> dict[str, Any]:
    shown = long.partition("://")[2].removeprefix("www.").rstrip("/")
    shown = shown if len(shown) <= _SHOWN + 1 else shown[:_SHOWN] + "…"
    return {"start": start, "end": end, "url": short, "expanded_url": long, "display_url": shown}
