"""The template language: what it lets through, what it refuses, and with which words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from occupier.domain.errors import TemplateError
from occupier.templates import JinjaTemplates
from occupier.templates.engine import LONGEST, VARIABLES
from occupier.templates.grammar import FILTERS, TESTS

TEMPLATES = JinjaTemplates()
STRIKE = {
    "name": "24-janvier",
    "who": "la rédaction",
    "reason": "pour l’emploi",
    "url": "",
    "start": "ici",
    "end": "là",
}
VALUES = {
    "title": "Un titre", "link": "https://example.org/a", "summary": "Un résumé.", "feed": "une", "day": 2,
    "strike": STRIKE,
}  # fmt: skip


def render(source: str, **more: object) -> str:
    return TEMPLATES.render(source, VALUES | more)


def refusal(source: str, **more: object) -> str:
    with pytest.raises(TemplateError) as caught:
        render(source, **more)
    return str(caught.value)


def test_every_documented_variable_has_a_value() -> None:
    assert render("\n".join(f"{{{{ {name} }}}}" for name in VARIABLES)).count("\n") == len(VARIABLES) - 1


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ title|upper }} {{ feed|capitalize }}", "UN TITRE Une"),
        ("{{ title|truncate(7, true, '…') }}", "Un tit…"),
        ("{{ title|replace('titre', 'article') }}", "Un article"),
        ("{{ title[:2] }}{{ day + 1 }}", "Un3"),
        ("{{ title ~ ' / ' ~ strike['who'] }}", "Un titre / la rédaction"),
        ("{% if strike.url %}{{ strike.url }}{% else %}rien{% endif %}", "rien"),
        ("{{ 'jour ' ~ day if day > 1 else 'premier jour' }}", "jour 2"),
        ("{% if summary is defined and feed in ['une', 'monde'] %}oui{% endif %}", "oui"),
        ("{{ strike.url|default('nulle part', true) }}", "nulle part"),
        ("{# une note #}{{ title|length }}", "8"),
    ],
)
def test_what_a_message_needs_is_there(source: str, said: str) -> None:
    assert render(source) == said


def test_a_title_is_never_a_template_and_never_markup() -> None:
    hostile = "{{ strike.who }} {% raw %} <b>&amp;</b> {{ 7*7 }}"
    assert render("{{ title }}", title=hostile) == hostile


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("{{ 'x' * 10**9 }}", "*"),
        ("{{ 10**10**10 }}", "**"),
        ("{{ '%999999999d' % 1 }}", "%"),
        ("{% for a in title %}{% for b in title %}{% endfor %}{% endfor %}", "{% for %}"),
        ("{% set a = title ~ title %}{% set b = a ~ a %}", "{% set %}"),
        ("{% set a %}x{% endset %}", "{% set %}"),
        ("{% with a = title %}{% endwith %}", "{% with %}"),
        ("{% macro m() %}{{ m() }}{% endmacro %}", "{% macro %}"),
        ("{% include 'settings.toml' %}", "{% include %}"),
        ("{% import 'a' as b %}", "{% import %}"),
        ("{% extends 'a' %}", "{% extends %}"),
        ("{% block a %}{% endblock %}", "{% block %}"),
        ("{% filter upper %}a{% endfilter %}", "{% filter %}"),
        ("{% call title() %}{% endcall %}", "{% call %}"),
        ("{{ range(10**9) }}", "( )"),
        ("{{ title.format(title) }}", "( )"),
        ("{{ ''.__class__ }}", ".__class__"),
        ("{{ title[feed] }}", "[ ]"),
        ("{{ {'a': 1} }}", "{ }"),
        ("{{ title|attr('__class__') }}", "|attr"),
        ("{{ title|map('upper') }}", "|map"),
        ("{{ title|center(100000) }}", "|center"),
        ("{{ title is callable }}", "is callable"),
    ],
)
def test_what_could_run_or_grow_is_refused_at_once_and_named(source: str, what: str) -> None:
    began = time.monotonic()
    said = refusal(f"première ligne\n{source}")
    assert time.monotonic() - began < 1
    assert said.startswith("Line 2 of the message")
    assert f"“{what}”" in said


def test_every_filter_and_test_that_is_listed_exists() -> None:
    for name in FILTERS:
        arguments = "('a', 'b')" if name == "replace" else ""
        assert TEMPLATES.variables(f"{{{{ title|{name}{arguments} }}}}") == {"title"}
    for name in TESTS:
        assert TEMPLATES.variables(f"{{{{ title is {name} }}}}") == {"title"}


@pytest.mark.parametrize(
    ("wrong", "right"), [("titel", "title"), ("strike.raison", "strike.reason"), ("strike.wo", "strike.who")]
)
def test_a_mistyped_variable_gets_the_nearest_name(wrong: str, right: str) -> None:
    said = refusal(f"{{{{ title }}}}\n\n{{{{ {wrong} }}}}")
    assert said == f"Line 3 of the message names “{wrong}”, which does not exist: do you mean “{right}”?"


def test_a_mistyped_variable_is_found_in_a_branch_that_is_not_taken() -> None:
    assert "“titel”" in refusal("{% if day == 1 %}{{ titel }}{% endif %}")


def test_a_name_like_no_other_gets_the_list() -> None:
    said = refusal("{{ zorglub }}")
    assert "“zorglub”" in said
    assert all(name in said for name in VARIABLES)


@pytest.mark.parametrize("name", ["strike", "self", "loop", "title.upper", "strike.items", "strike.__class__", "_"])
def test_nothing_but_the_variables_can_be_named(name: str) -> None:
    assert f"names “{name}”" in refusal(f"{{{{ {name} }}}}")


def test_an_ordinary_post_has_no_strike_to_name() -> None:
    with pytest.raises(TemplateError) as caught:
        TEMPLATES.render("{{ title }}\n{{ strike.who }}", {"title": "Un titre"})
    assert str(caught.value) == "Line 2 of the message names “strike.who”, which only messages of a strike have."


def test_a_message_may_ask_whether_there_is_a_strike() -> None:
    source = "{% if strike is defined %}{{ strike.who }}{% else %}{{ title }}{% endif %}"
    assert render(source) == "la rédaction"
    assert TEMPLATES.render(source, {"title": "Un titre"}) == "Un titre"


@pytest.mark.parametrize(
    "source",
    [
        "{{ title", "{% if day %}", "{{ title }} {% endif %}", "{{ }}", "{% zorglub %}", "{{ 'a }}",
        "{{ " + "(" * 2000 + "1" + ")" * 2000 + " }}", "{{ " + "9" * 4900 + " }}",
    ],
)  # fmt: skip
def test_what_is_no_template_is_said_with_its_line(source: str) -> None:
    for attempt in (TEMPLATES.variables, render):
        with pytest.raises(TemplateError) as caught:
            attempt(source)
        said = str(caught.value)
        assert said.startswith("Line 1 of the message cannot be read: “")
        assert "A variable is written {{ title }}, and {% if %} ends with {% endif %}." in said


def test_a_deep_expression_is_too_intricate() -> None:
    assert refusal("{{ " + "+".join(["day"] * 300) + " }}") == ("Line 1 of the message is too intricate: simplify it.")


def test_a_filter_misused_fails_in_a_sentence_with_its_line() -> None:
    assert refusal("a\n{{ title|truncate('beaucoup') }}").startswith("Line 2 of the message fails: ")
    assert refusal("a\nb\n{{ title[99] }}").startswith("Line 3 of the message fails: ")
    assert refusal("{{ title + 1 }}").startswith("Line 1 of the message fails: ")


def test_a_source_of_5000_characters_passes_and_one_more_does_not() -> None:
    assert render("x" * LONGEST) == "x" * LONGEST
    assert refusal("x" * (LONGEST + 1)) == "The message is longer than 5000 characters: shorten it."


def test_a_result_of_5000_characters_passes_and_one_more_does_not() -> None:
    long = "x" * LONGEST
    assert render("{{ summary }}", summary=long) == long
    assert refusal("{{ summary }}.", summary=long) == "The message becomes longer than 5000 characters: shorten it."


def test_only_the_beginning_of_a_huge_value_counts() -> None:
    assert render("{{ summary|truncate(4, true, '…') }}", summary="y" * 10_000_000) == "yyy…"


def test_a_chain_of_replacements_cannot_grow() -> None:
    began = time.monotonic()
    refusal("{{ title" + "|replace('t', 'tttttttttttttttt')" * 30 + " }}")
    refusal("{{ title|replace('', summary) }}", summary="z" * 5000)
    assert time.monotonic() - began < 1


@settings(max_examples=200, deadline=2000)
@given(st.text(alphabet="{}%|~+-*[]().'\"#_ \ntile1strkwhoand,:=<>", max_size=80))
def test_any_text_gives_a_result_or_a_sentence(text: str) -> None:
    for source in (text, "{{ " + text + " }}", "{% " + text + " %}"):
        try:
            said = render(source)
        except TemplateError as error:
            said = str(error)
        assert len(said) <= LONGEST


def test_variables_are_dotted_whichever_way_they_are_written() -> None:
    source = "{{ title }}{{ strike['who'] }}{% if day %}{{ strike.end|upper }}{% endif %}{# link #}"
    assert TEMPLATES.variables(source) == {"title", "strike.who", "day", "strike.end"}


def test_no_value_reaches_a_message_but_as_text_or_number() -> None:
    class Secretive:
        password = "hunter2"

        def __str__(self) -> str:
            return "shown"

    assert render("{{ title }}", title=Secretive()) == "shown"
    assert "hunter2" not in refusal("{{ title.password }}", title=Secretive())
