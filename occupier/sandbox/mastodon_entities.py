"""The entities of the Mastodon API, as server 4.5 gives them out.

Source: docs.joinmastodon.org (entities/Status, entities/Account, entities/Instance).
"""

from datetime import datetime
from typing import Any

from occupier.sandbox import markup
from occupier.sandbox.faults import FaultKind
from occupier.sandbox.model import Account, SandboxMedium, SandboxPost
from occupier.sandbox.state import State

PLATFORM = "mastodon"
MAX_CHARACTERS = 500
PER_ADDRESS = 23
VERSION = "4.5.2"


class Entities:
    """Makes entities of what the sandbox keeps."""

    def __init__(self, state: State) -> None:
        self._state = state

    def status(self, post: SandboxPost) -> dict[str, Any]:
        """Return the Status entity of a post."""
        account = self._state.accounts[PLATFORM, post.account]
        base = self._state.base_url
        return {
            "id": post.id,
            "created_at": _iso(post.created_at),
            "in_reply_to_id": None,
            "in_reply_to_account_id": None,
            "sensitive": post.sensitive,
            "spoiler_text": post.spoiler,
            "visibility": post.visibility,
            "language": post.language,
            "uri": f"{base}/users/{account.name}/statuses/{post.id}",
            "url": f"{base}/@{account.name}/{post.id}",
            "replies_count": post.replies,
            "reblogs_count": post.reposts,
            "favourites_count": post.likes,
            "edited_at": _iso(post.edited_at) if post.edited_at else None,
            "content": markup.content(post.text, base),
            "reblog": None,
            "application": {"name": post.application, "website": None},
            "account": self.account(account),
            "media_attachments": [_medium(medium, base) for medium in post.media],
            "mentions": [],
            "tags": [{"name": t.lower(), "url": f"{base}/tags/{t.lower()}"} for t in markup.tags(post.text)],
            "emojis": [],
            "card": None,
            "poll": None,
        }

    def source(self, post: SandboxPost) -> dict[str, Any]:
        """Return the StatusSource entity of a post: what its author wrote."""
        return {"id": post.id, "text": post.text, "spoiler_text": post.spoiler}

    def history(self, post: SandboxPost) -> list[dict[str, Any]]:
        """Return the StatusEdit entities of a post, the first version first."""
        texts = [edit.text for edit in post.edits] + [post.text]
        began = [post.created_at, *(edit.until for edit in post.edits)]
        base = self._state.base_url
        return [
            {"content": markup.content(text, base), "created_at": _iso(at)}
            for text, at in zip(texts, began, strict=True)
        ]

    def account(self, account: Account) -> dict[str, Any]:
        """Return the Account entity of an account."""
        base = self._state.base_url
        return {
            "id": account.id,
            "username": account.name,
            "acct": account.name,
            "display_name": account.display_name,
            "locked": False,
            "bot": self._state.faults.standing(FaultKind.LABELLED, PLATFORM, account.id) is not None,
            "discoverable": True,
            "group": False,
            "created_at": f"{account.created_at:%Y-%m-%d}T00:00:00.000Z",
            "note": "",
            "url": f"{base}/@{account.name}",
            "uri": f"{base}/users/{account.name}",
            "avatar": f"{base}/static/avatar.svg",
            "avatar_static": f"{base}/static/avatar.svg",
            "header": f"{base}/static/avatar.svg",
            "header_static": f"{base}/static/avatar.svg",
            "followers_count": account.followers,
            "following_count": 0,
            "statuses_count": len(self._state.timeline(PLATFORM, account.id)),
            "last_status_at": None,
            "emojis": [],
            "fields": [],
        }

    def _configuration(self) -> dict[str, Any]:
        return {
            "statuses": {
                "max_characters": MAX_CHARACTERS,
                "max_media_attachments": 4,
                "characters_reserved_per_url": PER_ADDRESS,
            },
            "media_attachments": {"supported_mime_types": [], "image_size_limit": 16777216},
            "polls": {"max_options": 4, "max_characters_per_option": 50},
        }

    def instance_v2(self) -> dict[str, Any]:
        """Return the Instance entity."""
        return {
            "domain": self._state.base_url.removeprefix("http://"),
            "title": "Bac à sable",
            "version": VERSION,
            "source_url": "https://github.com/mastodon/mastodon",
            "description": "",
            "usage": {"users": {"active_month": 1}},
            "languages": ["fr"],
            "configuration": self._configuration(),
            "registrations": {"enabled": False, "approval_required": False, "message": None},
            "api_versions": {"mastodon": 7},
            "contact": {"email": "", "account": None},
            "rules": [],
        }

    def instance_v1(self) -> dict[str, Any]:
        """Return the V1::Instance entity."""
        return {
            "uri": self._state.base_url.removeprefix("http://"),
            "title": "Bac à sable",
            "short_description": "",
            "description": "",
            "email": "",
            "version": VERSION,
            "urls": {},
            "stats": {"user_count": len(self._state.accounts), "status_count": 0, "domain_count": 1},
            "languages": ["fr"],
            "registrations": False,
            "approval_required": False,
            "invites_enabled": False,
            "configuration": self._configuration(),
            "contact_account": None,
            "rules": [],
        }


def _medium(medium: SandboxMedium, base: str) -> dict[str, Any]:
    url = f"{base}/static/avatar.svg"
    return {"id": medium.id, "type": "image", "url": url, "preview_url": url, "description": medium.description}


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
