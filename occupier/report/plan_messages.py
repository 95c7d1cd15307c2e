"""What people will read: a real article on each account, the other wordings, and what is excepted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from occupier.domain.action import Payload
from occupier.domain.plan import Plan, PlannedAccount
from occupier.domain.setup import FirstPost, Outside, Rule, RuleAction
from occupier.report.document import Block, Heading, Item, Items, Paragraph
from occupier.report.sheet import Card, Cards
from occupier.speech import clean_line, duration, ngettext, place_name, say
from occupier.speech import gettext as _
from occupier.speech.figures import in_figures
from occupier.speech.posts import link_note


def messages(plan: Plan) -> Iterator[Block | Cards]:
    """Yield the first message of each account, as its network shows it."""
    yield Paragraph(_lead(plan), quiet=True)
    speaking = [planned for planned in plan.accounts if not planned.account.is_silent]
    yield Cards([_card(planned) for planned in speaking], _("Usually"), _("During the strike"))
    silent = [clean_line(planned.account.name) for planned in plan.accounts if planned.account.is_silent]
    if silent:
        text = _(
            "On {accounts}, silence: nothing is announced there in these hours, and the list is handed over after."
        )
        yield Paragraph(text.format(accounts=", ".join(silent)))
    waiting = [
        p.account for p in plan.accounts if p.account.first_post is FirstPost.APPROVE and not p.account.is_silent
    ]
    if waiting:
        text = _("On {accounts}, the first message waits for a person's yes, for {within} at most.")
        within = max((account.first_post_within for account in waiting), default=timedelta())
        names = ", ".join(clean_line(account.name) for account in waiting)
        yield Paragraph(text.format(accounts=names, within=duration(within)))


def _lead(plan: Plan) -> str:
    others = max((len(planned.wordings) for planned in plan.accounts), default=1) - 1
    if any(planned.is_example for planned in plan.accounts):
        said = _("With an invented title, for no article could be read.")
    elif all(_is_of_yesterday(plan, planned) for planned in plan.accounts):
        said = _("With an article of yesterday, as each network shows it.")
    else:
        said = _("With the newest article, as each network shows it.")
    if others < 1:
        return said
    text = ngettext("One other wording takes turns: in the annex.", "{n} other wordings take turns: in the annex.",
                    others)  # fmt: skip
    return f"{said} {text.format(n=others)}"


def _is_of_yesterday(plan: Plan, planned: PlannedAccount) -> bool:
    at = planned.article.published_at
    return at is not None and at.astimezone(plan.zone).date() == plan.at.astimezone(plan.zone).date() - timedelta(1)


def _card(planned: PlannedAccount) -> Card:
    account, first = planned.account, planned.wordings[0]
    problem = say(first.problem) if first.problem else ""
    return Card(
        account=clean_line(account.name),
        platform=account.network,
        network=place_name(account),
        text=_body(first.post, planned) if first.post else problem,
        url=first.post.link if first.post else None,
        headline=clean_line(planned.article.title),
        summary=clean_line(planned.article.summary),
        usual=_body(planned.usual, planned) if planned.usual else None,
        remark=_measured(first.length, first.limit) if first.post else "",
    )


def _measured(length: int, limit: int) -> str:
    return _("{length} of {limit} characters").format(length=in_figures(length), limit=in_figures(limit))


def _body(post: Payload, planned: PlannedAccount) -> str:
    # the network makes a card of the link, and the address below the text would say it twice
    return post.text.removesuffix(planned.article.link).rstrip() or post.text


def annex(plan: Plan) -> Iterator[Block]:
    """Yield every wording of every account; accounts that say the same are told together."""
    told: dict[tuple[str, ...], list[str]] = {}
    speaking = [planned for planned in plan.accounts if not planned.account.is_silent]
    for planned in speaking:
        texts = tuple(_wording(planned, n) for n in range(len(planned.wordings)))
        told.setdefault(tuple(sorted(texts)), []).append(clean_line(planned.account.name))
    for planned in speaking:
        texts = tuple(_wording(planned, n) for n in range(len(planned.wordings)))
        names = told.pop(tuple(sorted(texts)), None)
        if names:
            yield Heading(", ".join(names))
            yield Items([Item(text) for text in texts])


def _wording(planned: PlannedAccount, n: int) -> str:
    wording = planned.wordings[n]
    if wording.post is None:
        return say(wording.problem) if wording.problem else wording.source
    return " ".join(filter(None, (clean_line(wording.post.text.replace("\n", " / ")), link_note(wording.post))))


def exceptions(plan: Plan) -> Iterator[Block]:
    """Yield the rules, and what the guards take out by themselves."""
    rules = [Item(_rule(rule)) for rule in plan.setup.rules]
    if rules:
        yield Items(rules)
    else:
        yield Paragraph(_("No rule: every new article is announced by a strike message."))
    publishing = [p.account for p in plan.accounts if p.account.outside is Outside.PUBLISH]
    if publishing:
        names = ", ".join(clean_line(account.name) for account in publishing)
        yield Paragraph(_("Before and after, occupier makes the usual posts on {accounts}.").format(accounts=names))
    text = _("More than ten articles at once wait for a person. What could not leave within {freshness}, or before the"
             " end, is not posted any more.")  # fmt: skip
    yield Paragraph(text.format(freshness=duration(plan.setup.freshness)), quiet=True)


def _rule(rule: Rule) -> str:
    parts = []
    if rule.category:
        words = ", ".join(_("“{text}”").format(text=clean_line(category)) for category in rule.category)
        parts.append(_("category {words}").format(words=words))
    if rule.title is not None:
        parts.append(_("title with “{pattern}”").format(pattern=clean_line(rule.title.pattern)))
    outcome = {
        RuleAction.ORDINARY: _("the usual post goes out"),
        RuleAction.HOLD: _("a person decides"),
        RuleAction.LEAVE: _("nothing is posted"),
    }[rule.action]
    return _("{conditions}: {outcome}").format(conditions=", ".join(parts), outcome=outcome)
