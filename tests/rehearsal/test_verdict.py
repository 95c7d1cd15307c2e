"""What is wrong with a rehearsal is found, whichever side has it wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from occupier.domain.errors import Sentence
from occupier.domain.setup import Account
from occupier.domain.strike import LinkRule, Strike
from occupier.rehearsal.programme import Programme
from occupier.rehearsal.stories import Story
from occupier.rehearsal.verdict import Evidence, judge
from occupier.sandbox import SandboxPost

START = datetime(2027, 1, 24, 9, 0, tzinfo=UTC)
END = START + timedelta(seconds=25)
DURING, AFTER = (Story("une", title, f"https://journal.example.com/{title}") for title in ("pendant", "apres"))
STRIKE = Strike("repetition", START, END, "AG", "pour les salaires", START)


def post(story: Story, number: int, at: datetime, text: str) -> SandboxPost:
    return SandboxPost(str(number), "mastodon", "1", text, (story.link,), at, at)


def record(story: Story, number: int, **changes: object) -> Mapping[str, Any]:
    return {
        "kind": "strike", "account": "une", "platform": "mastodon", "article_url": story.link, "state": "sent",
        "article_title": story.title, "post_id": str(number), "reason": "receipt", "strike_text": "En grève", **changes,
    }  # fmt: skip


GOOD = Evidence(
    programme=Programme((), (), (DURING,), (AFTER,)),
    accounts=(Account("une", "mastodon", "127.0.0.1", "1"),),
    strike=STRIKE,
    records=(record(DURING, 1), record(AFTER, 2, kind="ordinary", strike_text=None)),
    posts=(post(DURING, 1, START + timedelta(seconds=3), "En grève"), post(AFTER, 2, END, "apres")),
)


def test_a_good_rehearsal_is_counted() -> None:
    verdict = judge(GOOD)
    assert verdict.is_good
    assert verdict.strike_posts == {"une": 1}
    assert (verdict.ordinary_posts, verdict.with_link, verdict.after_end, verdict.kept_back) == (1, 1, 0, 0)


def test_what_a_rule_keeps_back_is_not_missing() -> None:
    held = replace(
        GOOD, records=(record(DURING, 0, state="held", reason="rule"), GOOD.records[1]), posts=GOOD.posts[1:]
    )
    assert judge(held).is_good
    assert judge(held).kept_back == 1


def test_a_strike_that_wants_no_link_misses_none() -> None:
    bare = replace(GOOD.posts[0], links=())
    verdict = judge(replace(GOOD, strike=replace(STRIKE, link=LinkRule.NONE), posts=(bare, GOOD.posts[1])))
    assert verdict.is_good
    assert verdict.with_link is None


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"records": GOOD.records[1:], "posts": GOOD.posts[1:]}, id="an article that nobody tells of"),
        pytest.param({"posts": GOOD.posts[1:]}, id="a post that the network does not have"),
        pytest.param({"records": GOOD.records[1:]}, id="a post that the log does not have"),
        pytest.param({"posts": (*GOOD.posts, post(DURING, 3, START, "En grève"))}, id="a post made twice"),
        pytest.param({"posts": (replace(GOOD.posts[0], links=()), GOOD.posts[1])}, id="a lost link"),
        pytest.param({"posts": (replace(GOOD.posts[0], text="?"), GOOD.posts[1])}, id="another text"),
        pytest.param({"posts": (replace(GOOD.posts[0], created_at=END), GOOD.posts[1])}, id="after the end"),
        pytest.param(
            {"posts": (replace(GOOD.posts[0], created_at=START - timedelta(seconds=1)), GOOD.posts[1])},
            id="before the start",
        ),
        pytest.param(
            {"records": (record(DURING, 0, state="refused"), GOOD.records[1]), "posts": GOOD.posts[1:]}, id="refused"
        ),
        pytest.param(
            {"records": (record(DURING, 0, state="held", reason="mass"), GOOD.records[1]), "posts": GOOD.posts[1:]},
            id="held by no rule",
        ),
        pytest.param({"programme": Programme((DURING,), (), (), (AFTER,))}, id="the baseline announced"),
        pytest.param({"alarms": (Sentence("Something."),)}, id="an alarm"),
    ],
)
def test_whatever_is_wrong_is_said(changes: dict[str, Any]) -> None:
    verdict = judge(replace(GOOD, **changes))
    assert not verdict.is_good
    assert all(str(problem) for problem in verdict.problems)
