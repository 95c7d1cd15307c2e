"""The press: documents cut, and editions made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from occupier.domain.handing import Treatment
from occupier.syndication.anatomy import Anatomy, dissect
from occupier.syndication.edition import compose


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


class Cutter:
    """Cuts RSS and Atom."""

    def cut(self, document: bytes) -> CutDocument:
        """Find the entries of a document; raises FeedError where it cannot be cut rightly."""
        return CutDocument(dissect(document))
