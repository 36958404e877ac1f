"""What came of an operation, judged by what Azure was asked, what Azure has now, and what stands in Slack."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

Wrong = Literal["lost", "doubled", "untrue"]
OVER: Final = frozenset(
    {"succeeded", "failed", "cancelled", "refused", "rejected", "expired", "void", "removed", "unknown"}
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not be: "lost" work or words, something "doubled", or an "untrue" end."""

    wrong: Wrong
    what: str


@dataclass(frozen=True, slots=True)
class Seen:
    """An operation as its channel shows it: the phase of every card, and of every line in the threads below them."""

    cards: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """What Azure has: the states of the item's jobs that were asked for since, and whether the extension is there."""

    jobs: tuple[str, ...]
    has_extension: bool


def happened(calls: Iterable[Mapping[str, Any]], operation: str, path: str) -> int:
    """How often Azure carried out such a request for a thing, by its own log; `path` is compared without case."""
    wanted = path.casefold()
    return sum(
        bool(call["happened"]) and call["operation"] == operation and _within(str(call["path"]), wanted)
        for call in calls
    )


def _within(path: str, wanted: str) -> bool:
    asked = path.casefold()
    return asked == wanted or asked.startswith(f"{wanted}/")


def judge_retry(seen: Seen, truth: Truth, triggers: int, wanted: Sequence[str]) -> list[Finding]:
    """A retry that must end in one of `wanted`: triggered once at most, and told as it came out."""
    findings = [*_told_once(seen), *_asked_once("the backup", triggers)]
    phase = _end(seen)
    if not phase:
        return findings
    true = _retry_phases(truth, triggers)
    if phase not in true:
        findings.append(Finding("untrue", f"the card says {phase}; by Azure it is {' or '.join(sorted(true))}"))
    elif phase not in wanted:
        findings.append(Finding("lost", f"it ended {phase} instead of {' or '.join(wanted)}"))
    return findings


def _retry_phases(truth: Truth, triggers: int) -> set[str]:
    if not truth.jobs:
        return {"refused", "cancelled", "failed", "unknown"} if not triggers else {"unknown"}
    last = truth.jobs[-1]
    return {{"Completed": "succeeded", "Failed": "failed", "Cancelled": "cancelled"}.get(last, "a job that runs")}


def judge_removal(
    seen: Seen, truth: Truth, deletions: int, wanted: Sequence[str], *, was_cut_off: bool = False
) -> list[Finding]:
    """A removal that must end in one of `wanted`: deleted once at most, and told as it came out.

    Where the request `was_cut_off` before Azure acted on it, an extension that was stuck in its deletion anyway shows
    nobody whether it was asked: then "unknown" is the true end.
    """
    findings = [*_told_once(seen), *_asked_once("the deletion", deletions)]
    phase = _end(seen)
    if not phase:
        return findings
    if (phase == "removed") == truth.has_extension:
        there = "is still there" if truth.has_extension else "is gone"
        findings.append(Finding("untrue", f"the card says {phase}; the extension {there}"))
    elif phase not in wanted and not (phase == "unknown" and was_cut_off and not deletions):
        findings.append(Finding("lost", f"it ended {phase} instead of {' or '.join(wanted)}"))
    return findings


def judge_group(cards: Sequence[str], truths: Sequence[Truth], triggers: Sequence[int]) -> list[Finding]:
    """A group whose every backup must be retried once and succeed, told by one card that counts."""
    findings = []
    for truth, times in zip(truths, triggers, strict=True):
        findings += _asked_once("a backup of the group", times)
        if truth.jobs[-1:] != ("Completed",):
            findings.append(Finding("lost", "a backup of the group was not made"))
    if len(cards) != 1:
        findings.append(Finding("doubled" if cards else "lost", f"there are {len(cards)} cards"))
    elif cards[0] != "succeeded":
        findings.append(Finding("lost", "the group's card does not show that all have succeeded"))
    return findings


def _asked_once(what: str, times: int) -> list[Finding]:
    return [Finding("doubled", f"Azure was asked for {what} {times} times")] if times > 1 else []


def _told_once(seen: Seen) -> list[Finding]:
    """One card, which shows an end, and one line that tells it."""
    findings = []
    ends = [phase for phase in seen.lines if phase in OVER]
    if not seen.cards:
        findings.append(Finding("lost", "there is no card"))
    if len(seen.cards) > 1:
        findings.append(Finding("doubled", f"there are {len(seen.cards)} cards"))
    if seen.cards and not _end(seen):
        findings.append(Finding("lost", f"the card stays at {seen.cards[0] or 'a phase that nobody knows'}"))
    if seen.cards and not ends:
        findings.append(Finding("lost", "no line in the thread tells the end"))
    if len(ends) > 1:
        findings.append(Finding("doubled", f"{len(ends)} lines in the thread tell an end: {', '.join(ends)}"))
    if _end(seen) and ends and ends[-1] != _end(seen):
        findings.append(Finding("untrue", f"the card says {_end(seen)}, the thread {ends[-1]}"))
    return findings + [Finding("doubled", f"the thread tells {phase} twice") for phase in _told_twice(seen.lines)]


def _told_twice(lines: Sequence[str]) -> list[str]:
    """Phases under way that the thread tells more than once."""
    return [phase for phase in dict.fromkeys(lines) if phase not in OVER and lines.count(phase) > 1]


def _end(seen: Seen) -> str:
    return next((phase for phase in seen.cards if phase in OVER), "")
