"""What the page that an assembly votes on says, in the language in force: twelve points, in the order of a debate."""

from __future__ import annotations

from collections.abc import Iterator

from occupier.domain.plan import Plan
from occupier.domain.setup import Account, Poster
from occupier.domain.strike import LinkRule
from occupier.domain.voted import PARTS, Part
from occupier.domain.ways import NAMES, in_full, pauses_usual_tool, way_of
from occupier.report.document import Block, Heading, Item, Items, Paragraph, Table
from occupier.report.plan_after import after, remains, stopping, vote
from occupier.report.plan_figures import figures
from occupier.report.plan_messages import annex, exceptions, messages
from occupier.report.sheet import Point, Sheet
from occupier.speech import clean_line, language, moment, network_name, period, say
from occupier.speech import gettext as _

BLANK = "…" * 9
"""To be filled in by hand."""


def plan_sheet(plan: Plan) -> Sheet:
    """Return the page of one strike."""
    name = clean_line(plan.strike.name)
    return Sheet(
        language=language(),
        title=_("Plan of the strike “{name}”").format(name=name),
        subtitle=_("What is put to the vote, and what will run: nothing else. Written {at}.").format(
            at=moment(plan.at, plan.zone)
        ),
        running=_("Plan of the strike “{name}”, fingerprint {fingerprint}").format(
            name=name, fingerprint=fingerprint(plan)
        ),
        page=_("page"),
        points=list(_points(plan)),
        annex_title=_("Annex: every wording, account by account"),
        annex=list(_annex(plan)),
        remarks=list(_remarks(plan)),
    )


def fingerprint(plan: Plan) -> str:
    """Return the plan's fingerprint as pages show it."""
    return plan.voted.fingerprint[:8]


def parts_words(parts: tuple[Part, ...]) -> str:
    """Say in what two plans differ."""
    return ", ".join(say(PARTS[part]) for part in parts)


def _remarks(plan: Plan) -> Iterator[str]:
    if plan.differs and plan.seal is not None:
        text = _("Different from the plan that was voted ({seal}), in: {what}. It must be voted, and sealed, again.")
        yield text.format(seal=plan.seal.short, what=parts_words(plan.differs))
    if not plan.accounts:
        yield _("It concerns no account of the settings: nothing will be posted under it.")


def _points(plan: Plan) -> Iterator[Point]:
    yield Point(1, _("Who decides"), list(_who(plan)))
    yield Point(2, _("Why"), list(_why(plan)))
    yield Point(3, _("When"), list(_when(plan)))
    yield Point(4, _("What changes, and what does not"), list(_changes(plan)))
    yield Point(5, _("Where"), list(_where(plan)))
    yield Point(6, _("What people will read"), list(messages(plan)))
    yield Point(7, _("How much"), list(figures(plan, BLANK)))
    yield Point(8, _("Exceptions"), list(exceptions(plan)))
    yield Point(9, _("Stopping"), list(stopping(plan)))
    yield Point(10, _("Afterwards"), list(after(plan)))
    yield Point(11, _("What is kept"), list(remains(plan, BLANK)))
    yield Point(12, _("Risks, and the vote"), list(vote(plan, BLANK)))


def _who(plan: Plan) -> Iterator[Block]:
    strike = plan.strike
    yield Paragraph(clean_line(strike.mandate))
    if strike.renews:
        yield Paragraph(_("Renews the strike “{name}”.").format(name=clean_line(strike.renews)))
    if strike.agreed:
        yield Paragraph(_("Agreed with the employer: {agreed}").format(agreed=clean_line(strike.agreed)))


def _why(plan: Plan) -> Iterator[Block]:
    strike = plan.strike
    who = clean_line(strike.who) if strike.who else _("the community managers of the accounts")
    yield Paragraph(_("{who}, on strike {reason}.").format(who=who[:1].upper() + who[1:], reason=_reason(plan)))
    if strike.url:
        yield Items([Item(_("The call: {address}").format(address=clean_line(strike.url)), strike.url)])


