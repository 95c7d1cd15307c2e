"""`python -m occupier.sandbox`: print one line of JSON, then serve until SIGTERM."""

import argparse
import json

from occupier.domain.errors import UsageError
from occupier.sandbox.box import Sandbox
from occupier.sandbox.serving import serve


def main() -> None:
    """Serve the sandbox; the line printed holds `url`, `token` and `credentials`."""
    parser = argparse.ArgumentParser(prog="python -m occupier.sandbox")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--visible-after", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--ignore-keys", action="store_true")
    parser.add_argument("--unlimited", action="store_true", help="no rate limits")
    options = parser.parse_args()
    try:
        _serve(options)
    except UsageError as error:
        parser.exit(2, f"{error}\n")


def _serve(options: argparse.Namespace) -> None:
    serve(
        options.port,
        on_ready=_announce,
        visible_after=options.visible_after,
        ignore_keys=options.ignore_keys,
        unlimited=options.unlimited,
    )


def _announce(box: Sandbox) -> None:
    credentials = {platform: dict(secret) for platform, secret in box.credentials.items()}
    print(json.dumps({"url": box.url, "token": box.token, "credentials": credentials}), flush=True)


if __name__ == "__main__":
    main()
