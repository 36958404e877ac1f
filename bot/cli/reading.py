"""What several commands read: the catalog with its problems told, and standard input."""

import os
import sys
from pathlib import Path

from responses.catalog import Catalog, load
from responses.catalog.problems import CatalogError


def read_catalog() -> Catalog | None:
    """Ours with BACKUP_BOT_CATALOG over it; None after every problem was printed."""
    overlay = os.environ.get("BACKUP_BOT_CATALOG")
    try:
        return load(Path(overlay) if overlay else None)
    except CatalogError as error:
        for problem in error.problems:
            print(f"{problem.file.parent.name}/{problem}", file=sys.stderr)
        return None


def read_input(words: list[str]) -> str:
    """The words given, or standard input for `-`; bytes that are not UTF-8 are shown as replacement characters."""
    if words == ["-"]:
        return sys.stdin.buffer.read().decode("utf-8", errors="replace")
    return " ".join(words)
