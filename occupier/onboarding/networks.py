"""Each network's own questions, from its first step to an account that answers. None of these answers is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from occupier.domain.connecting import FacebookSteps, MastodonSteps, PageChoice, XSteps
from occupier.domain.errors import NetworkError, UsageError
from occupier.onboarding.answers import Answer, Answers
from occupier.onboarding.question import Choice, GoBack, Question, Reader
from occupier.onboarding.sections import ACCOUNTS, section
from occupier.onboarding.world import World
from occupier.speech import clean_line, ngettext, say
from occupier.speech import gettext as _
from occupier.speech.figures import in_figures

PIN, KEYS = "pin", "keys"
X_KEYS = ("consumer_key", "consumer_secret", "access_token")
FIRST_STEP = {"mastodon": "server", "x": "way", "facebook": "user_token"}
"""Where one begins again when it was the wrong account."""


def connecting_questions(world: World, answers: Answers, key: str, platform: str) -> Iterator[Question]:
    """Lead through one account; what comes out is held in memory under `key` (Connected), its steps beside it."""
    steps = answers.held.setdefault(f"{key}.steps", world.steps(platform))
    if platform == "mastodon":
        yield from _mastodon(world, answers, key, steps)
    elif platform == "x":
        yield from _x(world, answers, key, steps)
    else:
        yield from _facebook(answers, key, steps)


def _step(key: str, name: str, platform: str, text: str, read: Callable[[str], Answer], *, secret: bool) -> Question:
    return Question(f"{key}.{name}", section(ACCOUNTS, platform), text, read=read, is_secret=secret, is_kept=False)


def _from_the_cause(answers: Answers, key: str, read: Callable[[str], Answer], *, forget: bool = True) -> Reader:
    """Return a reader after which, where an earlier answer was not taken, it is that one that is asked for again.

    What was pasted there is forgotten, unless it was right; what was pasted elsewhere is proposed.
    """

    def reading(typed: str) -> Answer:
        try:
            return read(typed)
        except NetworkError as problem:
            if problem.step is None:
                raise
            if forget:
                # an app's number is proposed again: without it the access would be over within hours
                wrong = "app_secret" if problem.step == "app_id" else problem.step
                answers.held.pop(f"{key}.{wrong}", None)
            raise GoBack(f"{key}.{problem.step}", problem) from None

    return reading


def _mastodon(world: World, answers: Answers, key: str, steps: MastodonSteps) -> Iterator[Question]:
    def begin(typed: str) -> Answer:
        address = steps.begin(typed)
        return Answer(typed, said=_to_open(world, address))

    def finish(typed: str) -> Answer:
        answers.held[key] = steps.finish(typed)
        return Answer("")

    yield Question(
        f"{key}.server",
        section(ACCOUNTS, "mastodon"),
        _("What is the name of its server?"),
        why=lambda: [f"  · {say(need)}" for need in steps.needs],
        default=world.sandbox,
        read=begin,
        is_kept=False,
    )
    yield _step(key, "code", "mastodon", _("The code that the page shows:"), finish, secret=False)


def _x(world: World, answers: Answers, key: str, steps: XSteps) -> Iterator[Question]:
    yield Question(
        f"{key}.way",
        section(ACCOUNTS, "x"),
        _("How do you connect it?"),
        why=lambda: [
            _(
                "By PIN there are two keys to copy instead of four; it is the way to take when the app belongs to"
                " another account than the one that posts."
            )
        ],
        choices=(
            Choice(PIN, _("the app's two keys, then a PIN that X shows")),
            Choice(KEYS, _("four keys, as the developer console shows them")),
        ),
        default=PIN,
        is_kept=False,
    )
    yield _secret(answers, key, "consumer_key", "x", _("The app's API Key (consumer key):"), _one_word)
    if answers.text(f"{key}.way") == PIN:
        yield from _x_pin(world, answers, key, steps)
    else:
        yield from _x_keys(answers, key, steps)


def _x_pin(world: World, answers: Answers, key: str, steps: XSteps) -> Iterator[Question]:
    def begin(typed: str) -> Answer:
        address = steps.begin(answers.held[f"{key}.consumer_key"], _one_word(typed))
        return Answer("", said=_to_open(world, address))

    def finish(typed: str) -> Answer:
        answers.held[key] = steps.finish(typed)
        return Answer("")

    asked = _("Its API Key Secret (consumer secret):")
    yield _secret(answers, key, "consumer_secret", "x", asked, then=begin)
    # a PIN that was not taken says nothing against the keys: they are proposed, and lead to a new one
    taken = _from_the_cause(answers, key, finish, forget=False)
    yield _step(key, "pin", "x", _("The PIN that the page shows:"), taken, secret=False)


def _x_keys(answers: Answers, key: str, steps: XSteps) -> Iterator[Question]:
    def take(typed: str) -> Answer:
        app, app_secret, token = (answers.held[f"{key}.{name}"] for name in X_KEYS)
        last = _one_word(typed)
        try:
            answers.held[key] = steps.with_keys(app, app_secret, token, last)
        except UsageError as problem:  # each key is one word: what cannot be meant is the token
            answers.held.pop(f"{key}.access_token", None)
            raise GoBack(f"{key}.access_token", problem) from None
        return Answer("")

    token = _("The Access Token, made with the right to read and write:")
    yield _secret(answers, key, "consumer_secret", "x", _("Its API Key Secret (consumer secret):"), _one_word)
    yield _secret(answers, key, "access_token", "x", token, _one_word)
    yield _secret(answers, key, "access_token_secret", "x", _("The Access Token Secret:"), then=take)


def _one_word(typed: str) -> str:
    if len(typed.split()) != 1:
        raise UsageError("A key of X is one word, without a blank: copy each one whole, and on its own.")
    return typed


def _facebook(answers: Answers, key: str, steps: FacebookSteps) -> Iterator[Question]:
    held = answers.held

    def pages(app_id: str, app_secret: str) -> Answer:
        held[f"{key}.pages"] = steps.pages(held[f"{key}.user_token"], app_id, app_secret)
        return Answer("")

    def app(typed: str) -> Answer:
        if typed == "-":
            return pages("", "")
        if not typed.isdecimal():
            raise UsageError("The app's number is made of figures alone: it is the “App ID”, not its name.")
        held[f"{key}.app_id"] = typed
        return Answer(typed)

    yield _secret(answers, key, "user_token", "facebook", _("The token from the Graph API Explorer:"))
    yield Question(
        f"{key}.app_id",
        section(ACCOUNTS, "facebook"),
        _("The app's number (App ID)? A hyphen to go on without."),
        why=lambda: [_("With the app's number and secret the page's key lasts; without, it is over within hours.")],
        default=held.get(f"{key}.app_id", "-"),
        read=_from_the_cause(answers, key, app),
        is_kept=False,
    )
    if answers.text(f"{key}.app_id"):
        asked = _("The app's secret (App Secret):")
        yield _secret(
            answers, key, "app_secret", "facebook", asked, then=lambda t: pages(answers.text(f"{key}.app_id"), t)
        )
    yield _page(answers, key, steps)


def _page(answers: Answers, key: str, steps: FacebookSteps) -> Question:
    pages: tuple[PageChoice, ...] = answers.held.get(f"{key}.pages", ())

    def choose(chosen: str) -> Answer:
        answers.held[key] = steps.choose(next(page for page in pages if page.id == chosen))
        return Answer(chosen)

    choices = tuple(Choice(page.id, _page_line(page)) for page in pages)
    text = _("Which page is it?")
    default = choices[0].id if len(choices) == 1 else None
    return Question(
        f"{key}.page", section(ACCOUNTS, "facebook"), text, tuple, choices, default,
        _from_the_cause(answers, key, choose), is_kept=False,
    )  # fmt: skip


def _page_line(page: PageChoice) -> str:
    parts = [clean_line(page.name)]
    if page.followers is not None:
        parts.append(ngettext("{n} follower", "{n} followers", page.followers).format(n=in_figures(page.followers)))
    if not page.can_publish:
        parts.append(_("you may not publish there"))
    return " · ".join(parts)


def _secret(
    answers: Answers,
    key: str,
    name: str,
    platform: str,
    text: str,
    check: Callable[[str], str] = str,
    then: Callable[[str], Answer] = lambda _typed: Answer(""),
) -> Question:
    place = f"{key}.{name}"
    before = answers.held.get(place)

    def hold(typed: str) -> Answer:
        answers.held[place] = check(typed or before or "")
        return then(answers.held[place])

    return Question(
        place,
        section(ACCOUNTS, platform),
        text,
        why=lambda: [_("Enter takes the one that you pasted before.")] if before else [],
        default="" if before else None,
        read=_from_the_cause(answers, key, hold),
        is_secret=True,
        is_kept=False,
    )


def _to_open(world: World, address: str) -> tuple[str, ...]:
    if world.open_browser(address):
        return _("Your browser opens this page; say yes there, as the account that is to post:"), address
    return _("Open this page in a browser, and say yes there, as the account that is to post:"), address
