"""The Graph API's `fields` parameter: names, with fields of their own in braces."""

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

Fields: TypeAlias = "dict[str, Fields]"
_TOKEN = re.compile(r"\s*([\w.]+(?:\([^)]*\))*|[{},])")


class FieldsError(ValueError):
    """The parameter cannot be read."""


def parse_fields(text: str) -> Fields:
    """Read `id,attachments{url,title}` into nested names; FieldsError when it is malformed."""
    root: Fields = {}
    stack, current, last = [root], root, ""
    for token in _tokens(text):
        if token == "{":
            if not last:
                raise FieldsError('"Expected name instead of {."')
            current, last = current[last], ""
            stack.append(current)
        elif token == "}":
            stack.pop()
            if not stack:
                raise FieldsError('"Expected end of string instead of }."')
            current, last = stack[-1], ""
        elif token != ",":
            last = token.partition(".")[0].partition("(")[0]
            current.setdefault(last, {})
    if len(stack) != 1:
        raise FieldsError('"Expected } at end of string."')
    return root


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = _TOKEN.match(text, position)
        if not match:
            raise FieldsError(f'"Unexpected character at {position}."')
        tokens.append(match[1])
        position = match.end()
    return tokens


def chosen(entity: Mapping[str, Any], fields: Fields) -> dict[str, Any]:
    """Keep of an entity what was asked; a list's fields hold for each of its items."""
    return {name: _inner(entity[name], inner) for name, inner in fields.items() if name in entity}


def _inner(value: Any, fields: Fields) -> Any:  # noqa: ANN401 - any JSON value
    if not fields or not isinstance(value, dict):
        return value
    if isinstance(value.get("data"), list):
        return {**value, "data": [chosen(item, fields) for item in value["data"]]}
    return chosen(value, fields)
