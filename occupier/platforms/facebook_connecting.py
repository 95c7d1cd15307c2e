"""Connecting a Facebook page, through facebook-sdk: a person's token, then one of the pages that it leads to.

Source: developers.facebook.com/docs/facebook-login/guides/access-tokens (get-long-lived),
/docs/graph-api/reference (user/accounts, user/permissions, debug_token, application), /docs/pages-api.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from occupier.domain.connecting import Connected, PageChoice
from occupier.domain.errors import NetworkError, Sentence, UsageError
from occupier.domain.ports import Clock
from occupier.platforms.facebook import SPOKEN_HOST
from occupier.platforms.plain import count
from occupier.wire.replies import Reply, ask

API_VERSION = "v26.0"
RIGHTS = ("pages_show_list", "pages_read_engagement", "pages_manage_posts")
"""Listing the pages; reading their posts again; publishing and deleting."""
PAGE_FIELDS = "id,name,link,access_token,tasks,followers_count"
PAGES = 100
MOST_LISTS = 5
SOON = timedelta(days=3)
"""Keys that end within this time are not for a strike."""

UNPUBLISHED = Sentence("This page is not published: only its own team sees what is posted there.")
NOT_ALLOWED = Sentence(
    "On this page, the person who made the token may not publish: somebody who manages it must give them that right."
)
NO_PRIVACY_POLICY = Sentence(
    "This app cannot be in Live mode yet, for it names no privacy policy: what it posts is seen by the app's own team "
    "only. Give it one under App settings, Basic, and switch it to Live."
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
        self._user = self._lasting(token) if self._app[0] else token
        self._require_rights()
        found = tuple(self._listed())
        if not found:
            raise NetworkError(
                "This token leads to no page: generate it again in the Graph API Explorer, and tick the page in the "
                "window that opens."
            )
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
        known, expires_at = self._lifetime(choice.access_token)
        notes = (
            () if choice.can_publish else (NOT_ALLOWED,),
            (UNPUBLISHED,) if page.get("is_published") is False else (),
            self._ending(known, expires_at),
            (self._visibility(),),
        )
        return Connected(
            "facebook",
            {"access_token": choice.access_token},
            self._settings(choice.id),
            str(page.get("link") or choice.id),
            str(page.get("name") or choice.name),
            count(page.get("followers_count")),
            expires_at,
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
        granted = {str(one.get("permission")) for one in _entries(body) if one.get("status") == "granted"}
        missing = [right for right in RIGHTS if right not in granted]
        if missing:
            raise NetworkError(
                "This token lacks rights: in the Graph API Explorer add {rights}, and generate it again.",
                rights=", ".join(missing),
            )

    def _listed(self) -> list[PageChoice]:
        found: dict[str, PageChoice] = {}
        more: dict[str, Any] = {"fields": PAGE_FIELDS, "limit": PAGES}
        for _ in range(MOST_LISTS):
            body = self._ask(self._user, partial(_list, **more))
            found |= {page.id: page for page in map(_choice, _entries(body)) if page.id}
            paging = body.get("paging") or {}
            after = (paging.get("cursors") or {}).get("after") if paging.get("next") else None
            if not after:
                break
            more["after"] = after
        return list(found.values())

    def _lifetime(self, token: str) -> tuple[bool, datetime | None]:
        """Return whether it could be known, and when the token ends; Facebook writes 0 for never."""
        try:
            if self._app[0]:
                body = self._ask(token, lambda graph: graph.debug_access_token(token, *self._app))
            else:
                body = self._ask(self._user, lambda graph: graph.get_object("debug_token", input_token=token))
        except NetworkError:
            return False, None
        data = body.get("data")
        ends = data.get("expires_at") if isinstance(data, dict) else None
        if not isinstance(ends, int) or isinstance(ends, bool) or not 0 <= ends < 2**33:
            return False, None
        return True, datetime.fromtimestamp(ends, UTC) if ends else None

    def _ending(self, known: bool, expires_at: datetime | None) -> tuple[Sentence, ...]:
        if expires_at is not None and expires_at < self._clock.now() + SOON:
            return (Sentence(ENDS_SOON.text, {"when": expires_at}),)
        return () if known or self._app[0] else (UNKNOWN_END,)

    def _visibility(self) -> Sentence:
        """Say what can be known of the app's mode: the API does not tell it, but Live needs a privacy policy."""
        if not self._app[0]:
            return LOOK_FROM_OUTSIDE
        app_id = self._app[0]
        try:
            app = self._ask("|".join(self._app), lambda graph: graph.get_object(
                app_id, fields="id,name,privacy_policy_url"))  # fmt: skip
        except NetworkError:
            return LOOK_FROM_OUTSIDE
        return LOOK_FROM_OUTSIDE if app.get("privacy_policy_url") else NO_PRIVACY_POLICY

    def _ask(self, token: str, call: Callable[[Any], object]) -> dict[str, Any]:
        graph = self._graph(token)
        reply = ask(lambda: call(graph), "Facebook", self._clock.now())
        body = reply.json
        if reply.fine and isinstance(body, dict) and not body.get("error"):
            return body
        raise _refused(reply, (token, self._user, *self._app))

    def _graph(self, token: str) -> Any:
        import facebook

        from occupier.wire.session import guarded_session

        session = guarded_session(now=self._clock.now, rewrite={SPOKEN_HOST: self._api_url})
        graph = facebook.GraphAPI(access_token=token, session=session)
        graph.version = self._version
        return graph


def _list(graph: Any, **asked: Any) -> object:
    return graph.get_connections("me", "accounts", **asked)


def _entries(body: dict[str, Any]) -> list[dict[str, Any]]:
    listed = body.get("data")
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def _choice(page: dict[str, Any]) -> PageChoice:
    tasks = page.get("tasks")
    return PageChoice(
        id=str(page.get("id") or ""),
        name=str(page.get("name") or ""),
        link=page.get("link") if isinstance(page.get("link"), str) else None,
        followers=count(page.get("followers_count")),
        can_publish=not isinstance(tasks, list) or "CREATE_CONTENT" in tasks,
        access_token=str(page.get("access_token") or ""),
    )


def _refused(reply: Reply, secrets: tuple[str, ...]) -> NetworkError:
    error = reply.json.get("error") if isinstance(reply.json, dict) else None
    error = error if isinstance(error, dict) else {}
    code, said = error.get("code"), str(error.get("message") or "")
    if code in (1, 101) and ("client secret" in said or "application" in said):
        return NetworkError(
            "Facebook does not know this app's number and secret: copy both again (App settings, Basic)."
        )
    if code == 190:
        return NetworkError(
            "Facebook does not accept this token any more: generate a new one in the Graph API Explorer, and paste it "
            "within the hour."
        )
    if code == 100 and "(accounts)" in said or "(permissions)" in said:
        return NetworkError(
            "This is the token of a page or of an app, not of a person: in the Graph API Explorer choose “User Token”."
        )
    return NetworkError(
        "Facebook refuses (HTTP {status}): {excerpt}",
        status=reply.status,
        excerpt=Reply(reply.status, {}, said.encode() or reply.body).said([s for s in secrets if s]),
    )
