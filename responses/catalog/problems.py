"""What can be wrong with a catalog file, each with its remedy, gathered so that all are told at once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


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
    """One thing wrong, raised while a file is read; the reader of the folder adds the file's name."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what = what
        self.remedy = remedy
        super().__init__(what)


class Refusals(Exception):
    """Everything wrong with one file."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        self.refusals = tuple(refusals)
        super().__init__("; ".join(refusal.what for refusal in refusals))


class Gathering:
    """Runs readers one after the other and keeps what they refuse, so that one wrong field does not hide the next."""

    def __init__(self) -> None:
        self._refusals: list[Refusal] = []

    def read(self, reader: Callable[[], T]) -> T | None:
        """What the reader gives, or None when it refuses."""
        try:
            return reader()
        except Refusal as refusal:
            self._refusals.append(refusal)
            return None

    def finish(self) -> None:
        """Raise Refusals when anything was refused."""
        if self._refusals:
            raise Refusals(self._refusals)
