"""What the Graph API says of access, made into choices, warnings and refusals that a person understands.

Source: developers.facebook.com/docs/graph-api/guides/error-handling, /docs/graph-api/reference/user/accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from occupier.domain.connecting import PageChoice
from occupier.domain.errors import NetworkError, Sentence
from occupier.platforms.plain import count
from occupier.wire.replies import Reply

UNPUBLISHED = Sentence("This page is not published: only its own team sees what is posted there.")
NOT_ALLOWED = Sentence(
    "On this page, the person who made the token may not publish: somebody who manages it must give them that right."
)
NO_PRIVACY_POLICY = Sentence(
    "This app cannot be in Live mode yet, for it names no privacy policy: what it posts is seen by the app's own team "
    "only. Give it one under App settings, Basic, and switch it to Live."
)
LOOK_AT_POST = Sentence(
    "Facebook does not tell whether others see what this app posts: open {address} in a private window, which it "
    "posted before; if it is not there, switch the app to Live mode."
)
LOOK_FROM_OUTSIDE = Sentence(
    "Facebook does not tell whether others see what this app posts: after its first post, open that post's address in "
    "a private window; if it is not there, switch the app to Live mode."
)
UNKNOWN_END = Sentence(
    "Without the app's number and secret this access ends within two hours or so: connect again with both, and it "
    "lasts."
)
ENDS_SOON = Sentence("This access ends on {when}: connect again before then, with the app's number and secret.")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a token: whose app's it is, and until when it lasts; `expires_at` None, where known, is never."""

    app_id: str = ""
    is_known: bool = False
    expires_at: datetime | None = None


def told(body: dict[str, Any]) -> Told:
    """Read what debug_token answers; Facebook writes 0 for never."""
    data = body.get("data")
    if not isinstance(data, dict):
        return Told()
    app_id, ends = str(data.get("app_id") or ""), data.get("expires_at")
    if not isinstance(ends, int) or isinstance(ends, bool) or not 0 <= ends < 2**33:
        return Told(app_id)
    return Told(app_id, True, datetime.fromtimestamp(ends, UTC) if ends else None)


def address_of_own(body: dict[str, Any], app_id: str) -> str | None:
    """Return where the newest post of a page that this app made can be read."""
    for post in entries(body):
        application, address = post.get("application"), post.get("permalink_url")
        if isinstance(application, dict) and str(application.get("id")) == app_id and isinstance(address, str):
            return address
    return None


def entries(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the objects of a list; none where it is no list."""
    listed = body.get("data")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def page_choice(page: dict[str, Any]) -> PageChoice:
    """Read one page of a list; without an id where it has none."""
    tasks = page.get("tasks")
    return PageChoice(
        id=str(page.get("id") or ""),
        name=str(page.get("name") or ""),
        link=page.get("link") if isinstance(page.get("link"), str) else None,
        followers=count(page.get("followers_count")),
        can_publish=not isinstance(tasks, list) or "CREATE_CONTENT" in tasks,
        access_token=str(page.get("access_token") or ""),
    )


def refused(reply: Reply, secrets: tuple[str, ...]) -> NetworkError:
    """Say what a refusal means for the person who connects; without the secrets."""
    error = reply.json.get("error") if isinstance(reply.json, dict) else None
    error = error if isinstance(error, dict) else {}
    code, said = error.get("code"), str(error.get("message") or "")
    if code in (1, 101) and ("client secret" in said or "application" in said):
        return NetworkError(
            "Facebook does not know this app's number and secret: copy both again (App settings, Basic)."
        ).about("app_id")
    if code == 190:
        return NetworkError(
            "Facebook does not accept this token any more: generate a new one in the Graph API Explorer, and paste it "
            "within the hour."
        ).about("user_token")
    if code == 100 and "(accounts)" in said or "(permissions)" in said:
        return NetworkError(
            "This is the token of a page or of an app, not of a person: in the Graph API Explorer choose “User Token”."
        ).about("user_token")
    return NetworkError(
        "Facebook refuses (HTTP {status}): {excerpt}",
        status=reply.status,
        excerpt=Reply(reply.status, {}, said.encode() or reply.body).said([s for s in secrets if s]),
    )
