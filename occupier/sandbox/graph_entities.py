"""The objects of the Graph API: a page, a post, its attachment.

Source: developers.facebook.com/docs/graph-api/reference (page, page-post, story-attachment).
"""

from datetime import datetime
from typing import Any
from urllib.parse import quote

from occupier.sandbox.model import Account, SandboxPost
from occupier.sandbox.state import State

PLATFORM = "facebook"


class GraphEntities:
    """Makes objects, with every field known, of what the sandbox keeps."""

    def __init__(self, state: State) -> None:
        self._state = state

    def page(self, account: Account) -> dict[str, Any]:
        """Return a page."""
        return {
            "id": account.id,
            "name": account.display_name,
            "username": account.name,
            "link": f"https://www.facebook.com/{account.id}",
            "category": "Newspaper",
            "followers_count": account.followers,
            "fan_count": account.followers,
            "tasks": ["ANALYZE", "ADVERTISE", "MODERATE", "CREATE_CONTENT", "MANAGE"],
            "is_published": True,
        }

    def post(self, post: SandboxPost) -> dict[str, Any]:
        """Return a post; without a message or attachments where it has none."""
        account = self._state.accounts[PLATFORM, post.account]
        entity: dict[str, Any] = {
            "id": post.id,
            "created_time": _graph_time(post.created_at),
            "updated_time": _graph_time(post.edited_at or post.created_at),
            "permalink_url": f"https://www.facebook.com/{post.id}",
            "is_published": True,
            "status_type": "shared_story" if post.links else "mobile_status_update",
            "application": {"name": post.application, "id": self._app_id(post)},
            "reactions": _counted(post.likes),
            "comments": _counted(post.replies),
            "from": {"name": account.display_name, "id": account.id},
        }
        if post.reposts:
            entity["shares"] = {"count": post.reposts}
        if post.text:
            entity["message"] = post.text
        if post.link:
            entity["attachments"] = {"data": [self._attachment(post.link)]}
        return entity

    def _app_id(self, post: SandboxPost) -> str:
        return self._state.app_id if post.application == SandboxPost.application else "1"

    def _attachment(self, link: str) -> dict[str, Any]:
        article = self._state.article_by_link(link)
        shim = f"https://l.facebook.com/l.php?u={quote(link, safe='')}&h=AT0sandbox&s=1"
        attachment = {
            "type": "share",
            "title": article.title if article else link.partition("://")[2].partition("/")[0],
            "url": shim,
            "unshimmed_url": link,
            "target": {"url": shim},
        }
        return attachment | ({"description": article.summary} if article and article.summary else {})


def _counted(number: int) -> dict[str, Any]:
    """Return an edge as `limit(0).summary(total_count)` asks for it: how many, and nobody."""
    return {"data": [], "summary": {"total_count": number}}


def _graph_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}+0000"
