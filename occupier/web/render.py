"""Pages: Jinja templates, in the visitor's language, with nothing that a feed wrote taken for markup."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from occupier.speech import (
    countdown,
    duration,
    end_moment,
    full_day,
    gettext,
    group_words,
    handed_words,
    moment,
    network_name,
    ngettext,
    place_name,
    reason_words,
    say,
    short_time,
    state_words,
)
from occupier.speech.figures import in_figures
from occupier.web.forms import back_of, form_of
from occupier.web.sessions import house_of, visit_of


def page(request: Request, template: str, *, code: int = 200, **values: object) -> Response:
    """Render a template for this visitor; `code` is the status of the answer.

    Besides `values` a template has `_` and `ngettext` (their fields are given as arguments and escaped), `csrf`,
    `may_read`, `may_write`, `logged_in`, `language`, `languages` (addresses of this page by language), `notices`
    (sentences to show once), `path`, `now` (aware), `zone`, and, in that zone and language, `moment(at)`,
    `end_moment(at)`, `short_time(at)`, `countdown(at)`, `duration(length)`, `state_words(state, …)`,
    `reason_words(reason, platform)`, `group_words(group)`, `handed_words(account)`, `network_name(platform)`,
    `place_name(account)`, `in_figures(number)`, `full_day(date)` and `say(sentence)`.
    """
    text = environment().get_template(template).render(_of_request(request) | values)
    return HTMLResponse(text, code)


def _of_request(request: Request) -> dict[str, Any]:
    house, visit = house_of(request), visit_of(request)
    zone, now = house.live.setup().zone, house.clock.now()
    return {
        "csrf": visit.csrf,
        "may_read": visit.may_read,
        "may_write": visit.may_write,
        "logged_in": visit.logged_in,
        "language": visit.language,
        "languages": {language: _in_language(request, language) for language in ("fr", "en")},
        "notices": request.app.state.sessions.notices(visit.key),
        "path": request.url.path,
        "now": now,
        **_spoken(zone, now),
    }


def _spoken(zone: ZoneInfo, now: datetime) -> Mapping[str, object]:
    return {
        "zone": zone,
        "moment": partial(moment, zone=zone),
        "end_moment": partial(end_moment, zone=zone),
        "short_time": partial(short_time, zone=zone),
        "countdown": partial(countdown, now=now),
        "state_words": partial(state_words, zone=zone),
        "say": partial(say, zone=zone),
    }


def _in_language(request: Request, language: str) -> str:
    if request.method == "POST":  # what answers a form has no address of its own
        path, _, query = back_of(form_of(request)).partition("?")
        return f"{path}?{urlencode([*parse_qsl(query), ('lang', language)])}"
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return f"{request.url.path}?{urlencode([*asked, ('lang', language)])}"


@cache
def environment() -> Environment:
    """Return the templates' environment: everything is escaped, and a name that is missing is an error."""
    made = Environment(
        loader=PackageLoader("occupier.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        _=_translated,
        ngettext=_counted,
        duration=duration,
        reason_words=reason_words,
        group_words=group_words,
        handed_words=handed_words,
        network_name=network_name,
        place_name=place_name,
        in_figures=in_figures,
        full_day=full_day,
    )
    return made


def _translated(text: str, **values: object) -> Markup:
    return Markup(escape(gettext(text))).format(**values)


def _counted(one: str, many: str, n: int, **values: object) -> Markup:
    return Markup(escape(ngettext(one, many, n))).format(n=n, **values)
