"""The catalog: every entry, found by code, with a team's own entries and notes laid over ours."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from responses.catalog.entry import is_team_note, read_entry, read_team_note
from responses.catalog.model import Entry, TeamNote
from responses.catalog.problems import CatalogError, Problem, Refusal, Refusals

OURS = Path(__file__).with_name("errors")


class Catalog:
    """All entries, in the order of their codes."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._by_key = {entry.code: entry for entry in sorted(entries, key=lambda entry: entry.code.casefold())}
        self._by_name = {name.casefold(): entry for entry in self for name in (entry.code, *entry.also)}

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._by_key.values())

    def __len__(self) -> int:
        return len(self._by_key)

    def __contains__(self, code: object) -> bool:
        """Whether this names an entry, in any case."""
        return isinstance(code, str) and code.casefold() in self._by_name

    def __getitem__(self, code: str) -> Entry:
        return self._by_name[code.casefold()]

    def get(self, code: str) -> Entry | None:
        """The entry that a code, an alias or a slug names, in any case; None when there is none."""
        return self._by_name.get(code.casefold())


def load(overlay: Path | None = None, ours: Path = OURS) -> Catalog:
    """Read our entries and, over them, a team's folder (files *.md directly in it).

    Raises CatalogError listing every problem of every file.
    """
    problems: list[Problem] = []
    entries: dict[Path, Entry] = {}
    notes: dict[Path, tuple[str, TeamNote]] = {}
    for file in _files(ours, problems) + (_files(overlay, problems) if overlay else []):
        try:
            text = file.read_text(encoding="utf-8")
            if file.parent != ours and is_team_note(text):
                notes[file] = read_team_note(text)
            else:
                entries[file] = read_entry(text)
        except Refusals as found:
            problems.extend(Problem(file, refusal.what, refusal.remedy) for refusal in found.refusals)
        except Refusal as refusal:
            problems.append(Problem(file, refusal.what, refusal.remedy))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(file, f"cannot be read ({error})", "Make it a readable UTF-8 file"))
    problems.extend(_claimed_twice(entries))
    extended = _extended(entries, notes, problems)
    if problems:
        raise CatalogError(problems)
    return Catalog(extended)


def _files(folder: Path, problems: list[Problem]) -> list[Path]:
    if not folder.is_dir():
        problems.append(Problem(folder, "is not a folder", "Set BACKUP_BOT_CATALOG to a folder of .md files"))
        return []
    return sorted(folder.glob("*.md"))


def _claimed_twice(entries: Mapping[Path, Entry]) -> Iterator[Problem]:
    owners: dict[str, Path] = {}
    for file, entry in entries.items():
        for name in (entry.code, *entry.also, *(f"number {number}" for number in entry.numbers)):
            owner = owners.setdefault(name.casefold(), file)
            if owner != file:
                yield Problem(
                    file, f"'{name}' is claimed by {owner.name} too", "Keep it in one; a note uses 'extends:'"
                )


def _extended(
    entries: Mapping[Path, Entry], notes: Mapping[Path, tuple[str, TeamNote]], problems: list[Problem]
) -> list[Entry]:
    by_name = {name.casefold(): entry.code for entry in entries.values() for name in (entry.code, *entry.also)}
    result = {entry.code: entry for entry in entries.values()}
    for file, (code, note) in notes.items():
        owner = by_name.get(code.casefold())
        if owner is None:
            problems.append(Problem(file, f"there is no entry '{code}'", "See: scripts/bot catalog list"))
        elif result[owner].team:
            problems.append(Problem(file, f"'{owner}' has a team note already", "Join the two files"))
        else:
            result[owner] = replace(result[owner], team=note)
    return list(result.values())