def _reason(plan: Plan) -> str:
    return clean_line(plan.strike.reason).rstrip(".")


def _when(plan: Plan) -> Iterator[Block]:
    hours = period(plan.strike.starts_at, plan.strike.ends_at, plan.zone)
    yield Paragraph(f"{hours[:1].upper()}{hours[1:]}.")
    yield Paragraph(_("After that, nothing more leaves. It goes on only by another vote."))


def _changes(plan: Plan) -> Iterator[Block]:
    yield Paragraph(
        _("Each article that appears in these hours is announced by a strike message instead of the usual post.")
    )
    if plan.strike.link is LinkRule.NONE:
        yield Paragraph(_("The messages do not carry the article's link. The articles, the site and the passwords stay"
                          " as they are; earlier posts too."))  # fmt: skip
        return
    yield Paragraph(
        _("The link to the article is in every message. The articles, the site and the passwords stay as they are;"
          " earlier posts too.")
    )  # fmt: skip


def _where(plan: Plan) -> Iterator[Block]:
    rows = [
        [
            clean_line(planned.account.name),
            _network(planned.account),
            _("the union") if planned.account.owner == "union" else _("the employer"),
            say(NAMES[way_of(planned.account)]),
        ]
        for planned in plan.accounts
    ]
    yield Table([_("account"), _("network"), _("belongs to"), _("way")], rows)
    yield from _ways(plan)
    if not plan.accounts or any(pauses_usual_tool(planned.account) for planned in plan.accounts):
        yield Paragraph(_usual_tool(plan))
    yield Paragraph(_("Marked as automated, in the account's settings on the network: {blank}").format(blank=BLANK))


def _ways(plan: Plan) -> Iterator[Block]:
    """Yield what each way means, once for the accounts of which the same is said."""
    told: dict[str, list[str]] = {}
    for account in (planned.account for planned in plan.accounts):
        last = plan.strike.ends_at - account.guard(plan.setup.limits.guard)
        said = " ".join(say(sentence, plan.zone) for sentence in in_full(account, last))
        told.setdefault(said, []).append(clean_line(account.name))
    for said, names in told.items():
        yield Paragraph(_("{accounts}: {way}").format(accounts=", ".join(names), way=said))


def _network(account: Account) -> str:
    if not account.has_keys:
        return network_name(account.network)
    # X has one host for everybody, which says nothing
    where = account.host if account.platform == "mastodon" else account.remote_id
    return ", ".join(filter(None, [network_name(account.platform), where]))


def _usual_tool(plan: Plan) -> str:
    usual = plan.setup.usual
    who = {
        Poster.SITE: _("the site itself"),
        Poster.SERVICE: _("a service"),
        Poster.HAND: _("people, by hand"),
        Poster.UNKNOWN: _("not known yet"),
    }[usual.by]
    if usual.name:
        who = f"{who} ({clean_line(usual.name)})"
    if usual.by is Poster.HAND:
        return _("The usual posts are made by {who}: nobody of them posts articles in these hours.").format(who=who)
    paused = clean_line(usual.paused) if usual.paused else BLANK
    text = _("Usual tool: {who}. Paused, by which of its functions and when: {paused}").format(who=who, paused=paused)
    if usual.access is False:
        return f"{text} {_('Nobody on strike can get into it: this must be settled before.')}"
    return text


def _annex(plan: Plan) -> Iterator[Block]:
    yield from annex(plan)
    yield Heading(_("How this page is held to"))
    yield Paragraph(
        _("The fingerprint is the SHA-256 of what is voted: hours, decision, accounts, messages, rules, limits. Sealed"
          " with occupier plan {name} --seal, it is compared before every message: if anything of it is changed,"
          " nothing leaves until it is put back or voted and sealed again. In full: {fingerprint}").format(
            name=clean_line(plan.strike.name), fingerprint=plan.voted.fingerprint
        )
    )  # fmt: skip
