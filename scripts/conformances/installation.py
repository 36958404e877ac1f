"""Installs the Azure CLI of one pinned version into an environment of its own."""

import subprocess
import sys
from pathlib import Path
from typing import Final

VERSION: Final = "2.91.0"
_ROOT: Final = Path(__file__).parents[2] / ".cache" / "azure-cli"


class NotInstalled(Exception):
    """The Azure CLI could not be installed; the text says what to do."""


def azure_cli() -> Path:
    """The `az` program; the first call downloads it by pip, as pip is configured here. Raises NotInstalled."""
    folder = _ROOT / VERSION
    program, done = folder / "bin" / "az", folder / "installed"
    if not done.exists():
        print(f"Installing azure-cli {VERSION} into {folder} (once; several minutes) ...", file=sys.stderr)
        python = folder / "bin" / "python"
        _do([sys.executable, "-m", "venv", "--clear", str(folder)])
        _do([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"azure-cli=={VERSION}"])
        done.write_text(VERSION, "utf-8")
    return program


def _do(command: list[str]) -> None:
    # pip's words go to standard error, so that --json prints one object and nothing else.
    result = subprocess.run(command, stdout=sys.stderr, check=False)
    if result.returncode:
        raise NotInstalled(
            f"Could not install azure-cli {VERSION}: {' '.join(command)} ended with {result.returncode}. "
            "Check the network and your pip settings, then run this again."
        )
