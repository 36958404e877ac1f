"""The text after the slash command."""

import pytest

from intents.model import ExplainError, OpenExplainer, ShowHelp
from intents.recognise import read_command


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("", OpenExplainer()),
        ("   ", OpenExplainer()),
        ("--nl", OpenExplainer("nl")),
        ("help", ShowHelp()),
        ("hulp --nl", ShowHelp("nl")),
        ("ResourceNotFound", ExplainError("ResourceNotFound")),
        ("ResourceNotFound --nl", ExplainError("ResourceNotFound", "nl")),
        ("--en  VM is offline", ExplainError("VM is offline", "en")),
        ("—nl AzureVmOffline", ExplainError("AzureVmOffline", "nl")),
        ("az backup --nl-style flag", ExplainError("az backup --nl-style flag")),
        ("run tool --nl then fail", ExplainError("run tool --nl then fail")),
        ("--nl AzureVmOffline --en", ExplainError("AzureVmOffline", "en")),
    ],
)
def test_what_a_command_asks(text: str, intent: object) -> None:
    assert read_command(text) == intent
