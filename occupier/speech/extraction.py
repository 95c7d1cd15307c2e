"""Find the messages in the code: for developers.

Babel's own extractor sees only a text written inside the call. Here the first argument of a call that takes a message
is followed to where it is written: a variable, a choice between two, a table, or the caller of a function that passes
it on. What cannot be followed is reported, so that no sentence escapes the catalogue in silence.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import extract_from_ast

_ERRORS = (
    "OccupierError", "UsageError", "SettingsError", "TimeError", "StrikeError", "TemplateError", "UnknownName",
    "FailedError", "FeedError", "NetworkError", "HeldElsewhere", "DatabaseError",
)  # fmt: skip
SPEAKERS: Mapping[str, tuple[int, str]] = {
    **dict.fromkeys(("_", "gettext", "ngettext", "Sentence", *_ERRORS), (0, "text")),
    "Identity": (3, "notes"),
}
"""The calls that take a message: which of the arguments it is, and its name. `ngettext` has a second one."""

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Found:
    """Messages, a plural being a pair, and the places (`file:line`) whose message could not be followed."""

    messages: set[str | tuple[str, str]] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _PassedOn:
    """The message is a parameter of the function that it stands in."""

    parameter: str


class _Lost(Exception):
    pass


def find_messages(package: Path) -> Found:
    """Return the messages of every module and page below a folder."""
    found = Found()
    for path in sorted(package.rglob("web/templates/**/*.html")):
        found.messages |= set(_of_page(path.read_text(encoding="utf-8")))
    for path in sorted(package.rglob("*.py")):
        module = _Module(ast.parse(path.read_text(encoding="utf-8")))
        module.search(found, str(path.relative_to(package)))
    return found


def _of_page(source: str) -> Iterator[str | tuple[str, str]]:
    """Return the messages of a Jinja template; what is no constant there comes from code, and was found there."""
    tree = Environment().parse(source)
    for _line, called, message in extract_from_ast(tree, ("_", "ngettext"), babel_style=False):
        texts = [text for text in (message if isinstance(message, tuple) else (message,)) if text is not None]
        if called == "ngettext" and len(texts) > 1:
            yield texts[0], texts[1]
        elif called == "_":
            yield from texts[:1]


class _Module:
    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._functions = dict(_enclosing(tree, None))
        self._passing: dict[str, tuple[int, str]] = {}
        self._followed: list[str] = []

    def search(self, found: Found, name: str) -> None:
        """Search the calls that take a message, then those of functions that pass one on, until there is no new one."""
        searched: set[str] = set()
        speakers = SPEAKERS
        while wanted := {called: where for called, where in speakers.items() if called not in searched}:
            searched |= wanted.keys()
            for call in (node for node in ast.walk(self._tree) if isinstance(node, ast.Call)):
                self._search_call(call, wanted, found, name)
            speakers = self._passing

    def _search_call(self, call: ast.Call, wanted: Mapping[str, tuple[int, str]], found: Found, name: str) -> None:
        called = _name_of(call.func)
        argument = _argument(call, *wanted[called]) if called in wanted else None
        if argument is None:
            return
        function = self._functions.get(call)
        try:
            texts = list(self._texts(argument, function))
            if called == "ngettext":
                plurals = list(self._texts(call.args[1], function))
                found.messages |= {(one, many) for one in texts for many in plurals
                                   if isinstance(one, str) and isinstance(many, str)}  # fmt: skip
                return
        except _Lost:
            found.lost.append(f"{name}:{call.lineno}")
            return
        found.messages |= {text for text in texts if isinstance(text, str)}
        for text in texts:
            if isinstance(text, _PassedOn) and function:
                self._passing[function.name] = (_position(function, text.parameter), text.parameter)

    def _texts(self, node: ast.expr, function: _Function | None) -> Iterator[str | _PassedOn]:
        match node:
            case ast.Constant(value=str() as text):
                yield text
            case ast.IfExp(body=one, orelse=other):
                yield from self._texts(one, function)
                yield from self._texts(other, function)
            case ast.Name(id=name):
                yield from self._named(name, function)
            case ast.Subscript(value=ast.Name() as table):
                yield from (text for text in self._texts(table, function) if isinstance(text, str))
            case ast.Call(func=ast.Name(id="next"), args=[ast.GeneratorExp(generators=[rows]), *_]):
                yield from self._texts(rows.iter, function)
            case ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="get"), args=[_, *default]):
                for part in (table, *default):
                    yield from self._texts(part, function)
            case ast.Dict(values=values):
                for value in values:
                    yield from self._texts(value, function)
            case ast.Tuple(elts=values) | ast.List(elts=values):  # a table: not all that stands in it is a message
                for value in values:
                    with suppress(_Lost):
                        yield from self._texts(value, function)
            case ast.Attribute(attr="text" | "notes"):
                pass  # found where it was written
            case _:
                raise _Lost

    def _named(self, name: str, function: _Function | None) -> Iterator[str | _PassedOn]:
        if function and name in _parameters(function):
            yield _PassedOn(name)
            return
        values = list(_assigned(name, function)) if function else []
        values = values or list(_assigned(name, self._tree))
        if not values:
            raise _Lost
        if name in self._followed:  # a name that is set again by way of itself has no more texts for that
            return
        self._followed.append(name)
        try:
            for value in values:
                yield from self._texts(value, function)
        finally:
            self._followed.pop()


def _enclosing(node: ast.AST, function: _Function | None) -> Iterator[tuple[ast.AST, _Function | None]]:
    for child in ast.iter_child_nodes(node):
        yield child, function
        yield from _enclosing(child, child if isinstance(child, _Function) else function)


def _assigned(name: str, scope: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                yield value
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                yield value
            case ast.For(target=ast.Name(id=target), iter=value) if target == name:
                yield value
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                yield from (v for t, v in zip(targets, values, strict=False) if _name_of(t) == name)


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    if len(call.args) > position:
        return call.args[position]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _parameters(function: _Function) -> list[str]:
    given = function.args
    return [parameter.arg for parameter in (*given.posonlyargs, *given.args, *given.kwonlyargs)]


def _position(function: _Function, parameter: str) -> int:
    names = [name for name in _parameters(function) if name not in {"self", "cls"}]
    return names.index(parameter)


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
