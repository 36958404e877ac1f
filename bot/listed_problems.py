"""What is wrong with a list that people write, every problem at once."""

from collections.abc import Sequence


class ListedProblems(ValueError):
    """The list cannot be used; `problems` holds one sentence with its remedy for each."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(problems))
