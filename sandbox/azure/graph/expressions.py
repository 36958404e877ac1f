"""Reads scalar expressions: conditions, values, paths and calls."""

from typing import cast

from sandbox.azure.graph.lexer import Token, tokens
from sandbox.azure.graph.refusals import InvalidQuery
from sandbox.azure.graph.syntax import (
    Among,
    Between,
    Binary,
    Call,
    Column,
    Either,
    Every,
    Expression,
    Literal,
    Named,
    Negated,
    Path,
    Type,
)

_DEEPEST = 40
_MOST_STEPS = 64
_COMPARISONS = frozenset({"==", "!=", "=~", "!~", "<", "<=", ">", ">="})
_TEXTUAL = frozenset(
    {"has", "has_cs", "contains", "contains_cs", "startswith", "startswith_cs", "endswith", "endswith_cs"}
)
_LISTS = frozenset({"in", "in~", "!in", "!in~"})


class Reader:
    """A cursor over the tokens of one query; every method reads one thing or raises InvalidQuery."""

    def __init__(self, text: str) -> None:
        self._tokens = tokens(text)
        self._next = 0
        self._depth = 0

    # The cursor.

    @property
    def token(self) -> Token:
        return self._tokens[self._next]

    def advance(self) -> Token:
        token = self.token
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def sees(self, *texts: str) -> bool:
        return self.token.kind in {"op", "name"} and self.token.text in texts

    def ahead(self, text: str) -> bool:
        """Whether the token after this one is that operator."""
        following = self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        return following.kind == "op" and following.text == text

    def skip(self, text: str) -> bool:
        if self.sees(text):
            self.advance()
            return True
        return False

    def expect(self, text: str) -> Token:
        if not self.sees(text):
            raise self.refuse(f"Expected {text!r} here.")
        return self.advance()

    def refuse(self, why: str) -> InvalidQuery:
        return InvalidQuery(self.token.text, self.token.at, why)

    def name(self, what: str) -> Token:
        if self.token.kind != "name":
            raise self.refuse(f"Expected {what} here.")
        return self.advance()

    # Expressions, from the loosest binding to the tightest.

    def expression(self) -> Expression:
        if self._depth >= _DEEPEST:
            raise self.refuse(f"Expressions are nested deeper than {_DEEPEST} levels.")
        self._depth += 1
        try:
            return self._either()
        finally:
            self._depth -= 1

    def named(self) -> Named:
        """`name = expression` or an expression alone."""
        if self.token.kind == "name" and self.ahead("="):
            name = self.advance().text
            self.advance()
            return Named(name, self.expression())
        return Named("", self.expression())

    def list_of_named(self) -> tuple[Named, ...]:
        found = [self.named()]
        while self.skip(","):
            found.append(self.named())
        return tuple(found)

    def _either(self) -> Expression:
        at = self.token.at
        parts = [self._every()]
        while self.skip("or"):
            parts.append(self._every())
        return parts[0] if len(parts) == 1 else Either(at, tuple(parts))

    def _every(self) -> Expression:
        at = self.token.at
        parts = [self._comparison()]
        while self.skip("and"):
            parts.append(self._comparison())
        return parts[0] if len(parts) == 1 else Every(at, tuple(parts))

    def _comparison(self) -> Expression:
        left = self._sum()
        token = self.token
        if token.kind not in {"op", "name"}:
            return left
        if token.text in _COMPARISONS or token.text.removeprefix("!") in _TEXTUAL:
            self.advance()
            return Binary(token.at, token.text, left, self._sum())
        if token.text in _LISTS:
            return self._among(left)
        if token.text in {"between", "!between"}:
            return self._between(left)
        return left

    def _among(self, value: Expression) -> Expression:
        operator = self.advance()
        tilde = "~" if operator.text == "in" and self._touches(operator) and self.skip("~") else ""
        self.expect("(")
        options = [self.expression()]
        while self.skip(","):
            options.append(self.expression())
        self.expect(")")
        return Among(operator.at, operator.text + tilde, value, tuple(options))

    def _touches(self, before: Token) -> bool:
        return self.token.at == before.at + len(before.text)

    def _between(self, value: Expression) -> Expression:
        operator = self.advance()
        self.expect("(")
        low = self._nested_sum()
        self.expect("..")
        high = self._nested_sum()
        self.expect(")")
        return Between(operator.at, value, low, high, operator.text[0] == "!")

    def _nested_sum(self) -> Expression:
        if self._depth >= _DEEPEST:
            raise self.refuse(f"Expressions are nested deeper than {_DEEPEST} levels.")
        self._depth += 1
        try:
            return self._sum()
        finally:
            self._depth -= 1

    def _sum(self) -> Expression:
        value = self._product()
        for _ in range(_MOST_STEPS):
            if not self.sees("+", "-"):
                return value
            operator = self.advance()
            value = Binary(operator.at, operator.text, value, self._product())
        raise self.refuse(f"More than {_MOST_STEPS} terms in a row.")

    def _product(self) -> Expression:
        value = self._signed()
        for _ in range(_MOST_STEPS):
            if not self.sees("*", "/"):
                return value
            operator = self.advance()
            value = Binary(operator.at, operator.text, value, self._signed())
        raise self.refuse(f"More than {_MOST_STEPS} factors in a row.")

    def _signed(self) -> Expression:
        if not self.sees("-"):
            return self._path()
        sign = self.advance()
        if self.sees("-"):
            raise self.refuse("One minus sign is enough.")
        return Negated(sign.at, self._path())

    def _path(self) -> Expression:
        base = self._primary()
        steps: list[str | int] = []
        while self.sees(".", "["):
            if len(steps) >= _MOST_STEPS:
                raise self.refuse(f"A path of more than {_MOST_STEPS} steps.")
            steps.append(self._step())
        return Path(base.at, base, tuple(steps)) if steps else base

    def _step(self) -> str | int:
        if self.advance().text == ".":
            return self.name("a property's name").text
        sign = -1 if self.skip("-") else 1
        token = self.advance()
        if token.kind == "long":
            step: str | int = sign * cast(int, token.value)
        elif token.kind == "string" and sign == 1:
            step = cast(str, token.value)
        else:
            raise InvalidQuery(token.text, token.at, "Only a number or a string literal may stand in the brackets.")
        self.expect("]")
        return step

    def _primary(self) -> Expression:
        token = self.advance()
        match token.kind:
            case "string" | "long" | "real" | "datetime" | "timespan":
                return Literal(token.at, cast(Type, token.kind), token.value)
            case "name" if token.text in {"true", "false"}:
                return Literal(token.at, "bool", token.text == "true")
            case "name":
                return self._call(token) if self.sees("(") else Column(token.at, token.text)
            case "op" if token.text == "(":
                return self._closed(")")
            case "op" if token.text == "[" and self.token.kind == "string":
                name = cast(str, self.advance().value)
                self.expect("]")
                return Column(token.at, name)
        raise InvalidQuery(token.text, token.at, "Expected a value, a column or a function here.")

    def _closed(self, by: str) -> Expression:
        inside = self.expression()
        self.expect(by)
        return inside

    def _call(self, name: Token) -> Expression:
        self.advance()
        arguments: list[Expression] = []
        if not self.sees(")"):
            arguments.append(self.expression())
            while self.skip(","):
                arguments.append(self.expression())
        self.expect(")")
        return Call(name.at, name.text, tuple(arguments))
