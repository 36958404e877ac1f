"""`jobs`: live backup jobs of a vault, a subscription or everything, as a table or as JSON.

With `--json` one object:
* `which`, `scope` (a name, empty for everything), `since` and `read_at` (ISO 8601, UTC), `total`;
* `groups`, each with `code` (empty where Azure gave none), `title`, `is_known` (the catalog explains it) and `count`;
* `rows`, each with `group` (index into groups), `item`, `vault`, `subscription`, `status`, `started`, `ended`,
  `attempt`, `attempts`, `job` (its ARM path) and `portal`; with `--limit` there may be fewer rows than `total`;
* `problems`, each with `label`, `about` and `values`: what could not be read.
"""

import argparse
import asyncio
import html
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from azure_ops.errors import AzureError
from bot import settings
from bot.cli.reading import read_catalog
from bot.settings import AzureSettings, SettingsError
from intents.look_up import LookUpJobs, Misread, ShowJobsHelp, read_jobs_command
from intents.resolve import Resolver
from responses.catalog import Catalog
from responses.catalog.model import Language

if TYPE_CHECKING:
    from bot.lookups.pages import Choice
    from responses.cards.jobs import JobsPage

READ, NOT_READ, USED_WRONGLY = 0, 1, 2
_ROWS: Final = 100
_ALL_ROWS: Final = 1_000_000
_HOW: Final = "scripts/bot jobs [vault] [failed|running|all] [24h|7d|since 22:00] [--subscription NAME]"


def run(options: argparse.Namespace) -> int:
    """0 when read (also when nothing failed), 1 when Azure could not be read, 2 for wrong use or settings."""
    asked = _asked(options)
    if isinstance(asked, ShowJobsHelp):
        print(f"Write: {_HOW}")
        return READ
    if isinstance(asked, Misread):
        print(f"{asked.word!r} is not understood.\nWrite: {_HOW}", file=sys.stderr)
        return USED_WRONGLY
    if options.limit is not None and options.limit < 1:
        print("--limit is a number of rows from 1.", file=sys.stderr)
        return USED_WRONGLY
    try:
        configured = settings.load_azure()
    except SettingsError as error:
        print(error.report, file=sys.stderr)
        return USED_WRONGLY
    catalog = read_catalog()
    if catalog is None:
        return USED_WRONGLY
    with _progress() as progress:
        found = asyncio.run(_look(configured, catalog, asked, options, progress))
    return _say(found, options)


def _asked(options: argparse.Namespace) -> LookUpJobs | ShowJobsHelp | Misread:
    """What the words ask; a word with spaces is a name."""
    words = [f'"{word}"' if " " in word and ":" not in word else word for word in options.words]
    if options.subscription:
        words.append(f'sub:"{options.subscription}"')
    zone = datetime.now().astimezone().tzinfo or UTC
    return read_jobs_command(" ".join(words), datetime.now(UTC), zone)


async def _look(
    configured: AzureSettings,
    catalog: Catalog,
    asked: LookUpJobs,
    options: argparse.Namespace,
    progress: Callable[[int], None],
) -> "JobsPage | Choice | AzureError":
    from bot.lookups.lookups import Lookups

    lookups = Lookups(configured, catalog, Resolver(catalog), progress=progress)
    rows = options.limit or (_ALL_ROWS if options.json else _ROWS)
    try:
        return await lookups.jobs(asked, 1, _language(options), rows)
    except AzureError as error:
        return error
    finally:
        await lookups.close()


def _say(found: "JobsPage | Choice | AzureError", options: argparse.Namespace) -> int:
    from bot.lookups.pages import Choice

    if isinstance(found, AzureError):
        _print_trouble(found, _language(options))
        return NOT_READ
    if isinstance(found, Choice):
        _print_choice(found)
        return USED_WRONGLY
    if options.json:
        print(json.dumps(page_json(found, _language(options)), ensure_ascii=False, indent=1))
    else:
        from bot.cli import jobs_table, terminal

        jobs_table.print_jobs(terminal.console(), found, _language(options))
    return READ


def _print_trouble(error: AzureError, language: Language) -> None:
    """The card's sentence, without what Slack needs around it."""
    from bot.lookups.problems import trouble_of
    from responses.cards.jobs import azure_trouble

    print(html.unescape(azure_trouble(trouble_of(error), language, "").text), file=sys.stderr)
    if error.correlation_id:
        print(f"correlation id: {error.correlation_id}", file=sys.stderr)


def _print_choice(choice: "Choice") -> None:
    what = "is the name of several" if choice.is_known else "is not known. Near"
    print(f"{choice.asked!r} {what}{':' if choice.choices else ''}", file=sys.stderr)
    for each in choice.choices:
        place = f"group {each.group}, subscription {each.subscription}" if each.group else "a subscription"
        print(f"  {each.name} ({place})", file=sys.stderr)
    if choice.is_known:
        print("Add --subscription NAME, or give the vault's whole id.", file=sys.stderr)


def page_json(page: "JobsPage", language: Language) -> dict[str, Any]:
    """What was found, for programs; the keys are described above."""
    groups = [
        {
            "code": group.code,
            "title": group.entry.words[language].title if group.entry else group.title,
            "is_known": group.entry is not None,
            "count": group.count,
        }
        for group in page.groups
    ]
    return {
        "which": page.which,
        "scope": page.scope,
        "since": page.since.isoformat(),
        "read_at": page.read_at.isoformat(),
        "total": page.total,
        "groups": groups,
        "rows": [
            {
                "group": row.group,
                "item": row.item,
                "vault": row.vault,
                "subscription": row.subscription,
                "status": row.status,
                "started": row.started.isoformat() if row.started else None,
                "ended": row.ended.isoformat() if row.ended else None,
                "attempt": row.attempt,
                "attempts": row.attempts,
                "job": row.value,
                "portal": row.portal,
            }
            for group in page.groups
            for row in group.rows
        ],
        "problems": [
            {"label": problem.label, "about": problem.about, "values": dict(problem.values)}
            for problem in page.problems
        ],
    }


def _language(options: argparse.Namespace) -> Language:
    from bot.cli import terminal

    language: Language = options.lang or terminal.default_language()
    return language


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """A line on standard error that counts what was read; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda count: None
        return
    from rich.console import Console

    with Console(stderr=True).status("Asking Azure...") as status:
        yield lambda count: status.update(f"Asking Azure... jobs read: {count}")
