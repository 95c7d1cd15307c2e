"""The pages that a person sees while connecting an account: give access, copy a code, take access back."""

from collections.abc import Iterable, Mapping
from importlib.resources import files
from string import Template

from occupier.domain.setup import NETWORKS
from occupier.sandbox import labels
from occupier.sandbox.exchange import SAFE, Request, Response, html_response
from occupier.sandbox.markup import escaped
from occupier.sandbox.model import Account

#: These pages have a button; their forms go nowhere else.
SENDING = SAFE | {
    "Content-Security-Policy": SAFE["Content-Security-Policy"].replace("form-action 'none'", "form-action 'self'")
}


def words_for(request: Request) -> Mapping[str, str]:
    """Return the labels in the reader's language."""
    return labels.LANGUAGES[labels.language(request.query, request.headers.get("accept-language", ""))]


def consent(
    request: Request, accounts: Iterable[Account], app: str, rights: Iterable[str], hidden: Mapping[str, str]
) -> Response:
    """Ask whether an application may act for one of the accounts."""
    words = words_for(request)
    choices = "".join(
        f'<label><input type="radio" name="account" value="{escaped(one.id)}"{"" if number else " checked"}>'
        f"{escaped(one.display_name)} <span>@{escaped(one.name)}</span></label>"
        for number, one in enumerate(accounts)
    )
    kept = "".join(f'<input type="hidden" name="{escaped(k)}" value="{escaped(v)}">' for k, v in hidden.items())
    body = (
        f"<p>{words['access_ask'].format(app=f'<strong>{escaped(app)}</strong>')}</p>{_listed(rights)}"
        f'<form method="post" action="{escaped(request.path)}"><fieldset><legend>{words["access_as"]}</legend>{choices}'
        f"</fieldset>{kept}<button>{words['access_give']}</button></form>"
    )
    return _page(request, words["access_title"], body)


def code(request: Request, value: str) -> Response:
    """Show a code, or a PIN, for copying."""
    words = words_for(request)
    body = f'<p>{words["access_copy"]}</p><p><code class="code">{escaped(value)}</code></p>'
    return _page(request, words["access_title"], body)


def refusal(request: Request, said: str) -> Response:
    """Say in a page why nothing can be given."""
    return _page(request, words_for(request)["access_refused"], f"<p>{escaped(said)}</p>", 400)


def keys(request: Request, tables: Mapping[str, Mapping[str, str]]) -> Response:
    """Show what the networks' pages for developers would: keys to copy, good on this sandbox only."""
    words = words_for(request)
    body = f"<p>{words['keys_lead']}</p>" + "".join(
        f"<h2>{escaped(NETWORKS[platform])}</h2><dl>"
        + "".join(f"<dt>{escaped(name)}</dt><dd><code>{escaped(value)}</code></dd>" for name, value in table.items())
        + "</dl>"
        for platform, table in tables.items()
    )
    return _page(request, words["keys_title"], body)


def granted(request: Request, given: Iterable[tuple[int, str, str, str]]) -> Response:
    """Show who has access (number, platform, account, app), each with a button that takes it back."""
    words = words_for(request)
    rows = "".join(
        f"<li><span>{escaped(app)} · {escaped(NETWORKS[platform])} · {escaped(account)}</span>"
        f'<form method="post" action="{escaped(request.path)}"><input type="hidden" name="grant" value="{number}">'
        f"<button>{words['access_revoke']}</button></form></li>"
        for number, platform, account, app in given
    )
    body = f'<ul class="granted">{rows}</ul>' if rows else f"<p>{words['access_none']}</p>"
    return _page(request, words["access_given"], body)


def _listed(rights: Iterable[str]) -> str:
    items = "".join(f"<li><code>{escaped(right)}</code></li>" for right in rights)
    return f"<ul>{items}</ul>" if items else ""


def _page(request: Request, title: str, body: str, status: int = 200) -> Response:
    words = words_for(request)
    template = Template(files("occupier.sandbox").joinpath("static", "access.html").read_text(encoding="utf-8"))
    page = template.substitute(lang=words["lang"], banner=words["banner"], title=title, body=body)
    return html_response(status, page, SENDING)
