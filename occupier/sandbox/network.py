"""What the three networks have in common: a way in, and the faults that hit it."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol

from occupier.sandbox.exchange import Delivery, Request, Response, html_response
from occupier.sandbox.faults import DELAYS, TROUBLES, Fault, FaultKind
from occupier.sandbox.model import Account
from occupier.sandbox.state import State

Handler = Callable[[Request, re.Match[str]], Response]
REFUSALS = frozenset({FaultKind.CREDITS, FaultKind.PERMISSION, FaultKind.AUTOMATION})
GATEWAY_PAGE = (
    "<!DOCTYPE html><html><head><title>{status}</title></head>"
    "<body><center><h1>{status}</h1></center><hr><center>nginx</center></body></html>"
)


class Network(Protocol):
    """One network's API, as far as the project uses it."""

    platform: str

    def identify(self, request: Request) -> Account | None:
        """Tell whose token a request carries, without checking it further."""

    def answer(self, request: Request) -> Response:
        """Answer a request; called under the state's lock."""

    def problem(self, fault: Fault) -> Response:
        """Say a fault in the network's own words."""

    def error_inside(self) -> Response:
        """Answer 200 with an error in the body."""

    def without_id(self) -> Response:
        """Answer with success and no id."""


class Routes:
    """A small router: the first route whose method and whole path match."""

    def __init__(self, *routes: tuple[str, str, Handler]) -> None:
        self._routes = [(method, re.compile(pattern), handler) for method, pattern, handler in routes]

    def find(self, request: Request) -> Callable[[], Response] | None:
        """Return the call that answers the request, or None when there is no such place."""
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match and method == request.method:
                return partial(handler, request, match)
        return None


class FaultyGate:
    """Lets requests through to a network, with the faults that are switched on for it."""

    def __init__(self, network: Network, state: State, pause: Callable[[float], object]) -> None:
        self._network = network
        self._state = state
        self._pause = pause

    def answer(self, request: Request) -> Response:
        """Answer a request, as well or as badly as the faults want."""
        delay, trouble = self._take(request)
        if delay and delay.kind is FaultKind.SLOW and not delay.after:
            self._pause(delay.seconds)
        response = self._troubled(request, trouble) if trouble else self._plain(request)
        if delay and delay.kind is FaultKind.SLOW and delay.after:
            self._pause(delay.seconds)
        if delay and delay.kind is FaultKind.DRIP:
            response = replace(response, delivery=Delivery.DRIP, pace=delay.seconds)
        return self._skewed(response)

    def _take(self, request: Request) -> tuple[Fault | None, Fault | None]:
        account = self._network.identify(request)
        account_id = account.id if account else None
        book, platform, verb = self._state.faults, self._network.platform, request.verb
        return (
            book.take(platform, account_id, verb, DELAYS),
            book.take(platform, account_id, verb, TROUBLES),
        )

    def _plain(self, request: Request) -> Response:
        with self._state.lock:
            return self._network.answer(request)

    def _troubled(self, request: Request, fault: Fault) -> Response:
        accepted = (fault.after and fault.kind not in REFUSALS) or fault.kind is FaultKind.TRUNCATED
        answer = self._plain(request) if accepted else Response(200)
        return self._spoilt(answer, fault)

    def _spoilt(self, answer: Response, fault: Fault) -> Response:
        match fault.kind:
            case FaultKind.CLOSED | FaultKind.RESET | FaultKind.TRUNCATED:
                return replace(answer, delivery=Delivery(fault.kind.value))
            case FaultKind.REDIRECT:
                return Response(307, headers={"Location": fault.location or self._elsewhere()})
            case FaultKind.ERROR_INSIDE:
                return self._network.error_inside()
            case FaultKind.NO_ID:
                return self._network.without_id()
            case FaultKind.STATUS if fault.body != "json":
                page = GATEWAY_PAGE.format(status=fault.status) if fault.body == "html" else ""
                return html_response(fault.status, page, fault.retry_headers)
            case _:
                return self._network.problem(fault)

    def _elsewhere(self) -> str:
        return self._state.base_url.replace("127.0.0.1", "localhost") + "/elsewhere"

    def _skewed(self, response: Response) -> Response:
        skew = self._state.faults.standing(FaultKind.CLOCK_SKEW, self._network.platform, None)
        return replace(response, skew=skew.seconds) if skew else response
