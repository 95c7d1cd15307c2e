"""A post as it was before it was edited: everything that giving it back takes, and how much it had been answered."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from occupier.domain.action import Payload
from occupier.domain.article import canonical_link
from occupier.domain.metrics import Figures
from occupier.domain.text import spaced
from occupier.domain.times import utc_text

SPOILER, SENSITIVE, MEDIA = "spoiler", "sensitive", "media"
"""The options of a payload that an edit sends again, since a network drops what is not sent again."""


@dataclass(frozen=True, slots=True)
class Medium:
    """An image or a film of a post, by the network's id, with its text for those who do not see it."""

    id: str
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A post of the account, whole, as its network tells it.

    `text` is what its author wrote. `links` are all the addresses that it leads to; `attached` those of them that
    stand beside the text and stay when the text is changed. `cannot`: what would be lost if it were edited, or deleted
    and posted again, whichever the network allows (`poll`, `media`, `quote`, `answer`, `version`: somebody edited it
    since, into another post); None where nothing stands in the way.
    """

    id: str
    text: str
    created_at: datetime
    url: str | None = None
    links: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    media: tuple[Medium, ...] = ()
    spoiler: str = ""
    sensitive: bool = False
    visibility: str | None = None
    language: str | None = None
    application: str | None = None
    figures: Figures = Figures()
    cannot: str | None = None

    def to_json(self) -> str:
        """Return the canonical JSON, which `from_json` reads."""
        value = asdict(self) | {"created_at": utc_text(self.created_at)}
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Snapshot:
        """Read what `to_json` wrote."""
        value = json.loads(text)
        return cls(
            **value
            | {
                "created_at": datetime.fromisoformat(value["created_at"]),
                "links": tuple(value["links"]),
                "attached": tuple(value["attached"]),
                "media": tuple(Medium(**medium) for medium in value["media"]),
                "figures": Figures(**value["figures"]),
            }
        )

    @property
    def payload(self) -> Payload:
        """What an edit sends to put the post back as it was."""
        return replace(Payload(self.text), options=self._options())

    def onto(self, payload: Payload) -> Payload:
        """Return what an edit sends to make this post say something else, and lose nothing of what is beside it.

        A link that travels beside a new post cannot be put beside one that is there: where it is not, it is written.
        """
        beside = {canonical_link(link) for link in self.attached}
        text = payload.text if canonical_link(payload.link or "") in beside else payload.shown
        return replace(payload, text=text, options={**payload.options, **self._options()})

    def is_same(self, other: Snapshot) -> bool:
        """Say whether nobody changed the post between two readings; answers to it do not count."""
        return replace(self, figures=other.figures) == other

    def _options(self) -> Mapping[str, str]:
        options = {SENSITIVE: "true" if self.sensitive else "false"}
        if self.spoiler:
            options[SPOILER] = self.spoiler
        if self.media:
            options[MEDIA] = media_text(self.media)
        return options

    def is_as(self, payload: Payload) -> bool:
        """Say whether the post is what an edit with this payload made of it: text, warning and media."""
        same = spaced(self.text) == spaced(payload.text) and self.spoiler == payload.options.get(SPOILER, "")
        return same and [m.id for m in self.media] == [m.id for m in media_of(payload)]


def without(payload: Payload) -> Payload:
    """Return a payload as it was before it was written for a post that is there."""
    own = {SPOILER, SENSITIVE, MEDIA}
    return replace(payload, options={name: value for name, value in payload.options.items() if name not in own})


def media_text(media: Sequence[Medium]) -> str:
    """Write media into an option of a payload."""
    return json.dumps([[medium.id, medium.description] for medium in media], ensure_ascii=False)


def media_of(payload: Payload) -> tuple[Medium, ...]:
    """Return the media that an edit sends again."""
    return tuple(Medium(*pair) for pair in json.loads(payload.options.get(MEDIA, "[]")))
