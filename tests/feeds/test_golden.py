"""Feeds as they are found, each beside what must be understood of it (`<file>.expected.json`)."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import pytest

from occupier.domain.errors import FeedError
from occupier.feeds.parse import FeedParser
from occupier.syndication.anatomy import dissect

FOLDER = Path(__file__).parent.parent / "data" / "feeds"
FEEDS = sorted(path for path in FOLDER.iterdir() if not path.name.endswith(".expected.json"))


@pytest.mark.parametrize("path", FEEDS, ids=[path.name for path in FEEDS])
@pytest.mark.parametrize("content_type", ["", "text/xml", "application/rss+xml; charset=utf-8", "text/html"])
def test_a_feed_is_understood_as_expected(path: Path, content_type: str) -> None:
    if "charset" in content_type and path.name == "cp1252.xml":
        content_type = "text/xml"
    parsed = FeedParser().parse(path.read_bytes(), content_type, "https://site.example/dir/feed")
    told = asdict(parsed) | {"skipped": [str(sentence) for sentence in parsed.skipped]}
    for of_the_document in ("document", "places", "listed"):
        del told[of_the_document]
    understood = json.loads(json.dumps(told, default=datetime.isoformat))
    assert understood == json.loads((path.parent / f"{path.name}.expected.json").read_text("utf-8"))


@pytest.mark.parametrize("path", [p for p in FEEDS if p.suffix == ".xml"], ids=lambda path: path.name)
def test_each_entry_is_found_again_where_it_stands_in_the_document(path: Path) -> None:
    parsed = FeedParser().parse(path.read_bytes(), "", "https://site.example/dir/feed")
    try:
        anatomy = dissect(parsed.document)
    except FeedError:
        return
    assert len(anatomy.items) == parsed.listed
    for entry, place in zip(parsed.entries, parsed.places, strict=True):
        written = anatomy.items[place].guid
        assert entry.guid is None or written is None or entry.guid == " ".join(written.split())


def test_nobody_who_wrote_is_kept() -> None:
    for path in FEEDS:
        parsed = FeedParser().parse(path.read_bytes(), "", "https://site.example/feed")
        assert "personne" not in repr(parsed).lower()
