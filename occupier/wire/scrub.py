"""Secrets kept out of what is said: excerpts, errors, logs."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import quote

from occupier.domain.text import clean

LONGEST_EXCERPT = 200
HIDDEN = "[…]"
TALKATIVE = ("tweepy", "oauthlib", "requests_oauthlib", "urllib3", "requests", "mastodon", "facebook", "apprise")
"""Loggers that write headers, addresses or bodies, tokens included, at DEBUG, and addresses at WARNING too."""

_NAMED = re.compile(
    r"(?i)([\"']?\b(?:access_token|client_secret|consumer_secret|appsecret_proof|oauth_[a-z_]+|refresh_token)[\"']?"
    r"\s*[=:]\s*[\"']?)[^\s\"'&,;}]+"
)
_SCHEME = re.compile(r"(?i)\b(bearer)\s+[\w.~+/=%-]+|\b(oauth)\s+(?:\w+=\"[^\"]*\"\s*,?\s*)+")
#: Networks say back who asks: an address on the Internet is a machine's, one with an "@" a person's.
_WHO = re.compile(
    r"(?i)\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}\b"
    r"|\b[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6}::(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6})?"
    r"|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+"
)
#: A shorter one would blacken ordinary words, and is no secret.
_SHORTEST_SECRET = 6


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Return the text without the given secrets, `access_token=…` and its like, and Authorization values."""
    for secret in sorted((s for s in secrets if len(s) >= _SHORTEST_SECRET), key=len, reverse=True):
        text = text.replace(secret, HIDDEN).replace(quote(secret, safe=""), HIDDEN)
    text = _SCHEME.sub(lambda m: f"{m[1] or m[2]} {HIDDEN}", text)
    return _NAMED.sub(rf"\1{HIDDEN}", text)


def excerpt(text: str | bytes | None, secrets: Iterable[str] = ()) -> str:
    """Return at most 200 characters, on one line, cleaned and scrubbed; no machine's or person's address."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    # Scrubbed whole and cut afterwards: half a secret would not be recognised.
    said = _WHO.sub(HIDDEN, scrub(text or "", secrets)[: 8 * LONGEST_EXCERPT])
    return clean(said)[:LONGEST_EXCERPT]


def hush() -> None:
    """Keep the libraries' loggers from saying anything below an error.

    Their warnings tell too much: urllib3 writes the whole address, token included, and a traceback, when a server's
    headers cannot be parsed.
    """
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)
