"""The timeline page (to be)."""

from occupier.sandbox.state import State
from occupier.sandbox.wire import Request, Response, html_response


class TimelinePage:
    def __init__(self, state: State) -> None:
        self._state = state

    def answer(self, request: Request) -> Response:
        return html_response(404, "404")
