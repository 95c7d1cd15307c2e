"""Accounts without any key: those on which a person posts, and those whose tool is given a text."""

from __future__ import annotations

from collections.abc import Iterator

from occupier.domain.by_hand import MANUAL
from occupier.domain.errors import UsageError
from occupier.onboarding.account import NewAccount, Place, name_question, owner_question, renew_question
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.question import Question
from occupier.onboarding.world import World
from occupier.speech import clean_line, network_name
from occupier.speech import gettext as _
from occupier.templates.tools import known_tool, known_tools

LAST_BY_HAND, LAST_OF_WORDS = "owner", "tool"


def by_hand_questions(world: World, answers: Answers, place: Place) -> Iterator[Question]:
    """Ask what an account needs on which a person posts."""
    yield name_question(place, answers)
    account = place.before(answers)
    if account:
        yield renew_question(place, account)
    if place.network == "mastodon":
        yield _server(world, place, account.host if account else None)
    owner = owner_question(place, answers)
    yield Question(
        owner.key,
        owner.section,
        owner.text,
        owner.why,
        owner.choices,
        owner.default,
        lambda chosen: Answer(chosen, said=(_what_people_do(),)),
    )


def by_hand_account(answers: Answers, place: Place) -> NewAccount:
    """Return the account as it was answered."""
    settings = {"for_platform": place.network, "owner": answers.text(f"{place.key}.{LAST_BY_HAND}")}
    server = answers.text(f"{place.key}.server")
    remark = _("By hand: a person posts the text that is handed to them.")
    name = answers.text(f"{place.key}.name")
    return NewAccount(name, MANUAL, place.network, remark, settings | ({"server": server} if server else {}))


def words_questions(answers: Answers, place: Place) -> Iterator[Question]:
    """Ask for the tool whose text is to be changed; the settings get nothing of it."""
    why = _(
        "occupier writes the strike message for the tool's text field, with the tool's own words for title and link. It"
        " knows those of {tools}; others can be named."
    )
    usual = answers.text("usual.name").removeprefix("-")
    yield Question(
        f"{place.key}.{LAST_OF_WORDS}",
        place.section,
        _("What is the tool called?"),
        why=lambda: [why.format(tools=", ".join(key for key, tool in known_tools().items() if tool.has_words))],
        default=usual or None,
        read=lambda typed: _tool(typed, place),
    )


def _tool(typed: str, place: Place) -> Answer:
    known = known_tool(typed)
    if known is not None and known.is_fed:
        raise UsageError("{tool} posts what another tool puts into its queue: name that one.", tool=known.name)
    if known is not None and known.usual_field is None:
        raise UsageError(
            "{tool} takes no text of yours: it posts the title, the text and the link of what it reads. < goes back:"
            " choose the feed whose address you can change.",
            tool=known.name,
        )
    return Answer(clean_line(typed), said=_what_to_paste(place))


def _server(world: World, place: Place, host: str | None) -> Question:
    def read(typed: str) -> Answer:
        from occupier.platforms.mastodon_server import server_address

        return Answer(server_address(typed))

    default = host or world.sandbox
    return Question(
        f"{place.key}.server", place.section, _("What is the name of its server?"), tuple, (), default, read
    )


def _what_people_do() -> str:
    return _(
        "During the strike, each article brings a message and a line on the page of occupier run --serve: the finished"
        " text, to be copied and posted by a person, who then says so (occupier done). Agree on turns, two people at"
        " least. No tool may post there meanwhile."
    )


def _what_to_paste(place: Place) -> tuple[str, ...]:
    return (
        _(
            "Nothing of it stands in the settings: once the strike is declared, occupier text writes what is to be put"
            " into the tool for {network} when the strike begins, keeps the old text, and says when to put it back. A"
            " person does both, at the hour: name one now."
        ).format(network=network_name(place.network)),
    )
