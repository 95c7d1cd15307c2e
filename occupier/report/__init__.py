"""The account of a strike on paper: one document, written as HTML, Markdown or PDF."""

from occupier.report.document import Document
from occupier.report.strike import strike_report
from occupier.report.writing import FORMATS, write

__all__ = ["FORMATS", "Document", "strike_report", "write"]
