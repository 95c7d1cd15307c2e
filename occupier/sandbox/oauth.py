"""OAuth 1.0a signatures, verified as X does (RFC 5849, HMAC-SHA1)."""

from dataclasses import dataclass, field
from typing import Any

from occupier.sandbox.exchange import Request


@dataclass(frozen=True)
class _Signed:
    uri: str
    http_method: str
    params: list[tuple[str, str]]
    signature: str


@dataclass(frozen=True)
class Secrets:
    """What a request is signed with: the app's two keys, and the secret of the token; "" before there is one."""

    consumer_key: str
    consumer_secret: str = field(repr=False)
    token_secret: str = field(default="", repr=False)


def parameters(request: Request) -> dict[str, str]:
    """Return the oauth_* parameters of the Authorization header; empty when there are none."""
    from oauthlib.oauth1.rfc5849.utils import parse_authorization_header

    header = request.headers.get("authorization", "")
    if not header.lower().startswith("oauth "):
        return {}
    try:
        return dict(parse_authorization_header(header))
    except ValueError:
        return {}


def verified(request: Request, secrets: Secrets, given: dict[str, str]) -> bool:
    """Tell whether the signature covers this request, made with these secrets."""
    from oauthlib.oauth1.rfc5849 import signature

    if given.get("oauth_consumer_key") != secrets.consumer_key:
        return False
    signed = _Signed(request.url, request.method, _covered(request), _signature(given))
    return bool(signature.verify_hmac_sha1(signed, secrets.consumer_secret, secrets.token_secret))


def _covered(request: Request) -> list[tuple[str, str]]:
    from oauthlib.oauth1.rfc5849.signature import collect_parameters

    query = request.target.partition("?")[2]
    form = "form-urlencoded" in request.headers.get("content-type", "")
    body: Any = request.body.decode("utf-8", "replace") if form else []
    headers = {"Authorization": request.headers.get("authorization", "")}
    return list(collect_parameters(uri_query=query, body=body, headers=headers))


def _signature(given: dict[str, str]) -> str:
    from oauthlib.oauth1.rfc5849.utils import unescape

    return str(unescape(given.get("oauth_signature", "")))
