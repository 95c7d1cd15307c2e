"""A record of the log as a page shows it: the usual post and the strike post, as their network would, and the state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from occupier.domain.action import Purpose, State
from occupier.domain.text import clean
from occupier.speech import WITH_REASON, Group, group_of, reason_words, state_words

_ADDRESS = re.compile(r"https?://[^\s<>\"“”«»]+", re.IGNORECASE)
_AFTER = ".,;:!?)…’'"
_SHOWN = 31
"""Characters of an address that a network shows."""

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Piece:
    """Words, or an address that may be followed."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One record. `usual` is what would have gone out, or did; `strike` the strike message, None before it is written.

    Times are aware. Addresses are http or https, or None.
    """

    id: int
    kind: str
    state: State
    group: Group
    words: str
    why: str
    account: str
    platform: str
    strike_name: str | None
    feed: str | None
    article_id: int | None
    title: str
    summary: str
    url: str | None
    site: str
    usual: tuple[Piece, ...]
    strike: tuple[Piece, ...] | None
    post_url: str | None
    decided_at: datetime
    sent_at: datetime | None
    gone_at: datetime | None
    error: str
    dry_run: bool
    is_edited: bool = False
    """Whether the usual post itself was made to say the strike."""
    is_displaced: bool = False
    """Whether the usual post was deleted, so that the strike post stands in its place."""

    @property
    def is_out(self) -> bool:
        """Whether its post is, or was, on the network."""
        return self.state is State.SENT

    @property
    def is_uncertain(self) -> bool:
        """Whether a person is asked if it is there."""
        return self.state is State.UNCERTAIN

    @property
    def is_retraction(self) -> bool:
        """Whether it takes a post away instead of making one."""
        return self.kind == Purpose.RETRACT.value

    @property
    def makes_room(self) -> bool:
        """Whether it deletes the usual post, for a strike post to stand in its place."""
        return self.kind == Purpose.REPLACE.value

    @property
    def is_given_back(self) -> bool:
        """Whether it posts again what the deleted usual post said."""
        return self.kind == Purpose.GIVE_BACK.value

    @property
    def is_restoration(self) -> bool:
        """Whether it puts a usual post back as it was."""
        return self.kind == Purpose.RESTORE.value

    @property
    def may_be_tried_again(self) -> bool:
        """Whether a person may let it go, or try it again."""
        return self.state in (State.HELD, State.REFUSED, State.FAILED)


def entries(records: Iterable[Record], zone: ZoneInfo) -> list[Entry]:
    """Return records as a page shows them."""
    return [entry(record, zone) for record in records]


def entry(record: Record, zone: ZoneInfo) -> Entry:
    """Return one record as a page shows it."""
    state, url = State(record["state"]), web_address(record["article_url"])
    title, text = clean(record["article_title"] or ""), record["strike_text"]
    reason, platform = record["reason"], record["platform"]
    return Entry(
        id=int(record["id"]),
        kind=record["kind"],
        state=state,
        group=group_of(state),
        words=_words(record, zone),
        why=reason_words(reason, platform) if reason and state in WITH_REASON else "",
        account=record["account"],
        platform=platform,
        strike_name=record["strike"],
        feed=record["feed"],
        article_id=int(record["article_id"]) if record["article_id"] else None,
        title=title,
        summary=clean(record["article_summary"] or ""),
        url=url,
        site=site_of(url),
        usual=pieces(_body(record["ordinary_text"] or title, url)),
        strike=pieces(_body(text, url)) if text else None,
        post_url=web_address(record["post_url"]),
        decided_at=datetime.fromisoformat(record["decided_at"]),
        sent_at=_instant(record["sent_at"]),
        gone_at=_instant(record.get("gone_at")),
        error=clean((record["error"] or {}).get("message") or ""),
        dry_run=bool(record["dry_run"]),
        is_edited=record["replaced"] == "edited" and state is State.SENT,
        is_displaced=record["replaced"] == "deleted",
    )


def _words(record: Record, zone: ZoneInfo) -> str:
    return state_words(
        record["state"],
        zone=zone,
        due_at=record["due_at"],
        attempts=record["attempts"],
        platform=record["platform"],
        reason=record["reason"],
        verb=record["verb"],
        gone_by=record["gone_by"],
        purpose=record["kind"],
        replaced=record["replaced"],
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _body(text: str, url: str | None) -> str:
    # the network makes a card of the link, and the address below the text would say it twice
    cleaned = clean(text, lines=True)
    return cleaned.removesuffix(url).rstrip() if url and cleaned != url else cleaned


def pieces(text: str) -> tuple[Piece, ...]:
    """Part a text into words and addresses."""
    return tuple(_parted(text))


def _parted(text: str) -> Iterator[Piece]:
    last = 0
    for match in _ADDRESS.finditer(text):
        address = match.group().rstrip(_AFTER)
        if match.start() > last:
            yield Piece(text[last : match.start()])
        bare = address.partition("://")[2].removeprefix("www.")
        yield Piece(bare if len(bare) <= _SHOWN else f"{bare[: _SHOWN - 1]}…", web_address(address))
        last = match.start() + len(address)
    if last < len(text):
        yield Piece(text[last:])


def web_address(url: str | None) -> str | None:
    """Return an address that a browser may be sent to; None for any other, or none."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname else None


def site_of(url: str | None) -> str:
    """Return the host of an address, as a network shows it."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if url else ""
