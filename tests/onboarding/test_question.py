import pytest

from occupier.domain.errors import UsageError
from occupier.onboarding.question import NO, YES, Choice, GoBack, Question, no_goes_back, yes_or_no
from occupier.onboarding.talk import prompt

CHOICES = (Choice("laptop", "this laptop"), Choice("stays", "a machine that stays on"), Choice("unknown", "unsure"))
EITHER = (Choice(YES, "yes"), Choice(NO, "no"))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2", "stays"),
        ("stays", "stays"),
        ("A machine", "stays"),
        ("UNS", "unknown"),
        ("", "laptop"),
        ("  3 ", "unknown"),
    ],
)
def test_a_choice_is_taken_by_its_number_its_name_or_their_beginning(typed: str, meant: str) -> None:
    assert Question("q", "s", "?", choices=CHOICES, default="laptop").understand(typed).text == meant


@pytest.mark.parametrize("typed", ["0", "4", "nothing", "²", "-1"])
def test_what_is_no_choice_is_answered_with_how_many_there_are(typed: str) -> None:
    with pytest.raises(UsageError, match="from 1 to 3"):
        Question("q", "s", "?", choices=CHOICES).understand(typed)


def test_an_empty_line_is_no_answer_where_there_is_no_default() -> None:
    with pytest.raises(UsageError, match="An answer is needed"):
        Question("q", "s", "?").understand("  ")


def test_what_begins_two_choices_is_neither() -> None:
    choices = (Choice("employer", "to the newsroom"), Choice("union", "to the union"))
    with pytest.raises(UsageError, match="from 1 to 2"):
        Question("q", "s", "?", choices=choices).understand("to")


@pytest.mark.parametrize("typed", ["1", "2"])
def test_a_figure_is_neither_yes_nor_no(typed: str) -> None:
    with pytest.raises(UsageError, match="Type yes or no"):
        Question("q", "s", "?", choices=yes_or_no()).understand(typed)


def test_the_only_choice_is_said_to_be_the_only_one() -> None:
    with pytest.raises(UsageError, match="one choice only"):
        Question("q", "s", "?", choices=CHOICES[:1]).understand("7")


def test_a_no_goes_back_where_it_says() -> None:
    question = Question("q", "s", "?", choices=yes_or_no(), read=no_goes_back("site.1"))
    assert question.understand("yes").text == "yes"
    with pytest.raises(GoBack) as caught:
        question.understand("no")
    assert caught.value.to == "site.1"


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        (Question("q", "s", "?", choices=EITHER), "(yes/no) > "),
        (Question("q", "s", "?", choices=EITHER, default=YES), "[yes] > "),
        (Question("q", "s", "?", choices=(*EITHER, Choice("unknown", "unsure")), default="unknown"), "[3] > "),
        (Question("q", "s", "?", choices=CHOICES), "> "),
    ],
)
def test_a_prompt_shows_what_may_be_typed(question: Question, shown: str) -> None:
    assert prompt(question) == shown
