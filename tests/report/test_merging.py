"""Many newsrooms add up to one total; a file that is none is named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from occupier.domain.errors import UsageError
from occupier.domain.fates import Fate
from occupier.report import write
from occupier.report.merging import merged_report, read_log
from occupier.speech import set_language

HEAD = "id{0}kind{0}strike{0}account{0}platform{0}article_id{0}article_title{0}state{0}dry_run"


def row(
    n: int, kind: str = "strike", strike: str = "greve", state: str = "sent", sep: str = ";", dry: str = "false"
) -> str:
    return sep.join([str(n), kind, strike, "une", "mastodon", str(n), f'"Titre {sep} {n}\n2"', state, dry])


def log(folder: Path, name: str, *rows: str, sep: str = ";", mark: str = "\ufeff") -> Path:
    path = folder / name
    path.write_text(mark + "\r\n".join([HEAD.format(sep), *rows]) + "\r\n", encoding="utf-8", newline="")
    return path


def test_logs_of_every_separator_are_read(tmp_path: Path) -> None:
    for sep in ";,\t":
        path = log(tmp_path, f"{ord(sep)}.csv", row(1, sep=sep), row(2, state="held", sep=sep), sep=sep, mark="")
        assert read_log(path).fates == {Fate.REPLACED: 1, Fate.TO_CHECK: 1}


def test_ordinary_posts_outside_a_strike_and_retractions_do_not_count(tmp_path: Path) -> None:
    path = log(tmp_path, "a.csv", row(1, "ordinary", ""), row(2, "ordinary"), row(3, "retract"))
    assert read_log(path).fates == {Fate.AS_USUAL: 1}


def test_the_total_is_the_sum(tmp_path: Path) -> None:
    set_language("en")
    one = log(tmp_path, "courrier.csv", row(1), row(2), row(3, state="missed"))
    other = log(tmp_path, "gazette.csv", row(1))
    text = b"".join(write(merged_report([one, other]), ".md")).decode()
    assert "The strike in 2 newsrooms" in text
    assert "| courrier | greve | 3 | 2 | 0 | 0 | 0 | 1 |" in text
    assert "| all |  | 4 | 3 | 0 | 0 | 0 | 1 |" in text


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((row(1), "1;2"), "line 4: 2 cells where the head has 9"),
        ((row(1, state="posted"),), "line 3: “posted” is no state"),
        ((row(1, dry="true"),), "line 3: this is the log of a dry run"),
        (('"open',), "line 2: no spreadsheet"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, rows: tuple[str, ...], said: str) -> None:
    with pytest.raises(UsageError, match="a.csv") as caught:
        read_log(log(tmp_path, "a.csv", *rows))
    assert said in str(caught.value)


def test_another_spreadsheet_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("nom;montant\nx;3\n", encoding="utf-8")
    with pytest.raises(UsageError, match="line 1: this is no log"):
        read_log(path)


def test_an_empty_file_another_encoding_and_none_at_all_are_said(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "latin.csv").write_bytes(HEAD.format(";").encode() + b"\n1;strike;gr\xe8ve;a;x;1;t;sent;false\n")
    for name, said in {"empty.csv": "no log", "latin.csv": "UTF-8", "none.csv": "cannot be read"}.items():
        with pytest.raises(UsageError, match=said):
            read_log(tmp_path / name)


def test_a_file_named_twice_is_refused(tmp_path: Path) -> None:
    path = log(tmp_path, "a.csv", row(1))
    with pytest.raises(UsageError, match="twice"):
        merged_report([path, tmp_path / "." / "a.csv"])
