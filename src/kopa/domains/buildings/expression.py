"""Expressions of rules: arithmetic, comparisons and a few functions over named series.

An expression is data that a file brings, so it is never given to Python's own evaluation: it is
parsed, every part is held against what is allowed, and what is left becomes a function of arrays.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from kopa.errors import RangeError

Value = Any
"""A number, or an array of numbers or truth values."""
_Node = Callable[[Mapping[str, Value]], Value]

LONGEST = 500
"""So many characters an expression has at most."""
DEEPEST = 40
"""So many parts may stand within one another."""


def _rss(*values: Value) -> Value:
    """Root of the sum of squares: errors that do not depend on one another."""
    return np.sqrt(sum(np.square(value) for value in values))


FUNCTIONS: Mapping[str, tuple[Callable[..., Value], int | None]] = {
    "abs": (np.abs, 1),
    "sqrt": (np.sqrt, 1),
    "sign": (np.sign, 1),
    "where": (np.where, 3),
    "min": (lambda *values: np.minimum.reduce(np.broadcast_arrays(*values)), None),
    "max": (lambda *values: np.maximum.reduce(np.broadcast_arrays(*values)), None),
    "rss": (_rss, None),
}
"""Functions that may be called, with the number of their arguments; None for one or more."""

_BINARY: Mapping[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
}
_COMPARE: Mapping[type[ast.cmpop], Callable[[Value, Value], Value]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}


@dataclass(frozen=True)
class Expression:
    """An expression that was parsed and found harmless.

    Parameters
    ----------
    text
        As the file has it.
    names
        Series and parameters that it needs.
    """

    text: str
    names: frozenset[str]
    _call: _Node

    def __call__(self, values: Mapping[str, Value]) -> Value:
        """Its value; where a number that it needs is NaN, comparisons are False.

        Parameters
        ----------
        values
            Arrays of one shape, and plain numbers, by name.
        """
        with np.errstate(all="ignore"):
            return self._call(values)


def parse(text: str) -> Expression:
    """An expression from its text.

    Raises
    ------
    RangeError
        If it holds anything but numbers, names, + - * /, comparisons, and, or, not, and calls of
        `FUNCTIONS`.
    """
    if len(text) > LONGEST:
        raise RangeError(f"an expression has at most {LONGEST} characters: '{text[:40]}…'")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Python's own style
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise RangeError(f"'{text}' is no expression") from None
    if _deeper(tree.body, DEEPEST):
        raise RangeError(f"'{text[:40]}…' has more than {DEEPEST} parts within one another")
    names: set[str] = set()
    call = _node(tree.body, names, text)
    return Expression(text, frozenset(names), call)


def _deeper(node: ast.AST, most: int) -> bool:
    """True if more than `most` parts stand within one another."""
    level: list[ast.AST] = [node]
    for _ in range(most):
        level = [part for one in level for part in ast.iter_child_nodes(one)]
    return bool(level)


def _node(node: ast.expr, names: set[str], text: str) -> _Node:
    """A part of an expression as a function; its names are added to `names`."""
    if isinstance(node, ast.Constant):
        return _constant(node, text)
    if isinstance(node, ast.Name):
        names.add(name := node.id)
        return lambda values: values[name]
    if isinstance(node, ast.UnaryOp):
        return _unary(node, names, text)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        function = _BINARY[type(node.op)]
        left, right = _node(node.left, names, text), _node(node.right, names, text)
        return lambda values: function(left(values), right(values))
    if isinstance(node, ast.BoolOp):
        joined = np.logical_and if isinstance(node.op, ast.And) else np.logical_or
        parts = [_node(part, names, text) for part in node.values]
        return lambda values: _folded(joined, [part(values) for part in parts])
    if isinstance(node, ast.Compare):
        return _compare(node, names, text)
    if isinstance(node, ast.Call):
        return _called(node, names, text)
    raise RangeError(f"'{text}': {type(node).__name__} is not allowed in an expression")


def _folded(joined: Callable[[Value, Value], Value], parts: list[Value]) -> Value:
    first = parts[0]
    for part in parts[1:]:
        first = joined(first, part)
    return first


def _constant(node: ast.Constant, text: str) -> _Node:
    if isinstance(node.value, bool) or not isinstance(node.value, int | float):
        raise RangeError(f"'{text}': {node.value!r} is no number")
    number = float(node.value)
    return lambda values: number


def _unary(node: ast.UnaryOp, names: set[str], text: str) -> _Node:
    inner = _node(node.operand, names, text)
    if isinstance(node.op, ast.USub):
        return lambda values: np.negative(inner(values))
    if isinstance(node.op, ast.Not):
        return lambda values: np.logical_not(inner(values))
    raise RangeError(f"'{text}': {type(node.op).__name__} is not allowed in an expression")


def _compare(node: ast.Compare, names: set[str], text: str) -> _Node:
    wrong = [type(op).__name__ for op in node.ops if type(op) not in _COMPARE]
    if wrong:
        raise RangeError(f"'{text}': {wrong[0]} is not allowed; compare with <, <=, > or >=")
    functions = [_COMPARE[type(op)] for op in node.ops]
    sides = [_node(side, names, text) for side in (node.left, *node.comparators)]

    def compared(values: Mapping[str, Value]) -> Value:
        known = [side(values) for side in sides]
        pairs = zip(functions, known[:-1], known[1:], strict=True)
        return _folded(np.logical_and, [function(a, b) for function, a, b in pairs])

    return compared


def _called(node: ast.Call, names: set[str], text: str) -> _Node:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS or node.keywords:
        raise RangeError(f"'{text}': only {', '.join(FUNCTIONS)} can be called")
    function, count = FUNCTIONS[node.func.id]
    if len(node.args) != count and (count is not None or not node.args):
        raise RangeError(f"'{text}': {node.func.id} takes {count or 'at least one'} arguments")
    inner = [_node(part, names, text) for part in node.args]
    return lambda values: function(*(part(values) for part in inner))
