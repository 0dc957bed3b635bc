"""One small typed expression language for guards and formulas: a subset of FEEL (DMN 1.3). See README.md."""

from __future__ import annotations

from dothi.core.feel.errors import FeelError, TooMuchWork
from dothi.core.feel.expression import STEPS, Expression, Test, compile, unary
from dothi.core.feel.functions import BUILTINS, Function, function
from dothi.core.feel.types import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    DURATION,
    MONTHS,
    NUMBER,
    STRING,
    TIME,
    Type,
    context,
    list_of,
    parse_type,
)
from dothi.core.feel.values import Months, Span, facts

__all__ = [
    "ANY", "BOOLEAN", "BUILTINS", "DATE", "DATETIME", "DURATION", "MONTHS", "NUMBER", "STEPS", "STRING", "TIME", "Expression",
    "FeelError", "Function", "Months", "Span", "Test", "TooMuchWork", "Type", "compile", "context", "facts", "function", "list_of",
    "parse_type", "unary",
]  # fmt: skip
