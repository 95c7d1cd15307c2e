from __future__ import annotations

import pytest

from occupier.domain.metrics import Age, Comparison, Measured, Medians
from occupier.report.answers import answers
from occupier.report.document import Chart, Document, Heading, Paragraph, Table
from occupier.report.writing import FORMATS, write
from occupier.speech import set_language

EMPTY = Medians()
ONE = Measured(
    "x-une",
    "x",
    (
        Comparison(Age.HOUR, Medians(3, 12.5, 4.0, 0.0, 900.0), Medians(40, 3.0, 1.0, None, 400.0)),
        Comparison(Age.DAY, Medians(3, 30.0, 9.0, 2.0, 2100.0), EMPTY),
        Comparison(Age.WEEK, EMPTY, Medians(60, 5.0, 2.0, None, 900.0)),
    ),
    due=3,
    late=1,
)
SILENT = Measured("page", "facebook", tuple(Comparison(age, EMPTY, EMPTY) for age in Age), due=9)


def test_there_is_no_section_where_nothing_was_read() -> None:
    assert list(answers([])) == []
    assert list(answers([SILENT])) == []


def test_medians_stand_side_by_side_at_each_age_that_was_read() -> None:
    set_language("en")
    heading, note, table, chart, due, late = answers([ONE, SILENT])
    assert isinstance(heading, Heading)
    assert isinstance(note, Paragraph)
    assert "never who answered" in note.text
    assert isinstance(table, Table)
    assert table.rows == [
        ["x-une (X)", "1 hour", "3 / 40", "12.5 / 3", "4 / 1", "0 / –", "900 / 400"],
        ["x-une (X)", "24 hours", "3 / 0", "30 / –", "9 / –", "2 / –", "2100 / –"],
    ]
    assert isinstance(chart, Chart)
    assert [(bar.label, bar.first, bar.second) for bar in chart.bars] == [
        ("1 hour", 12, 0), ("", 0, 3), ("24 hours", 30, 0),
    ]  # fmt: skip
    assert isinstance(due, Paragraph)
    assert isinstance(late, Paragraph)
    assert (due.text, late.text) == (
        "3 figures of x-une are still to be read.",
        "1 figure of x-une could not be read in time.",
    )


def test_numbers_are_written_as_the_language_does() -> None:
    set_language("fr")
    table = next(block for block in answers([ONE]) if isinstance(block, Table))
    assert table.rows[0][3] == "12,5 / 3"
    assert table.rows[0][1] == "1 heure"


@pytest.mark.parametrize("ending", FORMATS)
def test_every_format_sets_it(ending: str) -> None:
    document = Document("fr", "Titre", "Sous-titre", "Titre", "page", answers([ONE]))
    made = b"".join(write(document, ending))
    assert made
    if ending != ".pdf":
        assert "12,5 / 3" in made.decode()
