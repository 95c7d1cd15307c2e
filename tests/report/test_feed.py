"""What was not announced, as a feed that readers of feeds understand."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from email.utils import parsedate_to_datetime

import feedparser

from occupier.domain.findings import Announcement
from occupier.report.feed import rss
from tests.report.conftest import HOSTILE, findings
from tests.services.newsroom import Newsroom


def made(room: Newsroom) -> str:
    with findings(room) as found:
        parts = rss(found.unannounced, title="T & <b>", link="https://e.org/?a=1&b", about="A", now=found.recount.at)
        return "".join(parts)


def test_an_item_keeps_the_articles_guid_link_and_title(over: Newsroom) -> None:
    by_guid = {entry.id: entry for entry in feedparser.parse(made(over).encode()).entries}
    assert by_guid["guid-0"].link == "https://www.example.org/0"
    item = ET.fromstring(made(over)).findall("./channel/item")[0]
    assert item.findtext("title") == HOSTILE


def test_it_is_what_rss_2_asks_for(over: Newsroom) -> None:
    root = ET.fromstring(made(over))
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    channel = root.find("channel")
    assert channel is not None
    assert all(channel.findtext(name) for name in ("title", "link", "description"))
    for item in channel.findall("item"):
        assert parsedate_to_datetime(item.findtext("pubDate") or "").tzinfo
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"


def test_each_item_says_who_announced_it(over: Newsroom) -> None:
    said = {i.findtext("title"): i.findtext("category") for i in ET.fromstring(made(over)).iter("item")}
    assert said["la météo"] == Announcement.LEFT
    assert said["un refus"] == Announcement.NOBODY
    assert said[HOSTILE] == Announcement.STRIKE
    assert "une alerte" not in said
