"""`sandbox`: what it prints can be typed as it stands."""

from __future__ import annotations

import shlex
from urllib.request import Request, urlopen

from occupier.cli.sandbox import welcome
from occupier.sandbox import Sandbox


def typed(line: str) -> Request:
    """Make the request that curl would send for this line."""
    words = shlex.split(line)
    headers = dict(word.split(": ", 1) for before, word in zip(words, words[1:], strict=False) if before == "-H")
    return Request(words[-1], words[words.index("-d") + 1].encode(), headers)


def test_the_lines_that_it_prints_publish_an_article_and_play_the_usual_tool(box: Sandbox) -> None:
    for line in welcome(box):
        if line.startswith("curl "):
            with urlopen(typed(line), timeout=5) as answer:
                assert answer.status == 200
    [post] = box.posts()
    assert (post.platform, post.application) == ("mastodon", "dlvr.it")
