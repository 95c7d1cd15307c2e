"""A person's word: pause, resume, end, resolve, done, release, drop. The services do it, then a page tells."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from occupier.domain.action import Action
from occupier.domain.errors import UnknownName, UsageError
from occupier.settings.addresses import read_web_address
from occupier.settings.context import Context
from occupier.settings.value import Value
from occupier.speech import gettext as _
from occupier.speech import ngettext, state_words
from occupier.web.forms import back_of, form_of
from occupier.web.render import page
from occupier.web.sessions import house_of, notify


def pause(request: Request) -> Response:
    """Stop one account, or all."""
    account = _account(request)
    calls = house_of(request).controlling.pause(account)
    notify(request, _("{account} is paused.").format(account=account) if account else _("Everything is paused."))
    if calls:
        text = ngettext("{n} call is under way and may still go out.", "{n} calls are under way and may still go out.",
                        len(calls))  # fmt: skip
        notify(request, text.format(n=len(calls)))
    return _back(request)


def resume(request: Request) -> Response:
    """Let one account, or all, go on."""
    house, account = house_of(request), _account(request)
    resumed = house.controlling.resume(account)
    if resumed.lifted:
        notify(request, _("{account} goes on.").format(account=account) if account else _("Everything goes on."))
    elif not resumed.remaining:
        notify(request, _("Nothing was paused."))
    if resumed.remaining or house.store.pause_file.exists():
        notify(request, _("Something else still stops it: see below."))
    return _back(request)


def end(request: Request) -> Response:
    """End a strike, once that was confirmed."""
    name = request.path_params["name"]
    if form_of(request).get("confirmed") != "yes":
        question = _("End the strike “{name}” now?").format(name=_known_strike(request, name))
        told = _("No strike post leaves any more, and what waited under it is not posted. This cannot be undone.")
        return _confirm(request, question, told, _("End it now"))
    ended = house_of(request).striking.end(name)
    notify(request, _("The strike “{name}” is over: no strike post leaves any more.").format(name=ended.name))
    return _back(request)


def resolve(request: Request) -> Response:
    """Take the answer about an uncertain post: “je le vois”, with its address, or “je ne le vois pas”."""
    form = form_of(request)
    if form.get("seen") not in ("yes", "no"):
        raise UsageError("Say whether you see the post: yes or no.")
    url = _post_address(request, form.get("url", "")) if form["seen"] == "yes" else None
    return _told(request, house_of(request).answering.resolve(_id(request), url))


def done(request: Request) -> Response:
    """Take a person's word about what they were to post by hand, with its address where they have it."""
    form = form_of(request)
    if form.get("posted") not in ("yes", "no"):
        raise UsageError("Say whether you posted it: yes or no.")
    is_posted = form["posted"] == "yes"
    url = _post_address(request, form["url"]) if is_posted and form.get("url", "").strip() else None
    return _told(request, house_of(request).answering.done(_id(request), url, is_posted=is_posted))


def release(request: Request) -> Response:
    """Let a post on hold go, or try again one that was refused or given up."""
    return _told(request, house_of(request).controlling.release(_id(request)))


def drop(request: Request) -> Response:
    """Leave a post on hold unposted, once that was confirmed."""
    if form_of(request).get("confirmed") != "yes":
        question = _("Leave the post {id} unposted?").format(id=_id(request))
        told = _("The log will say that it was decided so. This cannot be undone.")
        return _confirm(request, question, told, _("Leave it unposted"))
    return _told(request, house_of(request).controlling.drop(_id(request)))


def _account(request: Request) -> str | None:
    account = form_of(request).get("account", "")
    return None if account in ("", "all") else account


def _known_strike(request: Request, name: str) -> str:
    with house_of(request).store.reading() as tx:
        return tx.strikes.get(name).name


def _post_address(request: Request, typed: str) -> str:
    house = house_of(request)
    context = Context(house.store.path.parent, {}, house.clock.now())
    url = read_web_address(Value(typed, _("The post's address"), context))
    return urlsplit(url)._replace(fragment="").geturl()


def _id(request: Request) -> int:
    typed: str = request.path_params["id"]
    if typed.isascii() and typed.isdigit() and len(typed) <= 18:
        return int(typed)
    raise UnknownName("“{id}” is not the number of a post.", id=typed)


def _told(request: Request, action: Action) -> Response:
    """Say how the post stands now."""
    house = house_of(request)
    with house.store.reading() as tx:
        target = next(t for t in tx.targets.all() if t.id == action.target_id)
    words = state_words(
        action.state,
        zone=house.live.setup().zone,
        due_at=action.due_at,
        attempts=action.attempts,
        platform=target.platform,
        reason=action.reason,
        verb=action.verb,
        purpose=action.purpose,
        replaced=action.replaced,
    )
    notify(request, _("Post {id} on {account}: {state}").format(id=action.id, account=target.name, state=words))
    return _back(request)


def _confirm(request: Request, question: str, told: str, yes: str) -> Response:
    return page(request, "confirm.html", question=question, told=told, yes=yes, back=back_of(form_of(request)))


def _back(request: Request) -> Response:
    return RedirectResponse(back_of(form_of(request)), 303)


ACTIONS = [
    Route("/pause", pause, methods=["POST"], name="pause"),
    Route("/resume", resume, methods=["POST"], name="resume"),
    Route("/strikes/{name}/end", end, methods=["POST"], name="end"),
    Route("/actions/{id}/resolve", resolve, methods=["POST"], name="resolve"),
    Route("/actions/{id}/done", done, methods=["POST"], name="done"),
    Route("/actions/{id}/release", release, methods=["POST"], name="release"),
    Route("/actions/{id}/drop", drop, methods=["POST"], name="drop"),
]
"""Every form has `csrf`, and may have `back`, the path of ours to come back to. `pause` and `resume`: `account` (all
without). `resolve`: `seen` (yes or no) and, with yes, `url`. `done`: `posted` (yes or no), and `url` or none. `end` and
`drop` ask again first."""
