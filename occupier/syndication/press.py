"""The press: documents cut, and editions made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from occupier.domain.errors import FeedError
from occupier.domain.handing import Treatment
from occupier.domain.ports import Plate
from occupier.syndication.anatomy import Anatomy, dissect
from occupier.syndication.edition import compose, graft


@dataclass(frozen=True, slots=True)
class CutDocument:
    """A document with the places of its entries."""

    anatomy: Anatomy

    @property
    def entries(self) -> int:
        """How many entries it has."""
        return len(self.anatomy.items)

    @property
    def media_type(self) -> str:
        """What a server says that it is."""
        return self.anatomy.media_type

    def edition(self, treatments: Sequence[Treatment]) -> bytes:
        """Return the document in which each entry is as is said of it, in its order."""
        return compose(self.anatomy, treatments)

    def grafted(self, other: Plate, places: Mapping[int, int]) -> bytes:
        """Return the document with entries of another one in the places of its own; without, if that cannot be cut."""
        assert isinstance(other, CutDocument)
        made = graft(self.anatomy, other.anatomy, places)
        try:
            is_whole = len(dissect(made).items) == self.entries
        except FeedError:  # it may use a prefix that the feed does not declare any more
            is_whole = False
        return made if is_whole else self.anatomy.document


class Cutter:
    """Cuts RSS and Atom."""

    def cut(self, document: bytes) -> CutDocument:
        """Find the entries of a document; raises FeedError where it cannot be cut rightly."""
        return CutDocument(dissect(document))
