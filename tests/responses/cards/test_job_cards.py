"""The cards about live jobs: as people see them, valid for Slack, inert, and never too long."""

import json
import tomllib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from azure_ops import errors
from responses.cards import labels as labels_module
from responses.cards.job_details import DetailsOf, TaskRow, details_loading, details_trouble, duration, job_details
from responses.cards.jobs import JobGroup, JobRow, jobs_card, jobs_help, looking
from responses.cards.labels import labels
from responses.cards.model import JSON, MOST_CHARACTERS, Card, View
from responses.cards.trouble_azure import Trouble, azure_trouble
from responses.cards.vaults import VaultChoice, which_vault
from responses.catalog.model import Language
from tests.responses.cards.job_samples import (
    BAD_NIGHT,
    BLIND,
    DETAILS,
    EMPTY,
    FORBIDDEN,
    MIDDLE,
    NIGHT,
    RUNNING,
    group,
    page,
    row,
)
from tests.responses.cards.samples import FULL, LANGUAGES, SLUG
from tests.responses.cards.walk import live, objects, texts
from tests.schemas.oracle import all_problems

HOSTILE: list[str] = json.loads((Path(__file__).parents[2] / "fixtures" / "hostile.json").read_text("utf-8"))
CHOICES = [
    VaultChoice("vault-shared", "rg-shared", "Shared", '{"q":"a"}'),
    VaultChoice("vault-shared", "rg-backup-acc", "Acceptance", '{"q":"b"}'),
    VaultChoice("Shared", "", "Shared", '{"q":"c"}'),
]
CARDS: dict[str, Callable[[Language], Card | View]] = {
    "bad_night": lambda language: jobs_card(BAD_NIGHT, language),
    "middle_page": lambda language: jobs_card(MIDDLE, language),
    "empty": lambda language: jobs_card(EMPTY, language),
    "blind": lambda language: jobs_card(BLIND, language),
    "partly_blind": lambda language: jobs_card(replace(BAD_NIGHT, problems=(FORBIDDEN,)), language),
    "running": lambda language: jobs_card(RUNNING, language),
    "looking": lambda language: looking(language, "vault-prod"),
    "help": lambda language: jobs_help(language),
    "misread": lambda language: jobs_help(language, "fialed"),
    "trouble": lambda language: azure_trouble(Trouble("azure.unreachable", {"why": "no answer"}), language, "3f2a"),
    "ambiguous": lambda language: which_vault("vault-shared", CHOICES, language, is_known=True),
    "near": lambda language: which_vault("vault-prud", CHOICES[:1], language, is_known=False),
    "unknown": lambda language: which_vault("nothing", [], language, is_known=False),
    "details": lambda language: job_details(DETAILS, language),
    "details_unknown": lambda language: job_details(
        replace(DETAILS, entry=None, code="UserErrorNew", tasks=(), recommendations=(), oddities=()), language
    ),
    "loading": details_loading,
    "details_trouble": lambda language: details_trouble(FORBIDDEN, language, "3f2a"),
}


@pytest.fixture
def golden(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


def judged(what: Card | View) -> list[str]:
    if isinstance(what, View):
        return all_problems("modal_view", what.body)
    return all_problems("known_blocks", what.blocks)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CARDS)
def test_what_people_see(golden: SnapshotAssertion, name: str, language: Language) -> None:
    shown = CARDS[name](language)
    assert judged(shown) == []
    assert (shown.body if isinstance(shown, View) else {"text": shown.text, "blocks": shown.blocks}) == golden


def words(card: Card | View) -> str:
    return "\n".join(texts(card))


def buttons(card: Card | View) -> list[tuple[str, str]]:
    body: JSON = card.body if isinstance(card, View) else {"blocks": list(card.blocks)}
    return [(str(one["action_id"]), str(one.get("value", ""))) for one in objects(body) if one.get("type") == "button"]


def test_a_failed_job_can_be_explained_and_opened() -> None:
    card = jobs_card(BAD_NIGHT, "en")
    assert ("explain_job_group", "SampleAgentError|en") in buttons(card)
    assert [name for name, _ in buttons(card)].count("job_details") == 3
    assert "failure 2 of 3" in words(card)


def test_an_error_that_the_catalog_does_not_know_says_so_and_offers_no_explanation() -> None:
    card = jobs_card(page(group(None, row(), code="UserErrorNew", title="New")), "en")
    assert "I don't know this one" in words(card)
    assert "explain_job_group" not in dict(buttons(card))


def test_where_something_could_not_be_read_it_never_says_that_nothing_failed() -> None:
    shown = words(jobs_card(BLIND, "en"))
    assert "No failed jobs" not in shown
    assert "I could not see" in shown
    assert "Microsoft.RecoveryServices/Vaults/backupJobs/read" in shown
    assert "Acceptance" in shown


def test_a_job_without_a_place_has_no_button_to_open_it() -> None:
    assert "job_details" not in dict(buttons(jobs_card(page(group(FULL, row(value=""))), "en")))


def test_equal_names_can_be_told_apart() -> None:
    card = which_vault("vault-shared", CHOICES, "en", is_known=True)
    assert [value for _, value in buttons(card)] == [choice.value for choice in CHOICES]
    for place in ("rg-shared", "rg-backup-acc", "Acceptance", "a whole subscription"):
        assert place in words(card)


