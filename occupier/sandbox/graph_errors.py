"""The Graph API's errors.

Source: developers.facebook.com/docs/graph-api/guides/error-handling.
"""

import secrets
from collections.abc import Mapping

from occupier.sandbox.exchange import Request, Response, json_response

MESSAGES = {
    1: "An unknown error occurred",
    2: "An unexpected error has occurred. Please retry your request later.",
    4: "(#4) Application request limit reached",
    10: "(#10) This endpoint requires the 'pages_manage_posts' permission",
    17: "(#17) User request limit reached",
    32: "(#32) Page request limit reached",
    104: "An access token is required to request this resource.",
    190: "Invalid OAuth access token - Cannot parse access token",
    200: "(#200) If posting to a page, requires both pages_read_engagement and pages_manage_posts as an "
    "admin with sufficient administrative permission",
    368: "The action attempted has been deemed abusive or is otherwise disallowed",
    506: "Duplicate status message",
    2635: "(#2635) You are calling a deprecated version of the API. Please update to the latest version.",
}


def graph_error(
    code: int,
    message: str | None = None,
    *,
    status: int = 400,
    error_subcode: int | None = None,
    extra: Mapping[str, object] | None = None,
) -> Response:
    """Make the Graph API's error object."""
    error: dict[str, object] = {
        "message": message or MESSAGES.get(code, f"(#{code}) Error"),
        "type": "OAuthException",
    }
    if code in (1, 2, 4, 17, 32):
        error["is_transient"] = True
    error["code"] = code
    if error_subcode is not None:
        error["error_subcode"] = error_subcode
    return json_response(status, {"error": {**error, **(extra or {}), "fbtrace_id": f"A{secrets.token_urlsafe(16)}"}})


def unsupported(request: Request) -> Response:
    """Say that there is no such object, or not for this token."""
    asked = request.path.rpartition("/")[2]
    words = (
        f"Unsupported {request.method.lower()} request. Object with ID '{asked}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation. Please read the "
        "Graph API documentation at https://developers.facebook.com/docs/graph-api"
    )
    error = {"message": words, "type": "GraphMethodException", "code": 100, "error_subcode": 33}
    return json_response(400, {"error": error | {"fbtrace_id": f"A{secrets.token_urlsafe(16)}"}})
