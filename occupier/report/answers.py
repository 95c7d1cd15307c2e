"""What readers answered, where an account counts: medians side by side, and never a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from occupier.domain.metrics import Age, Comparison, Measured, Medians
from occupier.report.document import Bar, Block, Chart, Heading, Paragraph, Table
from occupier.speech import gettext as _
from occupier.speech import network_name, ngettext
from occupier.speech.figures import with_comma


def answers(measured: Sequence[Measured]) -> Iterator[Block]:
    """Yield the section; nothing where no account counted."""
    known = [one for one in measured if not one.is_empty]
    if not known:
        return
    yield Heading(_("What readers answered"))
    yield Paragraph(
        _(
            "Medians: of the strike posts, and after the stroke of the account's usual posts of the two weeks before."
            " Only numbers were asked for, never who answered. The usual posts were read once, each at the age that it"
            " had reached."
        ),
        quiet=True,
    )
    yield Table(
        [_("account"), _("after"), _("posts"), _("likes"), _("reposts"), _("replies"), _("views")],
        [_row(one, compared) for one in known for compared in one.ages if compared.strike.posts],
        numbers=2,
    )
    for one in known:
        yield from _chart(one)
        yield from _remark(one)


def age_words(age: Age) -> str:
    """Say an age: “1 hour”, “24 hours”, “7 days”."""
    return {Age.HOUR: _("1 hour"), Age.DAY: _("24 hours"), Age.WEEK: _("7 days")}[age]


def _row(one: Measured, compared: Comparison) -> list[str]:
    strike, usual = compared.strike, compared.usual
    pairs = [(getattr(strike, name), getattr(usual, name)) for name in ("likes", "reposts", "replies", "views")]
    account = f"{one.account} ({network_name(one.platform)})"
    return [account, age_words(compared.age), f"{strike.posts} / {usual.posts}", *(_pair(*pair) for pair in pairs)]


def _pair(strike: float | None, usual: float | None) -> str:
    return "–" if strike is None and usual is None else f"{_number(strike)} / {_number(usual)}"


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    return with_comma(f"{value:.1f}".removesuffix(".0"))


def _chart(one: Measured) -> Iterator[Block]:
    shown = [c for c in one.ages if c.strike.likes is not None]
    if not any(_bars(c.strike) + _bars(c.usual) for c in shown):
        return
    bars = [bar for compared in shown for bar in _pair_of_bars(compared)]
    about = _("Likes on {account}, medians after {ages}.")
    ages = ", ".join(age_words(c.age) for c in shown)
    yield Chart(bars, _("strike posts"), _("usual posts before"), about.format(account=one.account, ages=ages))


def _pair_of_bars(compared: Comparison) -> Iterator[Bar]:
    yield Bar(age_words(compared.age), _bars(compared.strike))
    if compared.usual.likes is not None:
        yield Bar("", 0, _bars(compared.usual))


def _bars(medians: Medians) -> int:
    return round(medians.likes or 0)


def _remark(one: Measured) -> Iterator[Block]:
    if one.due:
        text = ngettext("{n} figure of {account} is still to be read.",
                        "{n} figures of {account} are still to be read.", one.due)  # fmt: skip
        yield Paragraph(text.format(n=one.due, account=one.account), quiet=True)
    if one.late:
        text = ngettext("{n} figure of {account} could not be read in time.",
                        "{n} figures of {account} could not be read in time.", one.late)  # fmt: skip
        yield Paragraph(text.format(n=one.late, account=one.account), quiet=True)
