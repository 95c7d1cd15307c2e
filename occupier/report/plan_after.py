"""How it is stopped, what follows, what is kept, and the vote."""

from __future__ import annotations

from collections.abc import Iterator

from occupier.domain.connecting import revoking
from occupier.domain.plan import Plan
from occupier.domain.stopping import how_to_stop
from occupier.domain.strike import a_year_after
from occupier.report.document import Block, Paragraph
from occupier.report.sheet import Vote
from occupier.speech import clean_line, full_day, language, moment, network_name, say
from occupier.speech import gettext as _


def stopping(plan: Plan) -> Iterator[Block]:
    """Yield how anybody of the newsroom stops everything."""
    yield Paragraph(_("Anyone of the newsroom may, without asking. A tragedy: stop first, talk afterwards."))
    yield Paragraph(say(how_to_stop(plan.setup), plan.zone))


def after(plan: Plan) -> Iterator[Block]:
    """Yield what happens when it is over."""
    yield Paragraph(
        _("The usual tool goes on from then, not from its queue. The newsroom gets the list of what was not announced.")
    )
    places: dict[str, list[str]] = {}
    for account in (planned.account for planned in plan.accounts if planned.account.has_keys):
        networks = places.setdefault(revoking(account.platform, account.host), [])
        if network_name(account.platform) not in networks:
            networks.append(network_name(account.platform))
    if places:
        said = (f"{', '.join(networks)} ({clean_line(place)})" for place, networks in places.items())
        yield Paragraph(_("The accesses are taken away: {places}").format(places=", ".join(said)), quiet=True)


def remains(plan: Plan, blank: str) -> Iterator[Block]:
    """Yield what the register keeps, with whom and until when."""
    day = plan.strike.destroy_on or a_year_after(plan.strike.ends_at, plan.zone)
    yield Paragraph(_("A register of acts: texts, addresses, hours. No name, no machine."))
    text = _("Kept by {blank} until {day}, then destroyed.")
    yield Paragraph(text.format(blank=blank, day=full_day(day)))


def vote(plan: Plan, blank: str) -> Iterator[Block | Vote]:
    """Yield the box that is filled in by hand, with the fingerprint."""
    text = _("The page “risks and rights” ({page}) was read aloud, and discussed: {blank}")
    yield Paragraph(text.format(page=f"docs/{'fr/risques' if language() == 'fr' else 'en/risks'}.md", blank=blank))
    lines = [_("For: {blank}"), _("Against: {blank}"), _("Abstention: {blank}")]
    yield Vote(
        lines=[line.format(blank=blank) for line in lines],
        label=_("Fingerprint of the plan"),
        fingerprint=plan.voted.fingerprint[:8],
        remark=_sealed(plan),
    )


def _sealed(plan: Plan) -> str:
    if plan.seal is None:
        text = _("Not sealed yet. After the vote: occupier plan {name} --seal")
        return text.format(name=clean_line(plan.strike.name))
    if plan.differs:
        return _("Another plan is sealed: {seal}.").format(seal=plan.seal.short)
    return _("Sealed {at}.").format(at=moment(plan.seal.sealed_at, plan.zone))
