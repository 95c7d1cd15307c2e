"""`sandbox`: the networks imitated on this machine, and what leads to them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from occupier.cli.session import Session
from occupier.cli.spoken import WholeNumber, command, option
from occupier.domain.errors import Sentence
from occupier.speech import _, language

if TYPE_CHECKING:
    from occupier.sandbox import Sandbox

USUAL_PORT = 8017
ALREADY_THERE = 3
"""Articles in the sandbox's feed from the start."""


@command(
    Sentence(
        "Run the sandbox on 127.0.0.1: Mastodon, X and Facebook imitated, a page that shows what was posted, and the"
        " feed of a newsroom. The settings to paste are printed."
    ),
    option("--port", about=Sentence("Where it listens; 0 is any free port."), metavar=Sentence("PORT"),
           type=WholeNumber(0, 65535), default=USUAL_PORT, show_default=True),
)  # fmt: skip
def sandbox(session: Session, port: int) -> None:
    """Run the sandbox until Ctrl-C."""
    from occupier.sandbox import serve

    serve(port, on_ready=_open)


def _open(box: Sandbox) -> None:
    from occupier.rehearsal.stories import sample

    # without an article there is no baseline, and the first one that is published would be it
    for story in reversed(sample().stories[:ALREADY_THERE]):
        box.publish(title=story.title, summary=story.summary, categories=story.categories, link=story.link)
    print("\n".join(welcome(box)), flush=True)


def welcome(box: Sandbox) -> Iterator[str]:
    """Yield the lines that lead to this sandbox."""
    yield _("The sandbox's page: {url}").format(url=f"{box.url}/")
    yield _("It is on this machine only; Ctrl-C stops it, and everything in it is forgotten.")
    yield ""
    yield _("Settings to paste into a new file, for example sandbox.toml:")
    yield ""
    yield sandbox_settings(box)
    yield _("Their secrets, to paste where you will type occupier --settings sandbox.toml:")
    yield ""
    yield from (f"export {name}='{secret}'" for name, secret in sandbox_secrets(box).items())
    yield ""
    yield _("To connect its accounts one by one, as those of the networks are connected:")
    yield ""
    yield f"occupier init --sandbox {box.url}"
    yield ""
    yield _("The keys that it asks for are on this page: {url}").format(url=f"{box.url}/keys")
    yield ""
    yield _("To publish an article:")
    yield ""
    yield _switch(box, "publish", {"title": _("A title")})
    yield ""
    yield _("To let another application, here dlvr.it, post the link of an article that you published:")
    yield ""
    said = f"{_('A title')} {box.url}/articles/{ALREADY_THERE + 1}"
    yield _switch(box, "announce", {"platform": "mastodon", "application": "dlvr.it", "text": said})


def _switch(box: Sandbox, name: str, values: Mapping[str, str]) -> str:
    asked = json.dumps(values, ensure_ascii=False)
    return (
        f"curl -sS -H 'X-Sandbox-Token: {box.token}' -H 'Content-Type: application/json' "
        f"-d '{asked}' {box.url}/control/{name}"
    )


def sandbox_secrets(box: Sandbox) -> Mapping[str, str]:
    """Return the sandbox's secrets by the variables that its settings name; they are good nowhere else."""
    known = box.credentials
    return {
        "SANDBOX_MASTODON_TOKEN": known["mastodon"]["access_token"],
        "SANDBOX_X_CONSUMER_KEY": known["x"]["consumer_key"],
        "SANDBOX_X_CONSUMER_SECRET": known["x"]["consumer_secret"],
        "SANDBOX_X_ACCESS_TOKEN": known["x"]["access_token"],
        "SANDBOX_X_ACCESS_TOKEN_SECRET": known["x"]["access_token_secret"],
        "SANDBOX_FACEBOOK_TOKEN": known["facebook"]["access_token"],
    }


def sandbox_settings(box: Sandbox) -> str:
    """Return settings that lead to this sandbox, in TOML."""
    return f"""\
timezone = "Europe/Paris"
language = "{language()}"
database = "sqlite:///sandbox.db"

[[feeds]]
name = "une"
url = "{box.feed_url()}"
interval = "5s"

[[accounts]]
name = "mastodon"
platform = "mastodon"
server = "{box.url}"
access_token = {{ env = "SANDBOX_MASTODON_TOKEN" }}

[[accounts]]
name = "x"
platform = "x"
api_url = "{box.url}/x"
consumer_key = {{ env = "SANDBOX_X_CONSUMER_KEY" }}
consumer_secret = {{ env = "SANDBOX_X_CONSUMER_SECRET" }}
access_token = {{ env = "SANDBOX_X_ACCESS_TOKEN" }}
access_token_secret = {{ env = "SANDBOX_X_ACCESS_TOKEN_SECRET" }}

[[accounts]]
name = "page-facebook"
platform = "facebook"
api_url = "{box.url}/graph"
page_id = "{box.credentials["facebook"]["page_id"]}"
access_token = {{ env = "SANDBOX_FACEBOOK_TOKEN" }}
"""
