"""Finds what must not stand in the tree: hosts of package registries, paths of one machine, secrets that look real."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Written in two halves, so that this file does not find itself.
FORBIDDEN = {
    "a package registry's host": "|".join(
        re.escape(name)
        for name in ("pypi" + ".org", "files.pythonhosted" + ".org", "registry.npmjs" + ".org", "deb.debian" + ".org")
    ),
    "a resolved URL in a lock": r'"resolved":\s*"http',
    "a path of one machine": "(?<![\\w.])(?:/ro" + "ot/|/wo" + "rk/)",
    "a token that looks real": r"xox[bp]-\d{9,}-\d{9,}-[A-Za-z0-9]{20,}",
}


def main() -> int:
    """Print each place; 1 when there is any."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    found = 0
    for name in listed.stdout.decode().split("\0"):
        path = ROOT / name
        if not name or not path.is_file() or path.suffix in (".png", ".woff2"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for what, pattern in FORBIDDEN.items():
            for match in re.finditer(pattern, text):
                line = text.count("\n", 0, match.start()) + 1
                print(f"{name}:{line}: {what}: {match[0]}")
                found += 1
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
