"""From the syntax tree to checked code: every node is typed, and Python code is built for it, node by node.

The code consists of nothing but conditional, `and`/`or`/`not`, and calls of this package's own functions on constants
and on `get(name)`; no node of the parsed tree gets into it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from core.expression import number, operations
from core.expression.fault import FaultList
from core.expression.functions import FUNCTIONS, Function
from core.expression.kinds import ExpressionType
from core.expression.parse import Parsed

_LOAD = ast.Load()
_READERS = {
    "number": number.number,
    "text": operations.text,
    "boolean": operations.boolean,
    "set": operations.text_set,
}
_ARITHMETIC: dict[type[ast.operator], Callable[..., Any]] = {
    ast.Add: number.add,
    ast.Sub: number.subtract,
    ast.Mult: number.multiply,
    ast.Div: number.divide,
}
_ORDER: dict[type[ast.cmpop], Callable[..., Any]] = {
    ast.Lt: operations.less,
    ast.LtE: operations.at_most,
    ast.Gt: operations.greater,
    ast.GtE: operations.at_least,
}
_MEMBER: dict[type[ast.cmpop], Callable[..., Any]] = {ast.In: operations.member, ast.NotIn: operations.not_member}
_COMPARISONS = {**_ORDER, **_MEMBER, ast.Eq: operations.equal, ast.NotEq: operations.unequal}

Kind = str  # an ExpressionType, "numbers" (a literal set of numbers), or "any" after a fault


_EXPECTED = ("number", "text", "boolean", "set")


@dataclass(frozen=True, slots=True)
class Checked:
    """Code with its type. `certain` when its value can never be unknown."""

    kind: Kind
    code: ast.expr
    certain: bool = False


_FAULTY = Checked("any", ast.Constant(None))


def check(
    parsed: Parsed, names: Mapping[str, ExpressionType], result: ExpressionType, faults: FaultList
) -> tuple[ast.Expression, dict[str, Any]]:
    """Code of `lambda get: ...` for the whole expression, with the scope that it runs in; faults are collected."""
    checker = _Checker(parsed, names, faults)
    whole = checker.expect(parsed.root, {result})
    if result == "number":
        code: ast.expr = checker.call(number.plain, [whole.code])
    else:
        code = _condition(whole) if result == "boolean" else whole.code
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg("get")], kwonlyargs=[], kw_defaults=[], defaults=[])
    return ast.fix_missing_locations(ast.Expression(ast.Lambda(arguments, code))), checker.scope


def _condition(checked: Checked) -> ast.expr:
    """A condition is true or false: an unknown boolean counts as false."""
    if checked.certain:
        return checked.code
    return ast.Compare(checked.code, [ast.Is()], [ast.Constant(True)])


class _Checker:
    def __init__(self, parsed: Parsed, names: Mapping[str, ExpressionType], faults: FaultList) -> None:
        self.parsed = parsed
        self.names = names
        self.faults = faults
        self.scope: dict[str, Any] = {"__builtins__": {}}
        self.bound: dict[Any, str] = {}
        self.kept = 0

    def bind(self, value: Any) -> ast.expr:
        """A name in the scope of the code for a function or a constant."""
        key = self.bound.setdefault(value, f"v{len(self.bound)}")
        self.scope[key] = value
        return ast.Name(key, _LOAD)

    def call(self, run: Callable[..., Any], arguments: list[ast.expr]) -> ast.expr:
        return ast.Call(self.bind(run), arguments, [])

    def fault(self, code: str, node: ast.expr, **params: Any) -> Checked:
        self.faults.add(code, self.parsed.column(node), **params)
        return _FAULTY

    def expect(self, node: ast.expr, kinds: Collection[str]) -> Checked:
        return self.require(node, self.visit(node), kinds)

    def require(self, node: ast.expr, checked: Checked, kinds: Collection[str]) -> Checked:
        if checked.kind in kinds or checked.kind == "any":
            return checked
        expected = next(kind for kind in _EXPECTED if kind in kinds)
        return self.fault(
            f"expression-{expected}-expected", node, written=self.parsed.written(node), found=checked.kind
        )

    def visit(self, node: ast.expr) -> Checked:
        method = getattr(self, f"visit_{type(node).__name__}", self.visit_other)
        checked: Checked = method(node)
        return checked

    def visit_other(self, node: ast.expr) -> Checked:
        return self.fault("expression-foreign", node, written=self.parsed.written(node))

    def visit_Name(self, node: ast.Name) -> Checked:
        token = self.parsed.token(node)
        if token.kind == "number":
            return Checked("number", self.bind(token.value), certain=True)
        if token.kind in ("text", "boolean"):
            return Checked(token.kind, ast.Constant(token.value), certain=True)
        kind = self.names.get(token.written)
        if kind is None:
            return _FAULTY  # reported by the scan
        value = ast.Call(ast.Name("get", _LOAD), [ast.Constant(token.written)], [])
        return Checked(kind, self.call(_READERS[kind], [value]))

    def visit_BoolOp(self, node: ast.BoolOp) -> Checked:
        parts = [_condition(self.expect(value, {"boolean"})) for value in node.values]
        operator = ast.And() if isinstance(node.op, ast.And) else ast.Or()
        return Checked("boolean", ast.BoolOp(operator, parts), certain=True)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> Checked:
        if isinstance(node.op, ast.Not):
            return Checked(
                "boolean",
                ast.UnaryOp(ast.Not(), _condition(self.expect(node.operand, {"boolean"}))),
                certain=True,
            )
        if isinstance(node.op, ast.USub):
            operand = self.expect(node.operand, {"number"})
            return Checked("number", self.call(number.negate, [operand.code]), operand.certain)
        return self.visit_other(node)

    def visit_BinOp(self, node: ast.BinOp) -> Checked:
        run = _ARITHMETIC.get(type(node.op))
        left, right = self.expect(node.left, {"number"}), self.expect(node.right, {"number"})
        if run is None:
            return self.visit_other(node)
        return Checked("number", self.call(run, [left.code, right.code]))

    def visit_IfExp(self, node: ast.IfExp) -> Checked:
        test = _condition(self.expect(node.test, {"boolean"}))
        body, other = self.visit(node.body), self.visit(node.orelse)
        self.alike(node.body, body, node.orelse, other)
        kind = other.kind if body.kind == "any" else body.kind
        return Checked(kind, ast.IfExp(test, body.code, other.code), body.certain and other.certain)

    def visit_Compare(self, node: ast.Compare) -> Checked:
        nodes = [node.left, *node.comparators]
        operands = [self.visit(operand) for operand in nodes]
        parts: list[ast.expr] = []
        for index, operator in enumerate(node.ops):
            left, right = operands[index], operands[index + 1]
            self.check_pair(operator, (nodes[index], left), (nodes[index + 1], right))
            if index + 1 < len(node.ops):  # also the left operand of the next pair: reckoned once
                name, self.kept = f"k{self.kept}", self.kept + 1
                operands[index + 1] = Checked(right.kind, ast.Name(name, _LOAD), right.certain)
                right = Checked(right.kind, ast.NamedExpr(ast.Name(name, ast.Store()), right.code), right.certain)
            parts.append(self.compare(operator, left, right))
        return Checked("boolean", parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), parts), certain=True)

    def check_pair(self, operator: ast.cmpop, left: tuple[ast.expr, Checked], right: tuple[ast.expr, Checked]) -> None:
        if type(operator) in _ORDER:
            self.require(*left, {"number"})
            self.require(*right, {"number"})
        elif type(operator) in _MEMBER:
            self.require(*right, {"set", "numbers"})
            members = {"set": {"text"}, "numbers": {"number"}}.get(right[1].kind)
            if members is not None:
                self.require(*left, members)
        else:
            self.alike(*left, *right)

    def alike(self, left_node: ast.expr, left: Checked, right_node: ast.expr, right: Checked) -> None:
        if left.kind != right.kind and "any" not in (left.kind, right.kind):
            self.fault(
                "expression-unlike",
                right_node,
                left=self.parsed.written(left_node),
                right=self.parsed.written(right_node),
            )

    def compare(self, operator: ast.cmpop, left: Checked, right: Checked) -> ast.expr:
        if isinstance(operator, ast.Eq) and (left.certain or right.certain):
            return ast.Compare(left.code, [ast.Eq()], [right.code])  # None equals nothing that is certain
        if isinstance(operator, ast.In) and right.certain:
            return ast.Compare(left.code, [ast.In()], [right.code])  # None is in no set
        return self.call(_COMPARISONS[type(operator)], [left.code, right.code])

    def visit_Call(self, node: ast.Call) -> Checked:
        token = self.parsed.token(node.func)
        if not isinstance(node.func, ast.Name) or token.kind != "function":
            return self.visit_other(node)
        function = FUNCTIONS.get(token.written)
        if function is None:
            for argument in node.args:
                self.visit(argument)
            return _FAULTY  # reported by the scan
        return self.apply(function, node)

    def apply(self, function: Function, node: ast.Call) -> Checked:
        given, least = len(node.args), len(function.accepts)
        if given < least or (given > least and not function.variadic):
            self.fault("expression-argument-count", node, signature=function.signature, given=given)
        codes = [
            self.expect(argument, function.accepts[min(index, least - 1)]).code
            for index, argument in enumerate(node.args)
        ]
        return Checked(function.result, self.call(function.run, codes), function.result == "boolean")

    def visit_Tuple(self, node: ast.Tuple) -> Checked:
        return self.fault("expression-set-expected", node, written=self.parsed.written(node), found="tuple")

    def visit_Set(self, node: ast.Set) -> Checked:
        values: list[Any] = []
        kind = ""
        for element in node.elts:
            found, value = self.literal(element)
            kind = kind or found
            if not found or found != kind:
                self.fault("expression-set-element", element, written=self.parsed.written(element))
            values.append(value)
        return Checked("set" if kind == "text" else "numbers" if kind else "any", self.bind(frozenset(values)), True)

    def literal(self, node: ast.expr) -> tuple[str, Any]:
        """Type and value of a literal text or number, or "" for anything else."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            kind, value = self.literal(node.operand)
            return ("number", number.negate(value)) if kind == "number" else ("", None)
        token = self.parsed.token(node)
        if isinstance(node, ast.Name) and token.kind in ("text", "number"):
            return token.kind, token.value
        return "", None
