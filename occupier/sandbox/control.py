"""The sandbox's switches over HTTP, so that another process can drive it."""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from occupier.sandbox.exchange import Request, Response, json_response
from occupier.sandbox.faults import Fault
from occupier.sandbox.model import SeenRequest

if TYPE_CHECKING:
    from occupier.sandbox.box import Sandbox


class Control:
    """Answers /control/…; every call needs the header X-Sandbox-Token."""

    def __init__(self, box: "Sandbox") -> None:
        self._box = box
        self._calls: dict[tuple[str, str], Callable[[dict[str, Any]], object]] = {
            ("POST", "/control/fault"): self._fault,
            ("POST", "/control/clear"): self._clear,
            ("POST", "/control/publish"): self._publish,
            ("POST", "/control/accounts"): self._account,
            ("POST", "/control/announce"): self._announce,
            ("POST", "/control/edit"): lambda values: plain(self._box.edit(**values)),
            ("POST", "/control/delete"): lambda values: plain(self._box.remove(**values)),
            ("POST", "/control/answer"): lambda values: plain(self._box.answer(**values)),
            ("GET", "/control/posts"): lambda _: {"posts": [plain(post) for post in self._box.posts()]},
            ("GET", "/control/requests"): lambda _: {"requests": [_seen(seen) for seen in self._box.requests]},
        }

    def answer(self, request: Request) -> Response:
        """Answer one request; 403 without the token, 400 for what cannot be read."""
        if not self._allowed(request):
            return json_response(403, {"error": "the header X-Sandbox-Token is missing or wrong"})
        call = self._calls.get((request.method, request.path))
        if call is None:
            return json_response(404, {"error": "no such switch"})
        try:
            return json_response(200, call(dict(request.fields)))
        except (KeyError, TypeError, ValueError) as error:
            return json_response(400, {"error": str(error)})

    def _allowed(self, request: Request) -> bool:
        given = request.headers.get("x-sandbox-token", "")
        return secrets.compare_digest(given.encode(), self._box.token.encode())

    def _fault(self, values: dict[str, Any]) -> object:
        self._box.fault(str(values.pop("platform")), Fault.from_json(values))
        return {"ok": True}

    def _clear(self, values: dict[str, Any]) -> object:
        self._box.clear(values.get("platform"))
        return {"ok": True}

    def _publish(self, values: dict[str, Any]) -> object:
        if values.get("published_at"):
            values["published_at"] = datetime.fromisoformat(values["published_at"])
        return plain(self._box.publish(**values))

    def _announce(self, values: dict[str, Any]) -> object:
        if values.get("at"):
            values["at"] = datetime.fromisoformat(values["at"])
        return plain(self._box.announce(**values))

    def _account(self, values: dict[str, Any]) -> object:
        return dict(self._box.add_account(str(values["platform"]), str(values["name"])))


def _seen(seen: SeenRequest) -> Mapping[str, object]:
    return {"method": seen.method, "path": seen.path, "at": seen.at.isoformat()}


def plain(record: Any) -> Mapping[str, object]:  # noqa: ANN401 - any of the sandbox's dataclasses
    """Turn a record into what JSON can hold; times in ISO 8601."""
    values: Mapping[str, object] = json.loads(json.dumps(asdict(record), default=datetime.isoformat))
    return values
