"""The timeline page: one column per network, rendered here and kept fresh by a small script."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from string import Template

from occupier.sandbox import cards, labels
from occupier.sandbox.exchange import SAFE, Request, Response, html_response, json_response
from occupier.sandbox.model import PLATFORMS, SandboxPost
from occupier.sandbox.network import Routes
from occupier.sandbox.state import State

SHOWN = 100
STATIC = {
    "access.css": "text/css; charset=utf-8",
    "cards.css": "text/css; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "avatar.svg": "image/svg+xml",
}


class TimelinePage:
    """Answers the page itself, its data as JSON, and its static files."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._routes = Routes(
            ("GET", r"/", lambda request, _: self._page(request)),
            ("GET", r"/timeline\.json", lambda request, _: self._json()),
            ("GET", r"/static/([\w.]+)", lambda request, match: _static(match[1])),
        )

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        call = self._routes.find(request)
        if call is None:
            return html_response(404, "<!DOCTYPE html><title>404</title><h1>404</h1>", SAFE)
        with self._state.lock:
            return call()

    def _page(self, request: Request) -> Response:
        lang = labels.language(request.query, request.headers.get("accept-language", ""))
        now, columns = self._state.now(), [self._column(platform) for platform in PLATFORMS]
        headers = SAFE | {"ETag": self._etag(lang, columns, now), "Vary": "Accept-Language"}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(304, headers=headers)
        template = Template(_resource("page.html"))
        return html_response(200, template.substitute(self._values(lang, columns, now)), headers)

    def _etag(self, lang: str, columns: list[cards.Column], now: datetime) -> str:
        seen = [(len(column.cards), column.lagging) for column in columns]
        mark = repr((lang, self._state.base_url, self._state.changes, seen, f"{now:%Y%m%d%H%M}"))
        return f'"{hashlib.sha256(mark.encode()).hexdigest()[:24]}"'

    def _column(self, platform: str) -> cards.Column:
        now = self._state.now()
        posts = [p for p in reversed(self._state.posts) if p.platform == platform and not p.deleted]
        visible = [post for post in posts if post.visible_at <= now]
        return cards.Column(platform, [self._card(post) for post in visible[:SHOWN]], len(posts) - len(visible))

    def _card(self, post: SandboxPost) -> cards.Card:
        account = self._state.accounts[post.platform, post.account]
        return cards.Card(post, account, self._state.article_by_link(post.link))

    def _values(self, lang: str, columns: list[cards.Column], now: datetime) -> Mapping[str, object]:
        words = labels.LANGUAGES[lang]
        posts = [card for column in columns for card in column.cards]
        articles = list(reversed(self._state.articles))
        return {
            **words,
            "lang": lang,
            "other": "en" if lang == "fr" else "fr",
            "n_posts": len(posts),
            "n_strike": sum(cards.is_strike(card) for card in posts),
            "n_articles": len(articles),
            "posts": labels.counted(words, "posts", len(posts)),
            "articles": labels.counted(words, "articles", len(articles)),
            "columns": "".join(cards.column_section(column, words, now) for column in columns),
            "feed_items": "".join(cards.article_item(article, words, now) for article in articles[:SHOWN]),
        }

    def _json(self) -> Response:
        articles = [
            {"title": a.title, "link": a.link, "published_at": a.published_at.isoformat()}
            for a in reversed(self._state.articles)
        ]
        networks = [
            {
                "platform": p,
                "posts": [_plain(c) for c in self._column(p).cards],
                "lagging": self._column(p).lagging,
            }
            for p in PLATFORMS
        ]
        return json_response(200, {"networks": networks, "articles": articles}, SAFE)


def _plain(card: cards.Card) -> Mapping[str, object]:
    post = card.post
    return {
        "id": post.id,
        "account": card.account.display_name,
        "text": post.text,
        "link": post.link,
        "title": card.article.title if card.article else None,
        "strike": cards.is_strike(card),
        "public": post.public,
        "created_at": post.created_at.isoformat(),
    }


def _static(name: str) -> Response:
    if name not in STATIC:
        return html_response(404, "", SAFE)
    return Response(200, _resource(name).encode(), STATIC[name], SAFE)


def _resource(name: str) -> str:
    return files("occupier.sandbox").joinpath("static", name).read_text(encoding="utf-8")
