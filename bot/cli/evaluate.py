"""`evaluate`: how often the resolver is right on a labelled file, kind by kind."""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.cli.reading import read_catalog
from intents.model import Match
from intents.resolve import Resolver


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled text with what the resolver made of it; `right` has no codes for a text that names no error."""

    name: str
    kind: str
    right: tuple[str, ...]
    match: Match
    seconds: float

    @property
    def is_negative(self) -> bool:
        return not self.right

    @property
    def is_first_right(self) -> bool:
        """For a negative: not answered with confidence."""
        return (
            not self.match.is_sure
            if self.is_negative
            else self.match.codes[:1] != () and self.match.codes[0] in self.right
        )

    @property
    def is_confidently_wrong(self) -> bool:
        return self.match.is_sure and (self.is_negative or self.match.codes[0] not in self.right)


def run(options: argparse.Namespace) -> int:
    """0 when the file was read and measured, 2 when it cannot be read."""
    catalog = read_catalog()
    if catalog is None:
        return 1
    try:
        judged = judge(Resolver(catalog), options.file)
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"{options.file}: {type(error).__name__} {error}.", file=sys.stderr)
        print('Write one object a line: {"id": ..., "kind": ..., "text": ..., "codes": [...]}', file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(summary(judged), indent=1))
        return 0
    _print_table(judged)
    if options.wrong:
        for one in judged:
            if not one.is_first_right or one.is_confidently_wrong:
                print(f"{one.name} [{one.kind}] wanted {list(one.right)}, got {list(one.match.codes)} "
                      f"({one.match.how}{', sure' if one.match.is_sure else ''})")  # fmt: skip
    return 0


def judge(resolver: Resolver, file: Path) -> list[Judged]:
    """Resolve every line of a labelled file. Raises ValueError, KeyError or TypeError for an unlabelled line."""
    judged = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        given: Mapping[str, Any] = json.loads(line)
        start = time.perf_counter()
        match = resolver.resolve(given["text"])
        seconds = time.perf_counter() - start
        judged.append(Judged(str(given["id"]), given.get("kind", "all"), tuple(given["codes"]), match, seconds))
    if not judged:
        raise ValueError("there is no labelled line")
    return judged


def summary(judged: list[Judged]) -> dict[str, Any]:
    """Counts and shares over all, and by kind; times in milliseconds."""
    times = sorted(one.seconds * 1000 for one in judged)
    by_kind: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        by_kind[one.kind].append(one)
    return _counts(judged) | {
        "milliseconds_p50": round(times[len(times) // 2], 3),
        "milliseconds_p99": round(times[min(len(times) - 1, int(len(times) * 0.99))], 3),
        "kinds": {kind: _counts(ones) for kind, ones in sorted(by_kind.items())},
    }


def _counts(judged: Iterable[Judged]) -> dict[str, Any]:
    ones = list(judged)
    positives = [one for one in ones if not one.is_negative]
    negatives = [one for one in ones if one.is_negative]
    return {
        "texts": len(ones),
        "positives": len(positives),
        "first_right": sum(one.is_first_right for one in positives),
        "in_three": sum(bool(set(one.right) & set(one.match.codes[:3])) for one in positives),
        "confident": sum(one.match.is_sure for one in positives),
        "confidently_wrong": sum(one.is_confidently_wrong for one in positives),
        "negatives": len(negatives),
        "confident_on_negatives": sum(one.match.is_sure for one in negatives),
    }


def _print_table(judged: list[Judged]) -> None:
    from rich.table import Table

    from bot.cli import terminal

    result = summary(judged)
    table = Table(box=None, pad_edge=False)
    for heading in ("kind", "texts", "first right", "in three", "confident", "confidently wrong"):
        table.add_column(heading, justify="left" if heading == "kind" else "right")
    for kind, counts in (*result["kinds"].items(), ("all", result)):
        wrong = counts["confidently_wrong"] + counts["confident_on_negatives"]
        positives = counts["positives"]
        share = f"{counts['first_right'] / positives:.1%}" if positives else "-"
        three = f"{counts['in_three'] / positives:.1%}" if positives else "-"
        table.add_row(kind, str(counts["texts"]), share, three, str(counts["confident"]), str(wrong))
    terminal.console().print(table)
    negatives = result["negatives"] or 1
    print(f"\nconfident on texts that name no error: {result['confident_on_negatives']} of {result['negatives']}"
          f" ({result['confident_on_negatives'] / negatives:.1%})")  # fmt: skip
    print(f"time for one text: p50 {result['milliseconds_p50']} ms, p99 {result['milliseconds_p99']} ms")
