"""Evaluates the formulas of check-lists: numbers, names and a few functions, nothing else.

A formula is text of a data file, so it is read as a tree and never run as code.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from kopa.errors import RangeError
from kopa.model import FloatArray

Value = float | FloatArray
LONGEST = 400
CONSTANTS = {"pi": float(np.pi)}
_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_FUNCTIONS: dict[str, tuple[int, Callable[..., Any]]] = {
    "sum": (1, np.sum),
    "sqrt": (1, np.sqrt),
    "exp": (1, np.exp),
    "log": (1, np.log),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
}
"""Functions with the number of their arguments."""


class Formula:
    """A formula, read once and evaluated for numbers or arrays of them.

    Parameters
    ----------
    text
        Such as ``hours_h * power_kw * (1 - now / new)``.

    Raises
    ------
    RangeError
        If it is no formula, or says more than a formula may.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > LONGEST:
            raise RangeError(f"a formula has {LONGEST} characters at most")
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise RangeError(f"'{text}' is no formula") from None
        found: dict[str, None] = {}
        self._check(self._tree, found)
        self.names = tuple(found)

    def __call__(self, values: Mapping[str, Value]) -> Value:
        """Its value; NaN or infinite where it has none.

        Parameters
        ----------
        values
            By name: numbers, or arrays of one shape for many cases at once.
        """
        with np.errstate(all="ignore"):
            found = self._value(self._tree, {**CONSTANTS, **values})
        return found if isinstance(found, np.ndarray) and found.ndim else float(found)

    def _check(self, node: ast.expr, found: dict[str, None]) -> None:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                pass
            case ast.Name(id=name):
                if name not in CONSTANTS:
                    found[name] = None
            case ast.UnaryOp(op=ast.USub(), operand=inner):
                self._check(inner, found)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                self._check(left, found)
                self._check(right, found)
            case ast.Call(func=ast.Name(id=name), args=inner, keywords=[]) if (
                name in _FUNCTIONS and len(inner) == _FUNCTIONS[name][0]
            ):
                for one in inner:
                    self._check(one, found)
            case _:
                raise RangeError(f"'{ast.unparse(node)}' may not stand in a formula")

    def _value(self, node: ast.expr, values: Mapping[str, Value]) -> Any:
        match node:
            case ast.Constant(value=number):
                return np.float64(number)  # type: ignore[arg-type]  # checked when it was read
            case ast.Name(id=name):
                return values[name]
            case ast.UnaryOp(operand=inner):
                return -self._value(inner, values)
            case ast.BinOp(left=left, op=op, right=right):
                return _OPERATORS[type(op)](self._value(left, values), self._value(right, values))
            case ast.Call(func=ast.Name(id=name), args=inner):
                return _FUNCTIONS[name][1](*(self._value(one, values) for one in inner))
        raise AssertionError("checked when it was read")
