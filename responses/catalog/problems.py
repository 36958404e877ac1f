"""What can be wrong with a catalog file, each with its remedy, gathered so that all are told at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in one file, and what to do about it."""

    file: Path
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file.name}: {self.what}. {self.remedy}"


class CatalogError(Exception):
    """The catalog cannot be read; `problems` lists everything that is wrong, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


class Refusal(Exception):
    """Raised while one file is read; the reader adds the file's name."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(what)
