"""A reason of our own is told in the reader's language; only Azure's own sentence stays as Azure wrote it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import azure_ops
import bot
from azure_ops import errors
from azure_ops.reasons import Why
from responses.cards.labels import labels
from responses.cards.trouble_azure import Trouble, sentence
from responses.catalog.model import LANGUAGES, Language

ERRORS = [name for name, kind in vars(errors).items() if isinstance(kind, type)]


def _filled(why: Why) -> dict[str, str]:
    """The reason, and something for each of its placeholders."""
    wanted = {name for _, name, _, _ in Formatter().parse(labels("en").text(why)) if name}
    return {"why": str(why)} | {name: f"<{name}>" for name in wanted}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("why", Why)
def test_each_reason_is_told_whole_in_each_language(why: Why, language: Language) -> None:
    say, values = labels(language), _filled(why)
    told = sentence(Trouble("azure.unreachable", values), say)
    assert say.text(why).format_map(values) in told
    assert "azure.why" not in told
    assert "{" not in told


@pytest.mark.parametrize("why", Why)
def test_no_reason_is_english_in_both(why: Why) -> None:
    assert labels("nl").text(why) != labels("en").text(why)


def test_azures_own_sentence_stays_as_it_is() -> None:
    told = sentence(Trouble("azure.conflict", {"why": "The gateway is deleted."}), labels("nl"))
    assert "“The gateway is deleted.”" in told


def test_a_reason_of_an_older_version_is_left_out() -> None:
    told = sentence(Trouble("azure.unreachable", {"why": "azure.why.gone_since"}), labels("en"))
    assert told == labels("en").text("azure.unreachable").replace("{why}", "-")


def _written_out() -> Iterator[str]:
    """Places in which an error of Azure's is made with words of ours that only English readers know."""
    for package in (azure_ops, bot):
        for file in Path(str(package.__file__)).parent.rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                    for keyword in node.keywords:
                        if keyword.arg == "why" and isinstance(keyword.value, ast.Constant | ast.JoinedStr):
                            yield f"{file.name}:{node.lineno}"


def test_no_error_is_made_with_english_words() -> None:
    assert list(_written_out()) == []
