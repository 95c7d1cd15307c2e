"""A person at a browser who gives an application access on the sandbox, and copies the code that is shown."""

from __future__ import annotations

import html
import re

import requests


def give_access(address: str, account: str | None = None) -> str:
    """Open the address, press the button for an account (the first by default) and return the code shown."""
    page = requests.get(address, timeout=10)
    assert page.status_code == 200, page.text
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    form = {html.unescape(name): html.unescape(value) for name, value in hidden}
    form["account"] = account or re.findall(r'name="account" value="([^"]+)"', page.text)[0]
    shown = requests.post(address.partition("?")[0], data=form, timeout=10)
    return html.unescape(re.findall(r'<code class="code">([^<]+)</code>', shown.text)[0])
