"""After a whole day: what stands on the timelines is held against the log, and what was edited is put back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.campaigns.announcements import STRIKE, USUAL, Day, unforeseen, words_of
from tests.campaigns.daemons import until
from tests.campaigns.town import Town

GRACE = timedelta(seconds=2)
"""What is under way when a late tool posts could not have heard of it."""


@dataclass
class Afterwards:
    """The day's articles, and what was found."""

    town: Town
    found: Day
    links: Sequence[str]

    def count(self, names: Collection[str], unwarned: str) -> None:
        """Judge each article on each account; on `unwarned` nobody had said that the tool might run on."""
        records = {(r["account"], r["article_url"]): r for r in self.town.log()}
        self.found.articles = len(self.links)
        self.found.of_the_strike = len({link for _, link in records})
        for name in names:
            about = self._about(name)
            heard_at = _heard_at(about)
            for link, there in about.items():
                if name == unwarned and unforeseen(there, heard_at, GRACE):
                    self.found.before_heard += 1
                else:
                    self.found.judge(name, link, there, records.get((name, link)))

    def _about(self, name: str) -> dict[str, list[dict[str, Any]]]:
        posts = self.town.posts(name)
        return {link: [post for post in posts if link in post["links"]] for link in self.links}

    def restore(self, name: str) -> None:
        """Put the edited posts of an account back, but for one that somebody changed by hand since."""
        edited = [post for post in self.town.posts(name) if words_of(post) == STRIKE]
        if not edited:
            return
        by_hand = edited.pop()
        changed = {"platform": "mastodon", "post_id": by_hand["id"], "text": "on strike, said otherwise"}
        self.town.networks.control("edit", changed)
        for _ in range(2):  # a second time does no harm
            self.town.type("restore", "greve", "--yes", refused=True)
            until(lambda: not self._edited(name, edited), 60, 0.3)
        if len(self._edited(name, [by_hand])) != 1:
            self.found.find("not_restored", "what somebody changed by hand was put back")
        for post in self._edited(name, edited):
            self.found.find("not_restored", post["text"])
        self.found.restored = len(edited) - self.found.not_restored

    def _edited(self, name: str, posts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return those of the posts that do not say what is usual."""
        ids = {post["id"] for post in posts}
        return [post for post in self.town.posts(name) if post["id"] in ids and words_of(post) != USUAL]


def _heard_at(about: Mapping[str, Sequence[Mapping[str, Any]]]) -> datetime | None:
    """Return when the tool was first there to be heard of: its first post beside one of ours."""
    doubled = [post for there in about.values() if len(there) > 1 for post in there if words_of(post) == USUAL]
    return min((datetime.fromisoformat(post["created_at"]) for post in doubled), default=None)
