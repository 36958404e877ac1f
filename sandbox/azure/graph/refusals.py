"""What is wrong with a query, and where."""


class InvalidQuery(Exception):
    """A query that this interpreter does not answer: the token, its offset in the text, and a sentence why."""

    def __init__(self, token: str, at: int, why: str) -> None:
        super().__init__(f"{why} (token {token!r}, offset {at})")
        self.token = token
        self.at = at
        self.why = why


def place(text: str, at: int) -> tuple[int, int]:
    """Line (from 1) and position in the line (from 0) of an offset, as Resource Graph counts them."""
    before = text[:at]
    return before.count("\n") + 1, at - (before.rfind("\n") + 1)
