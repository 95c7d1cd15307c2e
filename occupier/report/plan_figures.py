"""How much: messages to be expected, what they never exceed, and the price with who pays it."""

from __future__ import annotations

from collections.abc import Iterator

from occupier.domain.plan import HOUR, Plan, PlannedAccount, hours_in
from occupier.report.document import Bar, Block, Chart, Paragraph, Table
from occupier.speech import clean_line, duration, ngettext
from occupier.speech import gettext as _
from occupier.speech.figures import dollars, with_comma


def figures(plan: Plan, blank: str) -> Iterator[Block]:
    """Yield the figures of each account, the day of the feeds, and the price."""
    if plan.rhythm.tells:
        yield Paragraph(_expectation(plan))
    elif plan.rhythm.articles:
        text = _("How many articles to expect is not known: what the feeds show goes back {length} only.")
        yield Paragraph(text.format(length=duration(plan.rhythm.length)))
    else:
        yield Paragraph(_("How many articles to expect is not known: the feeds show no date."))
    yield Table(list(_heads(plan)), [_row(plan, planned) for planned in plan.accounts], numbers=1)
    yield Paragraph(_ceilings(plan), quiet=True)
    if plan.rhythm.tells:
        yield _chart(plan)
    if any(planned.price_microusd for planned in plan.accounts):
        yield from _stopped_by_budget(plan)
        yield Paragraph(_("Paid by: {blank}").format(blank=blank))
    else:
        yield Paragraph(_("It costs nothing: these networks do not charge for posts."), quiet=True)


def about(number: float) -> str:
    """Say an expected number: whole, or with a tenth where it is small."""
    return with_comma(f"{number:.0f}" if number >= 3 or number == round(number) else f"{number:.1f}")


def _expectation(plan: Plan) -> str:
    hours = (plan.strike.ends_at - plan.strike.acts_from) / HOUR
    text = _("About {n} messages in all, {hourly} an hour, by the rhythm of the last {length} ({articles}).")
    articles = ngettext("{n} article", "{n} articles", plan.rhythm.articles).format(n=plan.rhythm.articles)
    hourly = about(plan.expected / hours) if hours else "0"
    return text.format(n=about(plan.expected), hourly=hourly, length=duration(plan.rhythm.length), articles=articles)


def _heads(plan: Plan) -> Iterator[str]:
    yield _("account")
    yield _("about")
    yield _("at most per hour")
    yield _("at most in all")
    if any(planned.price_microusd for planned in plan.accounts):
        yield _("price: about")
        yield _("at most")


def _row(plan: Plan, planned: PlannedAccount) -> list[str]:
    expected, most, price = plan.expected_of(planned), plan.most_of(planned), planned.price_microusd
    told = plan.rhythm.tells
    row = [clean_line(planned.account.name), about(expected) if told else "?", str(plan.ceilings.per_hour), str(most)]
    if any(one.price_microusd for one in plan.accounts):
        cost = dollars(round(expected * price)) if told else "?"
        row += [cost, dollars(most * price)] if price else ["0", "0"]
    return row


def _stopped_by_budget(plan: Plan) -> Iterator[Block]:
    for planned in plan.accounts:
        budget, most = planned.account.budget_microusd, plan.most_of(planned)
        if budget is not None and plan.rhythm.tells and planned.expected > most:
            text = _("On {account} the budget of {budget} a day pays for {n} messages: the articles after them are not"
                     " announced there.")  # fmt: skip
            name = clean_line(planned.account.name)
            yield Paragraph(text.format(account=name, budget=dollars(budget), n=most), alarm=True)


def _ceilings(plan: Plan) -> str:
    text = _("Never more than that, whatever happens: {hour} per hour and {day} per day on each account, {spacing}"
             " apart at least.")  # fmt: skip
    ceilings = plan.ceilings
    return text.format(hour=ceilings.per_hour, day=ceilings.per_day, spacing=duration(ceilings.spacing))


def _chart(plan: Plan) -> Chart:
    within = hours_in(plan.strike.acts_from, plan.strike.ends_at, plan.zone)
    bars = [
        Bar(_("{hour}:00").format(hour=hour), count if hour in within else 0, 0 if hour in within else count)
        for hour, count in enumerate(plan.rhythm.counts)
    ]
    said = _("Articles by hour of the day, over the last {length}.").format(length=duration(plan.rhythm.length))
    return Chart(bars, _("hours of the strike"), _("other hours"), said)
