"""Says which files and functions have grown past the house's sizes (docs/architecture.md)."""

import ast
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("azure_ops", "responses", "intents", "bot", "sandbox", "tests", "scripts")
LONGEST_FILE, LONGEST_FUNCTION = 400, 60


def main() -> int:
    """Print what is too long; 1 when anything is."""
    lengths: list[int] = []
    problems: list[str] = []
    for file in sorted(file for package in PACKAGES for file in (ROOT / package).rglob("*.py")):
        if "node_modules" in file.parts:
            continue
        text = file.read_text(encoding="utf-8")
        name = file.relative_to(ROOT)
        if (lines := text.count("\n")) > LONGEST_FILE:
            problems.append(f"{name}: {lines} lines; split it by concept at {LONGEST_FILE}")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                lengths.append(length)
                if length > LONGEST_FUNCTION:
                    problems.append(f"{name}:{node.lineno} {node.name}: {length} lines; stop at {LONGEST_FUNCTION}")
    lengths.sort()
    print(
        f"{len(lengths)} functions, median {statistics.median(lengths)} lines, 95th percentile "
        f"{lengths[int(len(lengths) * 0.95)]}, longest {lengths[-1]}"
    )
    print("\n".join(problems))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
