"""The sandbox itself: one server on loopback, with the networks, the newsroom and the page."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from occupier.domain.errors import UsageError
from occupier.sandbox import access_pages
from occupier.sandbox.accounts import opened
from occupier.sandbox.control import Control
from occupier.sandbox.exchange import Request, Response, json_response
from occupier.sandbox.faults import Fault
from occupier.sandbox.graph import GraphApi
from occupier.sandbox.mastodon import MastodonApi
from occupier.sandbox.model import PLATFORMS, Account, SandboxArticle, SandboxMedium, SandboxPost, SeenRequest
from occupier.sandbox.network import FaultyGate, Network
from occupier.sandbox.newsroom import Newsroom
from occupier.sandbox.others import announced
from occupier.sandbox.page import TimelinePage
from occupier.sandbox.state import NEWSROOM, State
from occupier.sandbox.text import addresses
from occupier.sandbox.wire import LoopbackServer
from occupier.sandbox.x import XApi

FAULTY = (*PLATFORMS, "feeds")


def _system_clock() -> datetime:
    return datetime.now(UTC)


class Sandbox:
    """The networks' APIs on 127.0.0.1; use it as a context, or call `close`.

    `clock` returns aware UTC datetimes (the system's by default), `accounts` names the accounts of each
    platform (one each by default). Raises UsageError when the port is taken.
    """

    def __init__(
        self,
        port: int = 0,
        clock: Callable[[], datetime] | None = None,
        accounts: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.token = secrets.token_urlsafe(24)
        self._state = State(clock or _system_clock)
        self._server = self._listen(port)
        self._state.base_url = self.url
        self._newsroom = Newsroom(self._state)
        self._gates = self._make_gates()
        self._control, self._page = Control(self), TimelinePage(self._state)
        self.credentials: dict[str, Mapping[str, str]] = {}
        for platform, names in (accounts or dict.fromkeys(PLATFORMS, (NEWSROOM,))).items():
            for name in names:
                self.add_account(platform, name)
        self._server.start()

    def _listen(self, port: int) -> LoopbackServer:
        try:
            return LoopbackServer(port, self._app, self._state.now)
        except OSError as error:
            raise UsageError(
                "The sandbox cannot listen on 127.0.0.1:{port}: another one may run there; choose another port"
                " with --port, or --port 0 for any free one.",
                port=port,
            ) from error

    def __enter__(self) -> Self:
        """Return the running sandbox."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    @property
    def url(self) -> str:
        """The address of everything: the Mastodon server, the page, and what hangs below."""
        return f"http://127.0.0.1:{self._server.port}"

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests that reached it (method, path, at), oldest first; the last ten thousand."""
        with self._state.lock:
            return list(self._state.seen)

    def close(self) -> None:
        """Stop: whoever waits in it is let go, every connection ends."""
        if not self._server.stopped.is_set():
            self._server.stop()

    def posts(self, platform: str | None = None) -> list[SandboxPost]:
        """Return all posts, oldest first: also those deleted or not visible yet."""
        with self._state.lock:
            return [post for post in self._state.posts if platform in (None, post.platform)]

    def publish(
        self,
        feed: str = "une",
        *,
        title: str,
        summary: str = "",
        categories: Sequence[str] = (),
        published_at: datetime | None = None,
        guid: str | None = None,
        link: str | None = None,
    ) -> SandboxArticle:
        """Add an article to a feed (made when it is new); dated now by default."""
        return self._newsroom.publish(feed, title, summary, categories, published_at, guid, link)

    def edit(self, platform: str, post_id: str, text: str, *, application: str = "Web") -> SandboxPost:
        """Let somebody edit a post, by hand or with another tool: its media stay. KeyError: there is none."""
        with self._state.lock:
            post = self._there(platform, post_id)
            links = tuple(found.url for found in addresses(text))
            return self._state.edit(post, application, text=text, links=links)

    def announce(
        self,
        platform: str,
        text: str,
        *,
        application: str,
        at: datetime | None = None,
        account: str | None = None,
        media: Sequence[str | None] = (),
        spoiler: str = "",
    ) -> SandboxPost:
        """Let another application post on an account (the platform's first), now or at an instant in the past.

        `media` are images by their texts for those who do not see them, None where one has none; `spoiler` is the
        warning that the post stands behind.
        """
        with self._state.lock:
            of = self.account(platform) if account is None else self._state.accounts[platform, account]
            post = announced(self._state, of, text, application, at or self._state.now())
            images = tuple(SandboxMedium(f"{post.id}{n}", said) for n, said in enumerate(media, 1))
            return self._state.change(post, media=images, spoiler=spoiler, sensitive=bool(spoiler))

    def remove(self, platform: str, post_id: str) -> SandboxPost:
        """Let somebody delete a post. KeyError: there is none."""
        with self._state.lock:
            return self._state.change(self._there(platform, post_id), deleted=True)

    def answer(self, platform: str, post_id: str, **figures: int) -> SandboxPost:
        """Let readers answer: likes, reposts, replies and views from now on. KeyError: there is no such post."""
        with self._state.lock:
            return self._state.change(self._there(platform, post_id), **figures)

    def _there(self, platform: str, post_id: str) -> SandboxPost:
        post = self._state.find(platform, post_id, lagging=True)
        if post is None:
            raise KeyError(f"there is no post {post_id} on {platform}")
        return post

    def feed_url(self, feed: str = "une") -> str:
        """Return the address of a feed."""
        return f"{self.url}/feeds/{feed}.xml"

    def fault(self, platform: str, fault: Fault) -> None:
        """Switch a fault on, for "mastodon", "x", "facebook" or "feeds"."""
        if platform not in FAULTY:
            raise ValueError(f"platform is one of {', '.join(FAULTY)}, not {platform!r}")
        self._state.faults.add(platform, fault)

    def clear(self, platform: str | None = None) -> None:
        """Switch off all faults, or those of one platform."""
        self._state.faults.clear(platform)

    def account(self, platform: str) -> Account:
        """Return the first account of a platform; KeyError when it has none."""
        with self._state.lock:
            return {p: account for (p, _), account in reversed(self._state.accounts.items())}[platform]

    def add_account(self, platform: str, name: str) -> Mapping[str, str]:
        """Open an account; return its credentials, and its id as "remote_id"."""
        if platform not in PLATFORMS:
            raise ValueError(f"platform is one of {', '.join(PLATFORMS)}, not {platform!r}")
        with self._state.lock:
            account = opened(self._state, platform, name)
            self._state.accounts[platform, account.id] = account
            self.credentials.setdefault(platform, account.credentials)
        return {**account.credentials, "remote_id": account.id}

    @property
    def keys(self) -> Mapping[str, Mapping[str, str]]:
        """What X's and Facebook's pages for developers would show, by their own names for it."""
        state = self._state
        known = {
            "x": {"API Key": state.consumer_key, "API Key Secret": state.consumer_secret},
            "facebook": {"App ID": state.app_id, "App Secret": state.app_secret, "User Token": state.person_token},
        }
        for account in state.accounts_of("x")[:1]:
            own = account.credentials
            known["x"] |= {"Access Token": own["access_token"], "Access Token Secret": own["access_token_secret"]}
        return known

    def _make_gates(self) -> dict[str, FaultyGate]:
        mastodon = MastodonApi(self._state)
        networks: dict[str, Network] = {
            "/x/": XApi(self._state),
            "/graph/": GraphApi(self._state),
            "/api/": mastodon,
            "/oauth/": mastodon,
            "/feeds/": self._newsroom,
            "/articles/": self._newsroom,
        }
        pause = self._server.stopped.wait
        return {prefix: FaultyGate(network, self._state, pause) for prefix, network in networks.items()}

    def _app(self, request: Request) -> Response:
        try:
            return self._route(request)
        except Exception as error:  # noqa: BLE001 - a fault of the sandbox must be seen by its client
            return json_response(500, {"error": f"the sandbox itself failed: {type(error).__name__}: {error}"})

    def _route(self, request: Request) -> Response:
        if request.path.startswith("/control/"):
            return self._control.answer(request)
        for prefix, gate in self._gates.items():
            if request.path.startswith(prefix):
                self._remember(request)
                return gate.answer(request)
        if request.path == "/elsewhere":
            self._remember(request)
            return json_response(200, {"id": "1", "data": {"id": "1", "text": ""}})
        if request.path == "/keys":
            return access_pages.keys(request, self.keys)
        return self._page.answer(request)

    def _remember(self, request: Request) -> None:
        with self._state.lock:
            self._state.seen.append(SeenRequest(request.method, request.path, self._state.now()))
