"""The sandbox's newsroom: feeds in RSS 2.0 and the pages of their articles."""

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from html import escape

from occupier.sandbox.exchange import SAFE, Request, Response, html_response, http_date
from occupier.sandbox.faults import Fault
from occupier.sandbox.model import Account, SandboxArticle
from occupier.sandbox.network import Routes
from occupier.sandbox.state import NEWSROOM, State

FEED_LENGTH = 50
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Newsroom:
    """Serves /feeds/<name>.xml and /articles/<n>; its faults go by the platform "feeds"."""

    platform = "feeds"

    def __init__(self, state: State) -> None:
        self._state = state
        self._routes = Routes(("GET", r"/feeds/([\w-]+)\.xml", self._feed), ("GET", r"/articles/(\d+)", self._article))

    def publish(
        self,
        feed: str,
        title: str,
        summary: str,
        categories: Sequence[str],
        published_at: datetime | None,
        guid: str | None,
        link: str | None,
    ) -> SandboxArticle:
        """Add an article at the top of a feed; dated now by default."""
        with self._state.lock:
            number = len(self._state.articles) + 1
            link = link if link is not None else f"{self._state.base_url}/articles/{number}"
            now = self._state.now()
            article = SandboxArticle(
                number, feed, guid or link, link, title, summary, tuple(categories), published_at or now
            )
            self._state.articles.append(article)
            self._state.feeds[feed] = now
            self._state.changes += 1
            return article

    def identify(self, request: Request) -> Account | None:
        """A feed is read by anybody."""
        return None

    def answer(self, request: Request) -> Response:
        """Answer one request."""
        call = self._routes.find(request)
        return call() if call else _not_found()

    def problem(self, fault: Fault) -> Response:
        """Fail as a web server does."""
        return html_response(fault.status, f"<h1>{fault.status}</h1>", fault.retry_headers)

    def error_inside(self) -> Response:
        """Answer 200 with a page that is no feed."""
        return html_response(200, "<!DOCTYPE html><h1>Maintenance</h1>")

    def without_id(self) -> Response:
        """Answer with a feed that is empty."""
        return Response(200, b"", "application/rss+xml; charset=utf-8")

    def _feed(self, request: Request, match: re.Match[str]) -> Response:
        name = match[1]
        if name not in self._state.feeds:
            return _not_found()
        body = self._rss(name).encode()
        headers = {
            "ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            "Last-Modified": http_date(self._state.feeds[name]),
            "Cache-Control": "no-cache",
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(304, headers=headers)
        return Response(200, body, "application/rss+xml; charset=utf-8", headers)

    def _rss(self, name: str) -> str:
        mine = [article for article in reversed(self._state.articles) if article.feed == name]
        base = self._state.base_url
        items = "".join(_item(article) for article in mine[:FEED_LENGTH])
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>\n'
            f"<title>{NEWSROOM}</title><link>{base}/</link><description>{xml(name)}</description>"
            f"<language>fr</language>\n{items}</channel></rss>\n"
        )

    def _article(self, request: Request, match: re.Match[str]) -> Response:
        number = int(match[1])
        if not 1 <= number <= len(self._state.articles):
            return _not_found()
        article = self._state.articles[number - 1]
        page = (
            '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<link rel="stylesheet" href="/static/page.css"><title>{xml(article.title)}</title></head>'
            f'<body class="article"><main><p class="paper">{NEWSROOM}</p><h1>{xml(article.title)}</h1>'
            f"<p>{xml(article.summary)}</p></main></body></html>"
        )
        return html_response(200, page, SAFE)


def xml(text: str) -> str:
    """Escape a text for XML and HTML, without the characters that XML cannot hold."""
    return escape(_CONTROLS.sub("", text))


def _item(article: SandboxArticle) -> str:
    permalink = "true" if article.guid == article.link else "false"
    categories = "".join(f"<category>{xml(category)}</category>" for category in article.categories)
    return (
        f"<item><title>{xml(article.title)}</title><link>{xml(article.link)}</link>"
        f'<guid isPermaLink="{permalink}">{xml(article.guid)}</guid>'
        f"<description>{xml(article.summary)}</description>{categories}"
        f"<pubDate>{http_date(article.published_at)}</pubDate></item>\n"
    )


def _not_found() -> Response:
    return html_response(404, "<!DOCTYPE html><title>404</title><h1>404</h1>")
