"""A4 paper: fonts, running heads, and the few strokes that the report is set with. Lengths are in millimetres."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from importlib.resources import as_file, files

from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.enums import XPos, YPos
from fpdf.fonts import TTFFont

from occupier.report.document import Document

Colour = tuple[int, int, int]
INK: Colour = (33, 29, 24)
SOFT: Colour = (109, 101, 91)
RULE: Colour = (215, 206, 193)
STRIKE: Colour = (184, 66, 46)
USUAL: Colour = (150, 142, 131)
WASH: Colour = (251, 238, 231)
_FACES = {"sans": ("sans", ""), "bold": ("sans", "B"), "serif": ("serif", "B")}
_FILES = (("sans", "", "DejaVuSans"), ("sans", "B", "DejaVuSans-Bold"), ("serif", "B", "DejaVuSerif-Bold"),
          ("emoji", "", "NotoEmoji-Regular"))  # fmt: skip
_UNKNOWN = "□"
_POINT = 0.3528
"""Millimetres in a point."""


class Paper(FPDF):
    """Sheets with a head that says what it is, and the page's number of how many."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        self._document = document
        self._known: set[int] = set()
        self.set_margins(18, 20, 18)
        self.set_auto_page_break(True, margin=18)
        self.c_margin = 0
        for family, style, name in _FILES:
            with as_file(files("occupier.report").joinpath("fonts", f"{name}.ttf")) as path:
                self.add_font(family, style, path)
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                self._known.update(font.cmap)
        self.set_fallback_fonts(["emoji", "sans"], exact_match=False)
        self.set_title(document.title)
        self.set_lang(document.language)
        self.set_creator("occupier")
        self.alias_nb_pages("{pages}")

    def close(self) -> None:
        """Close the fonts' files, which are read as long as there is something to set."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()

    def header(self) -> None:
        """Set the running head; the first page has its title."""
        if self.page_no() == 1:
            return
        self.set_y(10)
        self.face("sans", 8, SOFT)
        self.cell(text=self.shown(self._document.running))
        self.set_y(20)

    def footer(self) -> None:
        """Set the page's number."""
        self.set_y(-12)
        self.face("sans", 8, SOFT)
        self.cell(self.epw, text=f"{self._document.page} {self.page_no()} / {{pages}}", align="R")

    def face(self, face: str, size: float, colour: Colour) -> None:
        """Take a font."""
        family, style = _FACES[face]
        self.set_font(family, style, size)
        self.set_text_color(*colour)

    def say(
        self,
        text: str,
        *,
        size: float,
        face: str = "sans",
        colour: Colour = INK,
        left: float = 0.0,
        width: float | None = None,
        link: str = "",
        leading: float = 1.42,
    ) -> None:
        """Set a text from `left` of the margin on, in lines as wide as asked for."""
        self.face(face, size, colour)
        across = width or self.epw - left
        self.set_x(self.l_margin + left)
        self.multi_cell(
            across,
            size * _POINT * leading,
            self._broken(text, across),
            align="R" if is_right_to_left(text) else "L",
            link=link,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )

    def shown(self, text: str) -> str:
        """Return a text of one line in the order of the eye, with a box for what no font here has."""
        known = "".join(self._letter(char) for char in text)
        return BidiParagraph(known).get_reordered_string() if _has_right_to_left(known) else known

    def _broken(self, text: str, width: float) -> str:
        """Return a text that may need several lines; what is read from the right is broken before it is turned."""
        if not _has_right_to_left(text):
            return self.shown(text)
        return "\n".join(self.shown(part) for line in text.split("\n") for part in self._lines(line, width))

    def _lines(self, line: str, width: float) -> Iterator[str]:
        taken = ""
        for word in line.split(" "):
            longer = f"{taken} {word}" if taken else word
            if taken and self.get_string_width(self.shown(longer)) > width:
                yield taken
                taken = word
            else:
                taken = longer
        yield taken

    def _letter(self, char: str) -> str:
        if unicodedata.category(char) == "Cf" or "\ufe00" <= char <= "\ufe0f":  # joiners: nothing to see
            return ""
        if char.isspace() or ord(char) in self._known:
            return char
        return _UNKNOWN

    def height_of(self, text: str, width: float, size: float) -> float:
        """Return how high a text would stand."""
        self.face("sans", size, INK)
        height = self.multi_cell(width, size * _POINT * 1.42, self._broken(text, width), dry_run=True, output="HEIGHT")
        assert isinstance(height, float)
        return height

    def keep(self, height: float) -> None:
        """Begin a new page unless this much fits on the one at hand, or on none."""
        if self.will_page_break(min(height, self.eph / 2)):
            self.add_page()

    def rule(self, *, double: bool = False) -> None:
        """Draw a line across."""
        self.ln(1.5 if double else 0.4)
        self.set_draw_color(*RULE)
        for offset in (0.0, 0.8) if double else (0.0,):
            self.line(self.l_margin, self.get_y() + offset, self.l_margin + self.epw, self.get_y() + offset)
        self.ln(2 if double else 0.4)

    def upright(self, x: float, top: float, below: float, colour: Colour) -> None:
        """Draw a mark beside a text, on one page."""
        if below > top:
            self.set_draw_color(*colour)
            self.set_line_width(0.6)
            self.line(x + 1, top, x + 1, below)
            self.set_line_width(0.2)

    def marked(self, text: str, colour: Colour, wash: Colour) -> None:
        """Set a text that must not be overlooked."""
        height = self.height_of(text, self.epw - 8, 10) + 3
        self.keep(height)
        top = self.get_y()
        self.bar(self.l_margin, top, self.epw, height, wash)
        self.set_y(top + 1.5)
        self.say(text, size=10, left=5, width=self.epw - 8)
        self.upright(self.l_margin - 1, top, top + height, colour)
        self.set_y(top + height + 1)

    def bar(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill a rectangle."""
        if height > 0:
            self.set_fill_color(*colour)
            self.rect(x, y, width, height, style="F")

    def centred(self, text: str, x: float, y: float, width: float) -> None:
        """Set a small text in the middle of a span."""
        self.face("sans", 7, SOFT)
        self.set_xy(x, y)
        self.cell(width, 3, self.shown(text), align="C")

    def legend(self, entries: Iterable[tuple[str, Colour]]) -> None:
        """Say what the colours are."""
        for text, colour in entries:
            self.face("sans", 8.5, SOFT)
            self.bar(self.get_x(), self.get_y() + 1, 2.4, 2.4, colour)
            self.set_x(self.get_x() + 4)
            self.cell(self.get_string_width(self.shown(text)) + 8, 4.4, self.shown(text))
        self.ln(5)


def is_right_to_left(text: str) -> bool:
    """Say whether a text is read from the right: by its first letter that has a direction."""
    directions = (unicodedata.bidirectional(char) for char in text)
    return next((way for way in directions if way in ("L", "R", "AL")), "L") != "L"


def _has_right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in ("R", "AL") for char in text)
