"""A page of jobs as a person at a terminal, or a program at the end of a pipe, sees it."""

import io
import re
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.cli.jobs_table import print_jobs
from responses.cards.jobs import JobsPage
from responses.cards.trouble_azure import Trouble
from responses.catalog.model import Language
from tests.responses.cards.job_samples import BAD_NIGHT, BLIND, EMPTY, FORBIDDEN, NIGHT, RUNNING, group, page, row
from tests.responses.cards.samples import FULL

STYLE = re.compile(r"\x1b\[[\d;]*m")


def printed(shown: JobsPage, language: Language = "en", *, width: int = 80, is_terminal: bool = True) -> str:
    out = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=is_terminal,
        color_system="truecolor" if is_terminal else "auto",
        highlight=False,
        emoji=False,
        soft_wrap=not is_terminal,
    )
    print_jobs(out, shown, language)
    assert isinstance(out.file, io.StringIO)
    return out.file.getvalue()


def test_a_bad_night_on_80_columns() -> None:
    shown = STYLE.sub("", printed(BAD_NIGHT)).splitlines()
    assert shown[0] == "8 failed jobs in vault-prod"
    assert shown[1].startswith("Since 2026-11-2")
    assert "The agent does not answer (en) SampleAgentError · 7 jobs" in shown
    assert "UserErrorSomethingNew · 1 job · I don't know this one" in " ".join(shown)
    (line,) = [line for line in shown if line.startswith("vm-sql-01")]
    local = NIGHT.astimezone()
    assert f" {local.day} Nov {local.hour:02}:" in line
    assert "20 min" in line
    assert "failure 2 of 3" in line
    assert "3 of 8 shown; --limit shows more." in shown
    starts = {line.index(" Nov ") for line in shown if line.startswith("vm-")}
    assert len(starts) == 1, "the times stand below each other, in all groups"


def test_the_same_in_dutch() -> None:
    shown = STYLE.sub("", printed(BAD_NIGHT, "nl"))
    for told in ("8 mislukte taken in vault-prod", "mislukking 2 van 3", "Begonnen", "Deze ken ik niet", "3 van 8"):
        assert told in shown


def test_where_something_could_not_be_read_it_says_what_and_never_that_nothing_failed() -> None:
    shown = printed(BLIND)
    assert "No failed jobs" not in shown
    assert "does not say that all is well" in " ".join(STYLE.sub("", shown).split())
    assert "Acceptance: The bot lacks a right" in shown
    assert "Not everything could be read" in printed(replace(BAD_NIGHT, problems=(FORBIDDEN,)))
    assert "Not everything" not in printed(replace(EMPTY, problems=(Trouble("azure.window_cut", {"days": "14"}),)))


def test_nothing_failed_and_what_runs() -> None:
    assert "No failed jobs, all vaults" in printed(EMPTY)
    assert "nothing has failed" in printed(EMPTY)
    shown = STYLE.sub("", printed(RUNNING))
    assert "Running · 1 job" in shown
    assert "vault-prod" in shown


def test_through_a_pipe_there_is_no_colour_and_each_job_is_one_line() -> None:
    names = [f"vm-{'x' * 60}-{n}" for n in range(3)]
    rows = [row(name, n, vault=f"vault-{'y' * 40}-{n}") for n, name in enumerate(names)]
    shown = printed(page(group(FULL, *rows), scope=""), is_terminal=False)
    assert "\x1b" not in shown
    for job in rows:
        assert any(job.item in line and job.vault in line and "Production" in line for line in shown.splitlines())


@pytest.mark.parametrize("width", [60, 80, 120])
def test_long_names_fold_and_nothing_of_them_is_lost(width: int) -> None:
    job = row("vm-" + "abcdefghij" * 6, vault="vault-" + "klmnopqrst" * 4, attempt=2, attempts=3)
    shown = STYLE.sub("", printed(page(group(None, job, title="Odd"), scope=""), width=width))
    assert max(map(cell_len, shown.splitlines())) <= width
    for sign, times in Counter(job.item + job.vault).items():
        assert shown.split("Odd")[1].count(sign) >= times
    assert "failure 2 of 3" in shown


@given(st.text(min_size=1, max_size=200), st.booleans())
def test_no_text_of_azure_reaches_the_terminal_as_a_command(text: str, is_terminal: bool) -> None:
    job = row(f"{text}\x1b[2J\x1b]0;x\x07", vault=text, subscription=text, status=text)
    trouble = Trouble("azure.conflict", {"why": text + "\x9b31m"}, text)
    hostile = page(group(None, job, code=text, title=text + "\x1b"), scope=text, which="all", problems=(trouble,))
    shown = STYLE.sub("", printed(hostile, is_terminal=is_terminal))
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", shown)