@pytest.mark.parametrize(("language", "named"), [("en", "backup jobs"), ("nl", "back-uptaken")])
def test_a_link_is_named_by_what_it_opens(language: Language, named: str) -> None:
    links = next(one for one in texts(job_details(DETAILS, language)) if "portal.azure.com" in one)
    assert f"/backupJobs|{named}>" in links
    own = replace(DETAILS, links=(("job", "https://portal.azure.com/#view/J/id/1"),))
    assert any("/id/1|job>" in one or "/id/1|taak>" in one for one in texts(job_details(own, language)))


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "0 s"), (59.4, "59 s"), (60, "1 min"), (3_599, "1 h 0 min"), (4_800, "1 h 20 min")]
)
def test_durations_are_told_in_two_units(seconds: float, told: str) -> None:
    assert duration(seconds, labels("en")) == told


def test_every_error_of_azure_has_its_sentence_in_both_languages() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.AzureError)]
    assert len(kinds) >= 8
    folder = Path(labels_module.__file__).with_name("labels")
    for language in LANGUAGES:
        known = tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))["azure"]
        assert {kind.label.removeprefix("azure.") for kind in kinds} <= set(known)


@pytest.mark.parametrize("label", ["azure.not_found", "azure.nothing", "azure.not_allowed"])
def test_a_trouble_that_lacks_its_values_or_its_label_is_still_told(label: str) -> None:
    assert "Nothing was changed." in words(azure_trouble(Trouble(label, {}), "en", ""))


def _everywhere(text: str) -> list[Callable[[Language], Card | View]]:
    trouble = Trouble("azure.conflict", {"why": text}, text)
    jobs = page(
        group(None, row(text, vault=text, subscription=text, status=text), code=text, title=text),
        scope=text,
        which="all",
        problems=(trouble,),
    )
    details = DetailsOf(
        row(text, vault=text, subscription=text, status=text), None, text, text, text, (text, text),
        (TaskRow(text, text, None, 3.0),), (("vm", "https://portal.azure.com/#x"),), (text,), text,
    )  # fmt: skip
    choice = VaultChoice(text, text, text, "v")
    return [
        lambda language: jobs_card(jobs, language),
        lambda language: job_details(details, language),
        lambda language: which_vault(text, [choice, choice], language, is_known=True),
        lambda language: jobs_help(language, text),
        lambda language: looking(language, text),
        lambda language: azure_trouble(trouble, language, text),
        lambda language: details_trouble(trouble, language, text),
    ]


HARMLESS = {language: [live(make(language)) for make in _everywhere("harmless")] for language in LANGUAGES}


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_what_azure_says_is_never_read_as_markup(number: int) -> None:
    language: Language = "nl" if number % 2 else "en"
    for make, harmless in zip(_everywhere(HOSTILE[number]), HARMLESS[language], strict=True):
        card = make(language)
        assert judged(card) == []
        alive = live(card) - harmless
        assert not {key for key in alive if not key.startswith(("mark *", "code"))}, alive


_NAME = st.text(min_size=1, max_size=90) | st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=80)
_TIMES = st.none() | st.integers(0, 10_000_000).map(lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=n))
_ROWS = st.builds(
    JobRow,
    item=_NAME, vault=_NAME, subscription=_NAME, status=st.sampled_from(["Failed", "InProgress", "Odd"]),
    started=_TIMES, ended=_TIMES, attempt=st.integers(1, 9), attempts=st.integers(1, 9),
    value=st.integers(200, 340).map(lambda n: "/" + "x" * n), portal=st.just(""),
)  # fmt: skip


@given(
    st.lists(st.tuples(st.sampled_from([FULL, SLUG, None]), _NAME, _NAME, _ROWS), min_size=1, max_size=10),
    st.sampled_from(["failed", "running", "all"]),
    st.sampled_from(LANGUAGES),
    st.lists(_NAME, max_size=10),
)
def test_any_ten_jobs_fit_a_message_and_each_can_be_opened(
    jobs: list[tuple[object, str, str, JobRow]], which: str, language: Language, troubles: list[str]
) -> None:
    groups = tuple(JobGroup(entry, code, title, 1, (one,)) for entry, code, title, one in jobs)  # type: ignore[arg-type]
    again = json.dumps({"q": "x" * 250, "p": 2, "l": "en"})
    problems = tuple(Trouble("azure.not_allowed", {"action": each, "scope": each}, each) for each in troubles)
    full = page(*groups, which=which, problems=problems, previous=again, next=again, again=again, pages=3, page=2)
    card = jobs_card(full, language)
    assert judged(card) == []
    assert card.size < MOST_CHARACTERS
    assert [value for name, value in buttons(card) if name == "job_details"] == [one.value for *_, one in jobs]


def test_a_time_is_shown_in_the_readers_own_zone() -> None:
    facts = words(jobs_card(BAD_NIGHT, "en"))
    assert f"<!date^{int((NIGHT - timedelta(hours=24)).timestamp())}^" in facts
    assert "|2026-11-21 01:30 UTC>" in facts
