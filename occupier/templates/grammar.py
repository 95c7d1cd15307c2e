"""What a message may contain: texts, variables, conditions and a few filters; nothing that calls, repeats or stores.

A Jinja sandbox keeps a template away from Python, not from eating the machine: `{{ 'x' * 10**9 }}` takes minutes
before any of it can be counted, and a few loops or assignments are enough to double a text until it fills the memory.
So templates are read node by node and only what is listed here passes. What is left is evaluated once, from texts
that are bounded (see `Engine`), so its cost is bounded too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from jinja2 import nodes

from occupier.domain.errors import TemplateError

FILTERS = ("capitalize", "default", "length", "lower", "replace", "title", "trim", "truncate", "upper")
TESTS = ("defined", "eq", "equalto", "ge", "gt", "in", "le", "lt", "ne", "undefined")
DEEPEST = 40
"""How deep expressions and conditions may nest."""

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr,
    nodes.Name, nodes.Getattr, nodes.Getitem, nodes.Slice, nodes.Const, nodes.Tuple, nodes.List, nodes.Keyword,
    nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg,
    nodes.Concat, nodes.Add, nodes.Sub,
)  # fmt: skip
_WRITTEN: dict[type[nodes.Node], str] = {
    nodes.Assign: "{% set %}", nodes.AssignBlock: "{% set %}", nodes.With: "{% with %}", nodes.For: "{% for %}",
    nodes.Macro: "{% macro %}", nodes.CallBlock: "{% call %}", nodes.FilterBlock: "{% filter %}",
    nodes.Block: "{% block %}", nodes.Extends: "{% extends %}", nodes.Include: "{% include %}",
    nodes.Import: "{% import %}", nodes.FromImport: "{% import %}", nodes.Call: "( )", nodes.Dict: "{ }",
    nodes.Mul: "*", nodes.Pow: "**", nodes.Mod: "%", nodes.Div: "/", nodes.FloorDiv: "//",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reference:
    """A variable that a template names, dotted, and where."""

    name: str
    line: int
    asked: bool
    """Only asked whether it is defined."""


def references(tree: nodes.Template) -> tuple[Reference, ...]:
    """Return the variables that a parsed template names, in order.

    Raises:
        TemplateError: it contains something that messages may not, or nests too deep.
    """
    return tuple(_walk(tree, 0, asked=False))


def _walk(node: nodes.Node, depth: int, *, asked: bool) -> Iterator[Reference]:
    _check(node, depth)
    name = _dotted(node)
    if name is not None:
        yield Reference(name, node.lineno, asked)
        return
    asks = isinstance(node, nodes.Test) and node.name in {"defined", "undefined"}
    for child in node.iter_child_nodes():
        yield from _walk(child, depth + 1, asked=asks)


def _check(node: nodes.Node, depth: int) -> None:
    if depth > DEEPEST:
        raise TemplateError("Line {line} of the message is too intricate: simplify it.", line=node.lineno)
    if not isinstance(node, _ALLOWED):
        raise _refused(node.lineno, _WRITTEN.get(type(node), type(node).__name__.lower()))
    if isinstance(node, nodes.Filter):
        _check_listed("|" + node.name, node.lineno, [f"|{name}" for name in FILTERS])
    elif isinstance(node, nodes.Test):
        _check_listed("is " + node.name, node.lineno, [f"is {name}" for name in TESTS])
    elif isinstance(node, nodes.Getattr | nodes.Getitem) and _dotted(node) is None and not _cuts(node):
        raise _refused(node.lineno, "." + node.attr if isinstance(node, nodes.Getattr) else "[ ]")


def _check_listed(written: str, line: int, listed: list[str]) -> None:
    if written not in listed:
        raise TemplateError(
            "Line {line} of the message uses “{what}”, which does not exist in messages. There are: {listed}.",
            line=line, what=written, listed=", ".join(listed),
        )  # fmt: skip


def _refused(line: int, what: str) -> TemplateError:
    return TemplateError(
        "Line {line} of the message uses “{what}”, which messages may not: they hold texts, variables, conditions and"
        " filters.",
        line=line, what=what,
    )  # fmt: skip


def _dotted(node: nodes.Node) -> str | None:
    """Return `strike.who` for `strike.who` and `strike["who"]`, `title` for `title`; None for anything else."""
    match node:
        case nodes.Name():
            return str(node.name)
        case nodes.Getattr(node=nodes.Name(name=owner), attr=attribute):
            return f"{owner}.{attribute}"
        case nodes.Getitem(node=nodes.Name(name=owner), arg=nodes.Const(value=str() as attribute)):
            return f"{owner}.{attribute}"
    return None


def _cuts(node: nodes.Node) -> bool:
    """Say whether this is `title[:80]` or `title[0]`."""
    if not isinstance(node, nodes.Getitem):
        return False
    return isinstance(node.arg, nodes.Slice) or (isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, int))
