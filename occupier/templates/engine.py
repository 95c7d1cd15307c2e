"""Jinja, bounded: imports the library, so this module is imported when the first template is rendered."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from occupier.domain.errors import TemplateError
from occupier.templates.grammar import FILTERS, TESTS, Reference, references

LONGEST = 5_000
"""Characters of a template, of a value and of a rendered message: far more than any network takes."""
VARIABLES = (
    "title", "link", "summary", "feed", "day",
    "strike.name", "strike.who", "strike.reason", "strike.url", "strike.start", "strike.end",
)  # fmt: skip
"""What messages can name. An ordinary post has no `strike` and no `day`."""
_CACHED = 256


class _Environment(ImmutableSandboxedEnvironment):
    # The grammar refuses these already; kept here, constants of a template are not folded into a huge one either.
    intercepted_binops = frozenset({"*", "**", "%", "/", "//"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(operator)


@dataclass(frozen=True, slots=True)
class _Compiled:
    template: Template
    references: tuple[Reference, ...]


class Engine:
    """Compiles, keeps and renders templates. May be shared by threads."""

    def __init__(self) -> None:
        self._environment = _environment()
        self._compiled: Callable[[str], _Compiled] = lru_cache(_CACHED)(self._compile)

    def variables(self, source: str) -> frozenset[str]:
        """Return the dotted names; raises TemplateError, also for one that no message has."""
        found = self._compiled(source).references
        _check_names(found, frozenset())
        return frozenset(reference.name for reference in found)

    def render(self, source: str, values: Mapping[str, object]) -> str:
        """Render; raises TemplateError."""
        compiled = self._compiled(source)
        given = {name: _bounded(value) for name, value in values.items()}
        names = _names(given)
        _check_names(compiled.references, names)
        try:
            return _joined(compiled.template.generate(given))
        except TemplateError:
            raise
        except Exception as error:  # whatever a filter makes of what it is given
            raise _failure(error, compiled.references, names) from None

    def _compile(self, source: str) -> _Compiled:
        if len(source) > LONGEST:
            raise TemplateError("The message is longer than {limit} characters: shorten it.", limit=LONGEST)
        try:
            found = references(self._environment.parse(source))
            return _Compiled(self._environment.from_string(source), found)
        except TemplateSyntaxError as error:
            raise _unreadable(source, error.lineno) from None
        except (RecursionError, MemoryError, SyntaxError, ValueError, OverflowError):
            raise _unreadable(source, 1) from None


def _environment() -> _Environment:
    environment = _Environment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS} | {"replace": _replace}
    environment.tests = {name: environment.tests[name] for name in TESTS}
    environment.policies["truncate.leeway"] = 0
    return environment


def _replace(text: object, old: str, new: str) -> str:
    """Replace, within the bound that values have: a chain of replacements would double the text each time."""
    text = str(text)
    if len(text) + text.count(old) * (len(new) - len(old)) > LONGEST:
        raise _too_long()
    return text.replace(old, new)


def _bounded(value: object) -> object:
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {str(name): _bounded(inner) for name, inner in value.items()}
        case _:
            return str(value)[:LONGEST]


def _names(given: Mapping[str, object]) -> frozenset[str]:
    names = set()
    for name, value in given.items():
        names |= {f"{name}.{inner}" for inner in value} if isinstance(value, Mapping) else {name}
    return frozenset(names)


def _check_names(found: Iterable[Reference], names: frozenset[str]) -> None:
    known = names.union(VARIABLES)
    groups = {name.split(".")[0] for name in known if "." in name}
    for reference in found:
        if reference.name in known or (reference.asked and reference.name in groups):
            continue
        nearest = get_close_matches(reference.name, sorted(known), 1, 0.5)
        if nearest:
            raise TemplateError(
                "Line {line} of the message names “{name}”, which does not exist: do you mean “{nearest}”?",
                line=reference.line, name=reference.name, nearest=nearest[0],
            )  # fmt: skip
        raise TemplateError(
            "Line {line} of the message names “{name}”, which does not exist. There are: {listed}.",
            line=reference.line, name=reference.name, listed=", ".join(VARIABLES),
        )  # fmt: skip


def _failure(error: Exception, found: Iterable[Reference], names: frozenset[str]) -> TemplateError:
    lost = next((r for r in found if r.name not in names and not r.asked), None)
    if isinstance(error, UndefinedError) and lost:
        return TemplateError(
            "Line {line} of the message names “{name}”, which only messages of a strike have.",
            line=lost.line, name=lost.name,
        )  # fmt: skip
    problem = str(error) or type(error).__name__
    return TemplateError("Line {line} of the message fails: {problem}.", line=_line(error), problem=problem.rstrip("."))


def _joined(pieces: Iterable[str]) -> str:
    text = ""
    for piece in pieces:
        if len(text) + len(piece) > LONGEST:
            raise _too_long()
        text += piece
    return text


def _too_long() -> TemplateError:
    return TemplateError("The message becomes longer than {limit} characters: shorten it.", limit=LONGEST)


def _unreadable(source: str, line: int) -> TemplateError:
    lines = source.splitlines() or [""]
    return TemplateError(
        "Line {line} of the message cannot be read: “{text}”. A variable is written {{{{ title }}}}, and"
        " {{% if %}} ends with {{% endif %}}.",
        line=line, text=lines[min(line, len(lines)) - 1][:80],
    )  # fmt: skip


def _line(error: BaseException) -> int:
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno or 1 for frame in reversed(frames) if frame.filename == "<template>"), 1)
