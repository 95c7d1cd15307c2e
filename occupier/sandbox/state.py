"""The sandbox's memory: everything is read and written under its one lock."""

import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from occupier.sandbox.faults import FaultBook, FaultKind
from occupier.sandbox.grants import Grant, Grants
from occupier.sandbox.model import Account, SandboxArticle, SandboxEdit, SandboxPost, SeenRequest

SEEN_REQUESTS = 10_000
NEWSROOM = "Le Courrier des Halles"
HANDLES = {"mastodon": "courrierhalles", "x": "CourrierHalles", "facebook": "lecourrierdeshalles"}


class State:
    """Accounts, posts, articles and the counters that make ids and rate limits."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.lock = threading.RLock()
        self.faults = FaultBook()
        self.base_url = ""
        self.consumer_key, self.consumer_secret = secrets.token_urlsafe(18), secrets.token_urlsafe(32)
        self.person_token = secrets.token_urlsafe(48)
        self.app_id, self.app_secret = str(10**15 + secrets.randbelow(10**15)), secrets.token_hex(16)
        self.grants = Grants()
        self.accounts: dict[tuple[str, str], Account] = {}
        self.posts: list[SandboxPost] = []
        self.articles: list[SandboxArticle] = []
        self.feeds: dict[str, datetime] = {"une": now()}
        self.seen: deque[SeenRequest] = deque(maxlen=SEEN_REQUESTS)
        self.changes = 0
        self._last_id: dict[str, int] = {}
        self._hits: dict[tuple[str, str, str], deque[datetime]] = {}

    def next_id(self, platform: str, candidate: int) -> str:
        """Return `candidate`, or the id after the last one where the clock does not move on."""
        value = max(candidate, self._last_id.get(platform, 0) + 1)
        self._last_id[platform] = value
        return str(value)

    def account_by_token(self, platform: str, token: str | None) -> Account | None:
        """Return the account whose access token this is: its own, or one that was given to an application."""
        if not token:
            return None
        grant = self.grant(platform, token)
        if grant:
            return self.accounts.get((platform, grant.account_id))
        for account in self.accounts.values():
            if account.platform == platform and secrets.compare_digest(
                account.credentials["access_token"].encode(), token.encode()
            ):
                return account
        return None

    def grant(self, platform: str, token: str | None) -> Grant | None:
        """Return the access whose token this is, while it lasts."""
        return self.grants.find(platform, token, self.now())

    def accounts_of(self, platform: str) -> list[Account]:
        """Return the accounts of a platform, oldest first."""
        return [account for (known, _), account in self.accounts.items() if known == platform]

    def post(self, post: SandboxPost) -> SandboxPost:
        """Store a post the network has accepted; a lag or the development mode mark it."""
        lag = self.faults.standing(FaultKind.VISIBLE_AFTER, post.platform, post.account)
        if lag:
            post = replace(post, visible_at=post.created_at + timedelta(seconds=lag.seconds))
        if self.faults.standing(FaultKind.DEVELOPMENT_MODE, post.platform, post.account):
            post = replace(post, public=False)
        self.posts.append(post)
        self.changes += 1
        return post

    def delete(self, post: SandboxPost) -> None:
        """Mark a post deleted."""
        self.change(post, deleted=True)

    def change(self, post: SandboxPost, **values: object) -> SandboxPost:
        """Change a post in its place; return it as it is then."""
        changed: SandboxPost = replace(post, **values)  # type: ignore[arg-type]
        self.posts[self.posts.index(post)] = changed
        self.changes += 1
        return changed

    def edit(self, post: SandboxPost, application: str, **values: object) -> SandboxPost:
        """Edit a post, keeping the version before; return it as it is then."""
        now = self.now()
        edits = (*post.edits, SandboxEdit(post.text, now, application))
        return self.change(post, edits=edits, edited_at=now, **values)

    def find(self, platform: str, post_id: str, *, lagging: bool = False) -> SandboxPost | None:
        """Return a post that is not deleted; one that is not visible yet only if `lagging`."""
        now = self.now()
        for post in self.posts:
            if post.platform == platform and post.id == post_id and not post.deleted:
                return post if lagging or post.visible_at <= now else None
        return None

    def timeline(self, platform: str, account: str) -> list[SandboxPost]:
        """Return an account's visible posts, newest first."""
        now = self.now()
        mine = (p for p in reversed(self.posts) if (p.platform, p.account) == (platform, account))
        return [post for post in mine if not post.deleted and post.visible_at <= now]

    def standing_posts(self, account: Account) -> list[SandboxPost]:
        """Return an account's posts that are not deleted, newest first, visible or not."""
        return [post for post in self.posts_of(account) if not post.deleted]

    def posts_of(self, account: Account) -> list[SandboxPost]:
        """Return all that was ever posted on an account, newest first."""
        return [p for p in reversed(self.posts) if (p.platform, p.account) == (account.platform, account.id)]

    def article_by_link(self, link: str | None) -> SandboxArticle | None:
        """Return the newsroom's article at this address."""
        return next((a for a in reversed(self.articles) if a.link == link), None)

    def hit(self, account: Account, what: str, limit: int, window: timedelta) -> tuple[int, datetime]:
        """Count a call; return how many remain (negative: too many) and when the window ends."""
        now = self.now()
        if self.faults.standing(FaultKind.UNLIMITED, account.platform, account.id):
            return limit, now + window
        hits = self._hits.setdefault((account.platform, account.id, what), deque())
        while hits and hits[0] <= now - window:
            hits.popleft()
        if len(hits) >= limit:
            return -1, hits[0] + window
        hits.append(now)
        return limit - len(hits), hits[0] + window
