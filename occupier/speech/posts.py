"""Posts as people read them on a screen: text, and what the network sets beside it."""

from __future__ import annotations

from occupier.domain.action import Payload
from occupier.speech import gettext as _


def link_note(post: Payload) -> str:
    """Say where the link of a post is that its text does not hold (Facebook); empty where it does, or has none."""
    return _("(the link is attached below)") if post.link and post.link not in post.text else ""
