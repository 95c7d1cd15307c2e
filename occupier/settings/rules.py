"""The rules of minimum service."""

from __future__ import annotations

import re
import warnings

from occupier.domain.errors import SettingsError
from occupier.domain.setup import Rule, RuleAction
from occupier.settings.shown import shown
from occupier.settings.table import Table
from occupier.settings.value import Value

_LONGEST_PATTERN = 500


def read_rule(table: Table) -> Rule:
    """Read one of `[[rules]]`; a rule without a condition would match everything, and is refused."""
    match = table.table("match")
    action = RuleAction(table.required("action", '"ordinary"').one_of(RuleAction))
    table.done()
    category, title = match.optional("category"), match.optional("title")
    match.done()
    if not category and not title:
        raise SettingsError(
            "{path}: a rule needs a condition; write for example {form}.",
            path=match.path,
            form='match = { category = ["Alerte"] }',
        )
    return Rule(action, category.texts() if category else (), _pattern(title) if title else None)


def _pattern(value: Value) -> re.Pattern[str]:
    source = value.text()
    if len(source) > _LONGEST_PATTERN:
        raise SettingsError(
            "{path}: this regular expression is longer than {most} characters; shorten it.",
            path=value.path,
            most=_LONGEST_PATTERN,
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what Python warns of will one day mean something else
            return re.compile(source)
    except (re.error, Warning, OverflowError, RecursionError) as error:
        raise SettingsError(
            "{path}: this is no regular expression ({detail}); correct it, or put a backslash before its signs.",
            path=value.path,
            detail=shown(str(error)),
        ) from None
