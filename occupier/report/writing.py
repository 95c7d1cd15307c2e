"""The formats, by the ending of a file's name; each is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from occupier.report.document import Document

FORMATS = (".html", ".pdf", ".md")
_WRITERS = {".html": "html", ".pdf": "pdf", ".md": "markdown"}


def write(document: Document, ending: str) -> Iterator[bytes]:
    """Yield a document's bytes in the format of that ending, one of `FORMATS`."""
    writer = import_module(f"occupier.report.{_WRITERS[ending]}")
    yield from writer.write(document)
