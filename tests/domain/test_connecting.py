"""Where access is taken away, and what a connected account does not show."""

import pytest

from occupier.domain.connecting import Connected, PageChoice, revoking


@pytest.mark.parametrize(
    ("platform", "host", "address"),
    [
        ("mastodon", "piaille.fr", "https://piaille.fr/oauth/authorized_applications"),
        ("x", "api.twitter.com", "https://x.com/settings/connected_apps"),
        ("facebook", "graph.facebook.com", "https://www.facebook.com/settings/?tab=business_tools"),
        ("mastodon", "127.0.0.1:8000", "http://127.0.0.1:8000/oauth/authorized_applications"),
        ("x", "127.0.0.1:8000", "http://127.0.0.1:8000/oauth/authorized_applications"),
        ("facebook", "localhost", "http://localhost/oauth/authorized_applications"),
        ("facebook", "[::1]:80", "http://[::1]:80/oauth/authorized_applications"),
        ("mastodon", "[::1]", "http://[::1]/oauth/authorized_applications"),
    ],
)
def test_every_network_has_an_address_where_access_ends(platform: str, host: str, address: str) -> None:
    assert revoking(platform, host) == address


def test_what_is_connected_shows_no_secret() -> None:
    connected = Connected("x", {"access_token": "canary"}, {}, "@courrier", "Le Courrier")
    assert "canary" not in repr(connected)
    assert "canary" not in repr(PageChoice("1", "Le Courrier", access_token="canary"))
