"""A small right catalog file, and folders of such files, for tests that then make one thing wrong."""

from pathlib import Path

from responses.catalog import Catalog, load
from responses.catalog.problems import CatalogError

ENTRY = """---
code: SampleError
also: SampleFailed
numbers: 400001
messages:
  - The sample operation on {VmName} failed.
symptoms:
  - the sample hangs
area: backup
workload: vm
os: linux
retry: after-fix
offers: retry-backup
source: https://example.com/sample
reviewed: 2026-11-22
---
# en: The sample failed
## Meaning
The service `Sample` did **not** answer. See [the page](https://example.com/page).
## Careful
Do not delete `/srv/sample`.
## Steps
1. Restart it.
   ```sh
   sudo systemctl restart sample
   ```
2. Start a backup.
# nl: Het voorbeeld mislukte
## Betekenis
De service `Sample` gaf **geen** antwoord. Zie [de pagina](https://example.com/page).
## Let op
Verwijder `/srv/sample` niet.
## Stappen
1. Herstart hem.
   ```sh
   sudo systemctl restart sample
   ```
2. Start een back-up.
"""

OTHER = ENTRY.replace("SampleError", "OtherError").replace("SampleFailed", "OtherFailed").replace("400001", "400002")


def folder_of(folder: Path, files: dict[str, str]) -> Path:
    """Write the files and give the folder back."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_bytes(text.encode())
    return folder


def changed(old: str, new: str, count: int = 1, text: str = ENTRY) -> str:
    """The sample with a part replaced; fails when the part is not there."""
    assert old in text
    return text.replace(old, new, count)


def told(ours: Path, overlay: Path | None = None) -> list[str]:
    """What the reader complains about, one line each; empty when it reads everything."""
    try:
        load(overlay, ours)
    except CatalogError as error:
        return str(error).splitlines()
    return []


def read(folder: Path, text: str, name: str = "SampleError.md") -> Catalog:
    """A catalog of one file."""
    return load(ours=folder_of(folder, {name: text}))
