"""What waits behind a pause: shown, and asked about, before it leaves."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from occupier.bootstrap import House
from occupier.cli.asking import is_agreed
from occupier.cli.session import Session
from occupier.services.deeds.controlling import Behind
from occupier.speech import clean_line, ngettext
from occupier.speech import gettext as _


def is_let_go(session: Session, house: House, account: str | None, *, agreed: bool) -> bool:
    """Show what leaves once the pause is lifted; on a terminal, return whether it is to leave."""
    behind = [] if house.store.pause_file.exists() else house.controlling.behind(account)
    if not behind:
        return True
    for line in _lines(behind):
        session.tell(line)
    if agreed or not sys.stdin.isatty():
        return True
    if is_agreed(_("Let them go now? [yes/no]")):
        return True
    session.say(_("Nothing was changed: the pause stands."))
    return False


def _lines(behind: Sequence[Behind]) -> list[str]:
    count = ngettext(
        "{n} post leaves as soon as the pause is lifted:",
        "{n} posts leave as soon as the pause is lifted:",
        len(behind),
    ).format(n=len(behind))
    rows = [f"  {one.action.id}  {one.account}  {clean_line(one.title)}" for one in behind]
    one = behind[0].action.id
    return [count, *rows, _("To leave one out, by its number: {command}").format(command=f"occupier drop {one}")]
