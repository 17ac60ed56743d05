"""The expression language of guards, residual conditions and formulas: a typed, total subset of Python's expressions.

Text is checked against declared names when the manifest is checked and compiled once. Imports nothing above row 1 and
knows no case, no scheme and no clock: it is handed a mapping of values and gives back a value.
"""

from core.expression.compiled import Expression, ExpressionType, compile_expression
from core.expression.fault import ExpressionFault, ExpressionFaults
from core.expression.names import names_for

__all__ = [
    "Expression",
    "ExpressionFault",
    "ExpressionFaults",
    "ExpressionType",
    "compile_expression",
    "names_for",
]
