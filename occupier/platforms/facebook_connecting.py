"""Connecting a Facebook page, through facebook-sdk: a person's token, then one of the pages that it leads to.

Source: developers.facebook.com/docs/facebook-login/guides/access-tokens (get-long-lived),
/docs/graph-api/reference (user/accounts, user/permissions, debug_token, application), /docs/pages-api.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from occupier.domain.connecting import Connected, PageChoice
from occupier.domain.errors import NetworkError, Sentence, UsageError
from occupier.domain.ports import Clock
from occupier.platforms.facebook import SPOKEN_HOST
from occupier.platforms.facebook_access import (
    ENDS_SOON,
    LOOK_AT_POST,
    LOOK_FROM_OUTSIDE,
    NO_PRIVACY_POLICY,
    NOT_ALLOWED,
    UNKNOWN_END,
    UNPUBLISHED,
    Told,
    address_of_own,
    entries,
    page_choice,
    refused,
    told,
)
from occupier.platforms.plain import count
from occupier.wire.replies import ask

API_VERSION = "v26.0"
RIGHTS = ("pages_show_list", "pages_read_engagement", "pages_manage_posts")
"""Listing the pages; reading their posts again; publishing and deleting."""
PAGE_FIELDS = "id,name,link,access_token,tasks,followers_count"
PAGES = 100
MOST_LISTS = 5
POSTS = 25
SOON = timedelta(days=3)
"""Keys that end within this time are not for a strike."""


class FacebookConnecting:
    """Leads one person through one page; `pages` may be called again."""

    needs = (
        Sentence(
            "Plan on not tonight: a new app at Facebook takes days, since people, company and rights are verified. "
            "With an app that already posts on this page, plan on half an hour."
        ),
        Sentence("The login of somebody who may publish on the page, and its second factor."),
        Sentence(
            "An app at developers.facebook.com in Live mode: what an app in development posts is seen by its own team "
            "only."
        ),
        Sentence(
            "A token of that person: in the Graph API Explorer choose the app, “User Token”, the rights {rights}, "
            "generate it, and tick the page in the window that opens.",
            {"rights": ", ".join(RIGHTS)},
        ),
        Sentence("The app's number and secret (App settings, Basic): without them the access ends within two hours."),
    )

    def __init__(self, *, clock: Clock, api_url: str = SPOKEN_HOST, api_version: str = API_VERSION) -> None:
        self._clock, self._api_url = clock, api_url.rstrip("/")
        self._version = f"v{api_version.removeprefix('v')}"
        self._user, self._app = "", ("", "")

    def pages(self, user_token: str, app_id: str = "", app_secret: str = "") -> tuple[PageChoice, ...]:
        """Exchange the token for a lasting one where that can be done, and list the pages; see `FacebookSteps`."""
        token, self._app = "".join(user_token.split()), (app_id.strip(), app_secret.strip())
        if not token:
            raise UsageError("There is no token: copy it whole from the Graph API Explorer.")
        if bool(self._app[0]) != bool(self._app[1]):
            raise UsageError("The app's number and its secret go together: give both, or neither.")
        if self._app[0] and not self._app[0].isdigit():
            raise UsageError("The app's number is made of figures alone: it is the “App ID”, not its name.")
        self._user = self._lasting(token) if self._app[0] else token
        self._require_rights()
        found = tuple(self._listed())
        if not found:
            raise NetworkError(
                "This token leads to no page: generate it again in the Graph API Explorer, and tick the page in the "
                "window that opens."
            ).about("user_token")
        return found

    def choose(self, choice: PageChoice) -> Connected:
        """Ask the page who it is and until when its token lasts; see `FacebookSteps`."""
        if not choice.access_token:
            raise NetworkError(
                "Facebook gives no token for the page {page}: the person who made the token may not publish there.",
                page=choice.name,
            )
        page = self._ask(choice.access_token, lambda graph: graph.get_object(
            "me", fields="id,name,link,is_published,followers_count"))  # fmt: skip
        if str(page.get("id")) != choice.id:
            raise NetworkError("Facebook answers for another page than {page}: list them again.", page=choice.name)
        known = self._told(choice.access_token)
        notes = (
            () if choice.can_publish else (NOT_ALLOWED,),
            (UNPUBLISHED,) if page.get("is_published") is False else (),
            self._ending(known),
            (self._visibility(choice.access_token, known.app_id),),
        )
        return Connected(
            "facebook",
            {"access_token": choice.access_token},
            self._settings(choice.id),
            str(page.get("link") or choice.id),
            str(page.get("name") or choice.name),
            count(page.get("followers_count")),
            known.expires_at,
            tuple(note for some in notes for note in some),
        )

    def _settings(self, page_id: str) -> dict[str, str]:
        settings = {"page_id": page_id}
        if self._api_url != SPOKEN_HOST:
            settings["api_url"] = self._api_url
        if self._version != API_VERSION:
            settings["api_version"] = self._version
        return settings

    def _lasting(self, token: str) -> str:
        body = self._ask(token, lambda graph: graph.extend_access_token(*self._app))
        lasting = body.get("access_token")
        if not isinstance(lasting, str) or not lasting:
            raise NetworkError("Facebook gave no lasting token; try again in a few minutes.")
        return lasting

    def _require_rights(self) -> None:
        body = self._ask(self._user, lambda graph: graph.get_object("me/permissions"))
        granted = {str(one.get("permission")) for one in entries(body) if one.get("status") == "granted"}
        missing = [right for right in RIGHTS if right not in granted]
        if missing:
            raise NetworkError(
                "This token lacks rights: in the Graph API Explorer add {rights}, and generate it again.",
                rights=", ".join(missing),
            ).about("user_token")

    def _listed(self) -> list[PageChoice]:
        found: dict[str, PageChoice] = {}
        more: dict[str, Any] = {"fields": PAGE_FIELDS, "limit": PAGES}
        for _ in range(MOST_LISTS):
            body = self._ask(self._user, partial(_list, **more))
            found |= {page.id: page for page in map(page_choice, entries(body)) if page.id}
            paging = body.get("paging") or {}
            after = (paging.get("cursors") or {}).get("after") if paging.get("next") else None
            if not after:
                break
            more["after"] = after
        return list(found.values())

    def _told(self, token: str) -> Told:
        try:
            if self._app[0]:
                return told(self._ask(token, lambda graph: graph.debug_access_token(token, *self._app)))
            return told(self._ask(self._user, lambda graph: graph.get_object("debug_token", input_token=token)))
        except NetworkError:
            return Told()

    def _ending(self, known: Told) -> tuple[Sentence, ...]:
        if known.expires_at is not None and known.expires_at < self._clock.now() + SOON:
            return (Sentence(ENDS_SOON.text, {"when": known.expires_at}),)
        return () if known.is_known or self._app[0] else (UNKNOWN_END,)

    def _visibility(self, token: str, app_id: str) -> Sentence:
        """Say what can be known of the app's mode, which the API does not tell: Live mode needs a privacy policy."""
        try:
            if self._app[0] and not self._names_a_privacy_policy():
                return NO_PRIVACY_POLICY
            posts = self._ask(token, lambda graph: graph.get_connections(
                "me", "published_posts", fields="permalink_url,application", limit=POSTS))  # fmt: skip
        except NetworkError:
            return LOOK_FROM_OUTSIDE
        address = address_of_own(posts, app_id) if app_id else None
        return Sentence(LOOK_AT_POST.text, {"address": address}) if address else LOOK_FROM_OUTSIDE

    def _names_a_privacy_policy(self) -> bool:
        app_id, token = self._app[0], "|".join(self._app)
        app = self._ask(token, lambda graph: graph.get_object(app_id, fields="id,privacy_policy_url"))
        return bool(app.get("privacy_policy_url"))

    def _ask(self, token: str, call: Callable[[Any], object]) -> dict[str, Any]:
        graph = self._graph(token)
        reply = ask(lambda: call(graph), "Facebook", self._clock.now())
        body = reply.json
        if reply.fine and isinstance(body, dict) and not body.get("error"):
            return body
        raise refused(reply, (token, self._user, *self._app))

    def _graph(self, token: str) -> Any:
        import facebook

        from occupier.wire.session import guarded_session

        session = guarded_session(now=self._clock.now, rewrite={SPOKEN_HOST: self._api_url})
        graph = facebook.GraphAPI(access_token=token, session=session)
        graph.version = self._version
        return graph


def _list(graph: Any, **asked: Any) -> object:
    return graph.get_connections("me", "accounts", **asked)
